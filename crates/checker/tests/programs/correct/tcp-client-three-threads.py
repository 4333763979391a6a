import socket
import threading


def visit(who):
    line = socket.create_connection(("127.0.0.1", 9999))
    print(line.recv(512).decode("utf-8"))
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8"))
    line.send(b"exit")
    line.close()


for who in ["Ada", "Grace", "Linus"]:
    threading.Thread(target=visit, args=(who,)).start()
