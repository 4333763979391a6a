# 输入 exit 之后还在问
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
while True:
    word = input("name? ")
    line.sendall(word.encode())
    # add: if word == "exit": break
    print(line.recv(99).decode())
line.close()
