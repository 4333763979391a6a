import socket
import struct


def receive(count):
    data = b''
    while len(data) < count:
        data += sock.recv(count - len(data))
    return data


def message():
    (length,) = struct.unpack('>I', receive(4))
    return receive(length).decode('utf-8')


def send(text):
    data = text.encode('utf-8')
    sock.send(struct.pack('>I', len(data)) + data)
    # mutant: sock.send(struct.pack('<I', len(data)) + data)


sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 9999))
print(message())
for name in ['Michael', 'Tracy', 'Sarah']:
    send(name)
    print(message())
send('exit')
sock.close()
