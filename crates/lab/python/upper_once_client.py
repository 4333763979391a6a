"""The Python end of text 003's second pair: sends `hello` and prints it as it comes back.

    python3 upper_once_client.py [ADDRESS]

It makes the same calls in the same order as crates/tcp-client's example upper_once_client. The text does not
close its socket, and neither does this program: the system does when it ends.
"""

# --- ours: the argument
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8080").rsplit(":", 1)
port = int(port)
# --- the tutorial's steps

import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, port))
client.send(b"hello")
server_msg = client.recv(1024)
print(server_msg)
