# Fetches a home page.
import socket

web = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
web.connect(("www.sina.com.cn", 80))
other = socket.create_connection(("www.sina.com.cn", 80))
other.close()
web.send(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n")
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
