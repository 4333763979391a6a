import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('www.sina.com.cn', 80))
sock.send(b'GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n')
data = b''
while b'\r\n\r\n' not in data:
    data += sock.recv(1024)
header, page = data.split(b'\r\n\r\n', 1)
print(header.decode('utf-8'))
for line in header.decode('utf-8').split('\r\n'):
    if line.lower().startswith('content-length:'):
        length = int(line.split(':')[1])
while len(page) < length:
    # mutant: while len(header) + len(page) < length:
    page += sock.recv(1024)
with open('page.html', 'wb') as file:
    file.write(page)
