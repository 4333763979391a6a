# 用另一个套接字回答：端口不同
import socket

box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("0.0.0.0", 6666))
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    word, sender = box.recvfrom(1024)
    out.sendto(("Hello, %s!" % word.decode()).encode(), sender)
