# 自我介绍的客户端
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect((input("host? "), int(input("port? "))))
print("server says:", line.recv(512).decode("utf-8"))
while (who := input("name? ")) != "exit":
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
