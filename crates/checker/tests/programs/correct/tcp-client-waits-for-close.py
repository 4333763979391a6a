# 说完再见，先关闭自己这一端，再等服务器关闭另一端
import socket

phone = socket.create_connection(("127.0.0.1", 9999))
print(phone.recv(1024).decode())
for who in ["Michael", "Tracy"]:
    phone.sendall(who.encode())
    print(phone.recv(1024).decode())
phone.sendall(b"exit")
phone.shutdown(socket.SHUT_WR)
while phone.recv(1024):
    pass
phone.close()
