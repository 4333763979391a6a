"""The Python end of the TCP chapter: introduces three people, or those it is given.

    python3 tcp_client.py [ADDRESS [NAME]...]

It makes the same calls in the same order as crates/tcp-client: socket, connect, recv(1024); then send and
recv(1024) for each name; send, close.
"""

# --- ours: the arguments, and a line at a time even into a pipe
import sys

sys.stdout.reconfigure(line_buffering=True, write_through=False)
host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9999").rsplit(":", 1)
port = int(port)
names = [name.encode() for name in sys.argv[2:]] or [b"Michael", b"Tracy", b"Sarah"]
# --- the tutorial's steps

import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((host, port))
print(s.recv(1024).decode())
for data in names:
    s.send(data)
    print(s.recv(1024).decode())
s.send(b"exit")
s.close()
