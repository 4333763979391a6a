"""The Python end of text 003's second pair: prints one client's message, sends it back in upper case, and ends.

    python3 upper_once_server.py [ADDRESS]

It makes the same calls in the same order as crates/tcp-server's example upper_once_server. Port 0 is any free
one: stderr tells which.
"""

# --- ours: the argument
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8080").rsplit(":", 1)
port = int(port)
# --- the tutorial's steps

import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind((host, port))
server.listen(5)
# --- ours: where it listens
print("listening on %s:%s" % server.getsockname(), file=sys.stderr, flush=True)
# --- the tutorial's steps
conn, addr = server.accept()
client_msg = conn.recv(1024)
print(client_msg)
conn.send(client_msg.upper())
conn.close()
server.close()
