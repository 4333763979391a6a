# A visitor that introduces some people.
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
line.send([b"Ada", b"Grace"][2])
# mended: line.send([b"Ada", b"Grace"][1])
print(line.recv(512).decode())
line.send(b"exit")
line.close()
