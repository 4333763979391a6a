import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(('127.0.0.1', 9999))
server.listen(5)
client, address = server.accept()
client.send(b'Welcome!\n')
rest = b''
talking = True
while talking:
    data = client.recv(1024)
    if not data:
        break
    rest += data
    while b'\n' in rest and talking:
        # mutant: if b'\n' in rest:
        line, rest = rest.split(b'\n', 1)
        if line == b'exit':
            talking = False
        else:
            client.send(b'Hello, ' + line + b'!\n')
client.close()
