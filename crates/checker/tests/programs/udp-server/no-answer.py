# 收到名字，却不回答
import socket

box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("127.0.0.1", 9999))
print("ready")
while True:
    word, sender = box.recvfrom(1024)
    print("from", sender)
    # add: box.sendto(b"Hello, " + word + b"!", sender)
