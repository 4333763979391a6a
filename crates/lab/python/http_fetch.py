"""The Python end of the TCP chapter's web page: prints its header and saves its body.

    python3 http_fetch.py ADDRESS [FILE]

The same calls in the same order as crates/http-fetch: socket, connect, send, recv(1024) until nothing
more comes, close. FILE is sina.html by default.
"""

import socket
import sys

host, port = sys.argv[1].rsplit(":", 1)
file = sys.argv[2] if len(sys.argv) > 2 else "sina.html"
# A web server is known by its name alone, unless it is on a port of its own choice.
name = host if port == "80" else sys.argv[1]

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.connect((host, int(port)))
server.send(b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % name.encode())
pieces = []
while piece := server.recv(1024):
    pieces.append(piece)
server.close()

head, page = b"".join(pieces).split(b"\r\n\r\n", 1)
print(head.decode())
with open(file, "wb") as saved:
    saved.write(page)
