# 每个数据报一个线程
import socket
import threading


def answer(word, sender):
    box.sendto(b"Hello, %s!" % word, sender)


box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("127.0.0.1", 9999))
while True:
    threading.Thread(target=answer, args=box.recvfrom(1024)).start()
