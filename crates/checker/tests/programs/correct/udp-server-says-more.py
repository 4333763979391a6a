# 一个回答分成几个数据报
import socket

desk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
desk.bind(("127.0.0.1", 9999))
while True:
    word, sender = desk.recvfrom(1024)
    desk.sendto(b"one moment", sender)
    desk.sendto(b"Hello, " + word, sender)
    desk.sendto(b"that is all", sender)
