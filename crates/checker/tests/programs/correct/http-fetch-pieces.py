# Fetches a home page.
import socket

web = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
web.connect(("www.sina.com.cn", 80))
for line in (b"GET /index.html HTTP/1.1", b"Host: www.sina.com.cn", b"Connection: close", b""):
    web.send(line + b"\r\n")
parts = []
while True:
    part = web.recv(1024)
    if not part:
        break
    parts.append(part)
web.close()
answer = b"".join(parts)
head, page = answer.split(b"\r\n\r\n", 1)
print(head.decode("utf-8"))
with open("home.html", "wb") as file:
    file.write(page)
