# 依次报出名字，等待服务器的回答
import socket

mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
place = (input("host? "), int(input("port? ")))
for who in [b"Ada", b"Grace", b"Linus"]:
    mail.sendto(who, place)
    print(mail.recv(1024).decode("utf-8"))
mail.close()
