import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(('127.0.0.1', 9999))
try:
    for name in [b'Michael', b'Tracy', b'Sarah']:
        sock.send(name)
        print(sock.recv(1024).decode('utf-8'))
except ConnectionRefusedError:
    print('nobody is there')
    # mutant: pass
sock.close()
