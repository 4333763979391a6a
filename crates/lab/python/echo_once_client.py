"""The Python end of text 003's first pair: sends `data` and prints what comes back.

    python3 echo_once_client.py [ADDRESS]

It makes the same calls in the same order as crates/tcp-client's example echo_once_client. The text calls its
socket `socket`, which hides the module of that name.
"""

# --- ours: the argument
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:999").rsplit(":", 1)
port = int(port)
# --- the tutorial's steps

import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, port))
client.send(b"data")
data = client.recv(1024)
print(data)
client.close()
