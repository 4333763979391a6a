# A visitor that tells only what it says.
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
for who in ["Ada", "Grace", "Linus"]:
    print("I say", who)
    line.send(who.encode("utf-8"))
    answer = line.recv(512)
    # add: print(answer)
line.send(b"exit")
line.close()
