"""The Python end of the TCP chapter: introduces three people, or those it is given.

    python3 tcp_client.py ADDRESS [NAME]...

The same calls in the same order as crates/tcp-client: socket, connect, recv(1024); then send and
recv(1024) for each name; send, close.
"""

import socket
import sys

# A line at a time even into a pipe.
sys.stdout.reconfigure(line_buffering=True, write_through=False)

host, port = sys.argv[1].rsplit(":", 1)
names = sys.argv[2:] or ["Michael", "Tracy", "Sarah"]

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.connect((host, int(port)))
print(server.recv(1024).decode())
for name in names:
    server.send(name.encode())
    print(server.recv(1024).decode())
server.send(b"exit")
server.close()
