# A visitor that introduces some people.
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print line.recv(512)
# mended: print(line.recv(512))
for who in ["Ada", "Grace", "Linus"]:
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
