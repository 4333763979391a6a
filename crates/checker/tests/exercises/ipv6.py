import socket

sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.bind(('::1', 9999))
# mutant: sock.bind(('::ffff:127.0.0.1', 9999))
while True:
    name, address = sock.recvfrom(1024)
    sock.sendto(b'Hello, ' + name + b'!', address)
