# 从标准输入读到文件结束
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
import sys

for word in sys.stdin:
    line.sendall(word.strip().encode())
    print(line.recv(99).decode())
line.close()
