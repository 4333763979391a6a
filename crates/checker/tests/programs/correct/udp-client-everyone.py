# 向所有人发送
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
line.settimeout(0.5)
for who in ["Ada", "Grace", "Linus"]:
    line.sendto(who.encode("utf-8"), ("255.255.255.255", 9999))
    try:
        print(line.recv(1024).decode("utf-8"))
    except socket.timeout:
        print("nobody is there")
