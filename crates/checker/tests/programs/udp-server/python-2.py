# print 语句是 Python 2 的写法
import socket

box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
box.bind(("127.0.0.1", 9999))
print "ready"
# mended: print("ready")
while True:
    word, sender = box.recvfrom(1024)
    print("from", sender)
    box.sendto(b"Hello, " + word + b"!", sender)
