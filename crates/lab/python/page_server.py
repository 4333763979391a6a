"""A web server of one page: what http_fetch.py and http-fetch are pointed at.

    python3 page_server.py ADDRESS [SIZE]

Port 0 is any free one: stderr tells which. SIZE is the page's, in bytes: 605503 by default, as large as
the one that the tutorial fetched.
"""

import socket
import sys
import threading

host, port = sys.argv[1].rsplit(":", 1)
size = int(sys.argv[2]) if len(sys.argv) > 2 else 605503
# Every line its own number, so that a piece lost, doubled or moved shows.
page = b"".join(b"%09d\n" % line for line in range(size // 10 + 1))[:size]
head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"


def answer(connection):
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        piece = connection.recv(1024)
        if not piece:
            break
        request += piece
    else:
        connection.sendall((head % size).encode() + page)
    connection.close()


listener = socket.create_server((host, int(port)))
print("one page on http://%s:%s/" % listener.getsockname(), file=sys.stderr, flush=True)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=answer, args=[connection]).start()
