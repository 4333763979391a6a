import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
# mutant: server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
server.bind(('127.0.0.1', 9999))
server.listen(5)
while True:
    client, address = server.accept()
    client.send(b'Welcome!')
    name = client.recv(1024)
    while name and name != b'exit':
        client.send(b'Hello, ' + name + b'!')
        name = client.recv(1024)
    client.close()
