"""The Python end of the TCP chapter's web page: prints its header and saves its body.

    python3 http_fetch.py [ADDRESS [FILE]]

It makes the same calls in the same order as crates/http-fetch: socket, connect, send, recv(1024) until
nothing more comes, close. FILE is sina.html by default.
"""

# --- ours: the arguments
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "www.sina.com.cn:80").rsplit(":", 1)
# A web server is known by its name alone, unless it is on a port of its own choice.
name = (host if port == "80" else sys.argv[1]).encode()
port = int(port)
file = sys.argv[2] if len(sys.argv) > 2 else "sina.html"
# --- the tutorial's steps

import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((host, port))
s.send(b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % name)
buffer = []
while True:
    d = s.recv(1024)
    if d:
        buffer.append(d)
    else:
        break
data = b"".join(buffer)
s.close()
header, html = data.split(b"\r\n\r\n", 1)
print(header.decode())
with open(file, "wb") as f:
    f.write(html)
