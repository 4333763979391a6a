"""The Python end of text 003's first pair: sends one client its own bytes back, and ends.

    python3 echo_once_server.py [ADDRESS]

It makes the same calls in the same order as crates/tcp-server's example echo_once_server. Port 0 is any free one:
stderr tells which. The text calls its listening socket `socket`, which hides the module of that name.
"""

# --- ours: the argument
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:999").rsplit(":", 1)
port = int(port)
# --- the tutorial's steps

import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind((host, port))
server.listen()
# --- ours: where it listens
print("listening on %s:%s" % server.getsockname(), file=sys.stderr, flush=True)
# --- the tutorial's steps
sock, client_info = server.accept()
data = sock.recv(1024)
sock.send(data)
sock.close()
server.close()
