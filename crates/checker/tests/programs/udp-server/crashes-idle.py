# 没有人说话，等待就出错了
import socket

desk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
desk.settimeout(1)
# mended: desk.settimeout(None)
desk.bind(("127.0.0.1", 9999))
while True:
    word, sender = desk.recvfrom(1024)
    desk.sendto(b"Hello, " + word, sender)
