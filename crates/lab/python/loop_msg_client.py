"""The Python end of text 002's TCP pair: prints the server's hello, says its own, prints what comes back.

    python3 loop_msg_client.py [ADDRESS]

It makes the same calls in the same order as crates/tcp-client's example loop_msg_client.
"""

# --- ours: the argument
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9999").rsplit(":", 1)
port = int(port)
# --- the tutorial's steps

import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((host, port))
print("--- > %s" % s.recv(1024).decode())
s.send(b"Hello,I am client!")
print("--- > %s" % s.recv(1024).decode())
s.send(b"exit")
s.close()
