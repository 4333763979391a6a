import socket


def visit():
    line = socket.create_connection(("127.0.0.1", 9999))
    print(line.recv(512).decode())
    line.send(b"Ada")
    print(line.recv(512).decode())
    line.send(b"exit")
    line.close()
# add: visit()
