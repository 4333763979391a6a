# 依次报出名字，等待服务器的回答
import socket

mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mail.connect(("127.0.0.5", 9999))
for who in [b"Ada", b"Grace", b"Linus"]:
    mail.send(who)
    print(mail.recv(1024).decode("utf-8"))
mail.close()
