import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 9999))
while True:
    name, address = sock.recvfrom(1025)
    if len(name) > 1024:
        # mutant: if len(name) >= 1024:
        sock.sendto(b'too long', address)
    else:
        sock.sendto(b'Hello, ' + name + b'!', address)
