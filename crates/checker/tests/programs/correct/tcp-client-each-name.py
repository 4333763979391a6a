import socket

for who in ["Ada", "Grace", "Linus"]:
    with socket.create_connection(("127.0.0.1", 9999)) as line:
        print(line.recv(512).decode("utf-8"))
        line.send(who.encode("utf-8"))
        print(line.recv(512).decode("utf-8"))
        line.send(b"exit")
