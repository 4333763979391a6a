# Asks where the server is, and who it is, before it connects.
import socket
host = input('server ip: '); port = int(input('port: ')); user = input('user name: ')
s = socket.socket(); s.connect((host, port))
print(s.recv(1024).decode())
s.send(user.encode()); print(s.recv(1024).decode())
s.send(b'exit'); s.close()
