# 依次报出名字，等待服务器的回答
import socket

mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mail.sendto(b"Ada", ("127.0.0.1", 9999))
print(mail.recv(99))
