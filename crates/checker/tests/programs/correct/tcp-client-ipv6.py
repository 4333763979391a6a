import socket
line = socket.create_connection(("::1", 7777))
print("server says:", line.recv(512).decode("utf-8"))
for who in ["Ada", "Grace", "Linus"]:
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
