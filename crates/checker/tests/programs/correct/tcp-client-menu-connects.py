# Connects only when its menu says so.
import socket
s = None
while True:
    print('1) connect  2) send  3) quit')
    c = input('> ')
    if c == '1':
        s = socket.create_connection(('127.0.0.1', 9999)); print(s.recv(1024).decode())
    elif c == '2' and s:
        s.send(input('name> ').encode()); print(s.recv(1024).decode())
    elif c == '3':
        if s: s.send(b'exit'); s.close()
        break
