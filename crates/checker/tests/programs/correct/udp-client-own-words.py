# Shows only how long each answer is.
import socket

mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for who in [b"Ada", b"Grace", b"Linus"]:
    mail.sendto(who, ("127.0.0.1", 9999))
    print(len(mail.recv(1024)), "bytes from the server")
mail.close()
