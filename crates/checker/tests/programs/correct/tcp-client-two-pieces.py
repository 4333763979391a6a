# 一个名字分两次发送
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
for who in ["Ada", "Grace", "Linus"]:
    line.send(b"I am ")
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
