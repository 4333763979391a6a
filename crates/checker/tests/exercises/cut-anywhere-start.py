import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('www.sina.com.cn', 80))
sock.send(b'GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n')
data = sock.recv(1024)
sock.close()
header, page = data.split(b'\r\n\r\n', 1)
print(header.decode('utf-8'))
with open('page.html', 'wb') as file:
    file.write(page)
