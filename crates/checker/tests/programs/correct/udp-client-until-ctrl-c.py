# 按 Ctrl+C 才结束的客户端
import itertools
import socket
import time

mail = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    for number in itertools.count():
        mail.sendto(f"user {number}".encode("utf-8"), ("127.0.0.1", 9999))
        print(mail.recv(1024).decode("utf-8"))
        time.sleep(0.2)
except KeyboardInterrupt:
    print("goodbye")
mail.close()
