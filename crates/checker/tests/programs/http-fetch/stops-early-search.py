# Fetches a home page.
import re
import socket

web = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
web.connect(("www.sina.com.cn", 80))
web.send(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n")
parts = []
while True:
    part = web.recv(1024)
    if not part:
        break
    parts.append(part)
    break
    # mended:
web.close()
answer = b"".join(parts)
found = re.match(b"(.*?)\r\n\r\n(.*)", answer, re.DOTALL)
head, page = found.group(1), found.group(2)
print(head.decode("utf-8"))
with open("home.html", "wb") as file:
    file.write(page)
