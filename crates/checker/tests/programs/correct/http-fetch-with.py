import socket

with socket.create_connection(("www.sina.com.cn", 80), timeout=5) as web:
    web.sendall(b"GET / HTTP/1.1\r\nhost: www.sina.com.cn\r\nuser-agent: mine\r\nconnection: close\r\n\r\n")
    answer = b""
    while part := web.recv(65536):
        answer += part
head, _, page = answer.partition(b"\r\n\r\n")
print(head)
with open("page.txt", "wb") as file:
    file.write(page)
