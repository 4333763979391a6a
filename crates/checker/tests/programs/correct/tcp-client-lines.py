# 自我介绍的客户端
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
for who in ["Ada", "Grace", "Linus"]:
    line.send((who + "\n").encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
line.send(b"exit\n")
line.close()
