# Asks for two things, and sends them in one message.
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(('127.0.0.1', 9999))
print(s.recv(1024).decode())
while True:
    name = input('name? ')
    if name == 'exit': break
    age = input('age? ')
    s.send(f'{name} ({age})'.encode()); print(s.recv(1024).decode())
s.send(b'exit'); s.close()
