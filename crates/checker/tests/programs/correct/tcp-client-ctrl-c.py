# 用 Ctrl+C 结束的客户端
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
try:
    while True:
        word = input("name, or Ctrl+C: ")
        line.sendall(word.encode())
        print(line.recv(99).decode())
except KeyboardInterrupt:
    print("goodbye")
line.close()
