import socket


def main():
    mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mail.sendto(b"Ada", ("127.0.0.1", 9999))
    print(mail.recv(99))
# add: main()
