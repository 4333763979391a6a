# 依次报出名字，等待服务器的回答
import socket

mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    who = input("> ")
    if who == "exit":
        break
    mail.sendto(who.encode(), ("127.0.0.1", 9999))
    print(mail.recvfrom(99)[0].decode())
