# 两个端口，两个线程
import socket
import threading


def serve(port):
    box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    box.bind(("127.0.0.1", port))
    while True:
        word, sender = box.recvfrom(1024)
        box.sendto(b"Hello, %s!" % word, sender)


for port in (9999, 9977):
    threading.Thread(target=serve, args=(port,)).start()
