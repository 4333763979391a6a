# 依次报出名字，等待服务器的回答
import socket

mail = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# mended: mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for who in [b"Ada", b"Grace", b"Linus"]:
    mail.sendto(who, ("127.0.0.1", 9999))
    print(mail.recv(1024).decode("utf-8"))
mail.close()
