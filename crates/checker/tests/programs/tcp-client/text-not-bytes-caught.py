# 自我介绍的客户端
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
for who in ["Ada", "Grace", "Linus"]:
    try:
        line.send(who)
        # mended: line.send(who.encode("utf-8"))
    except Exception as error:
        print(error)
        break
    print(line.recv(512).decode("utf-8"))
line.send(b"exit")
line.close()
