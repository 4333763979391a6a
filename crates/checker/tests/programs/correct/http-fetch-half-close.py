# It says at once that no more requests come, and receives all the same.
import socket

s = socket.create_connection(('www.sina.com.cn', 80))
s.sendall(b'GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n')
s.shutdown(socket.SHUT_WR)
data = b''.join(iter(lambda: s.recv(1024), b''))
s.close()
header, html = data.split(b'\r\n\r\n', 1)
print(header.decode('utf-8'))
with open('sina.html', 'wb') as f:
    f.write(html)
