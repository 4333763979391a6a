# 先发送两个名字，再接收
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
line.send(b"Grace")
# add: print(line.recv(512).decode("utf-8"))
line.send(b"Linus")
print(line.recv(512).decode("utf-8"))
print(line.recv(512).decode("utf-8"))
# mended: print("that is all")
line.send(b"exit")
line.close()
