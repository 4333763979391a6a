import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(('127.0.0.1', 8080))
server.listen(5)
client, address = server.accept()
data = client.recv(1024)
client.send(data.upper())
# mutant: client.send(data.capitalize())
client.close()
server.close()
