# 同一个端口绑定了两次
import socket

box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("127.0.0.1", 9999))
box2 = socket.socket(type=socket.SOCK_DGRAM); box2.bind(("127.0.0.1", 9999))
# mended: print("ready")
while True:
    word, sender = box.recvfrom(1024)
    print("from", sender)
    box.sendto(b"Hello, " + word + b"!", sender)
