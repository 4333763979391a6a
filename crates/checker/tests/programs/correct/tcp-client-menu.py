# 有菜单的客户端
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("127.0.0.1", 9999))

print(s.recv(1024).decode())
while True:
    print('1. 发送名字'); print('2. 退出')
    c = input('请选择: ')
    if c == '1':
        n = input('名字: ')
        s.send(n.encode()); print(s.recv(1024).decode())
    elif c == '2' or c == 'exit':
        s.send(b'exit'); break
    else:
        print('无效')
s.close()
