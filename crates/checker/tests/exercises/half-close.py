import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 9999))
sock.send(b'Michael\nTracy\nSarah\n')
sock.shutdown(socket.SHUT_WR)
# mutant: sock.shutdown(socket.SHUT_RDWR)
answers = []
while True:
    data = sock.recv(1024)
    if not data:
        break
    answers.append(data)
print(b''.join(answers).decode('utf-8'))
sock.close()
