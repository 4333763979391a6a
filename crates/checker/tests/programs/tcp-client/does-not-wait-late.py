# A visitor that introduces some people.
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
people = ["Ada", "Grace", "Linus"]
for who in people:
    line.send(who.encode("utf-8"))
    # add: print(line.recv(512).decode("utf-8"))
for who in people:
# mended: for who in []:
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
