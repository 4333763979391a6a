# A visitor that introduces some people.
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
people = []
# mended: people = ["Ada", "Grace"]
for who in people:
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
