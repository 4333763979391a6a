import socket
import threading


def talk(sock):
    sock.send(b'Welcome!')
    while True:
        name = sock.recv(1024)
        if not name or name == b'exit':
            break
        sock.send(b'Hello, ' + name + b'!')
    sock.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(('127.0.0.1', 9999))
server.listen(5)
while True:
    client, address = server.accept()
    thread = threading.Thread(target=talk, args=(client,))
    thread.start()
    # mutant: thread.run()
