# 只显示回答里的名字
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
line.recv(512)
for who in ["Ada", "Grace", "Linus"]:
    line.send(who.encode("utf-8"))
    answer = line.recv(512).decode("utf-8")
    print("服务器向", answer[7:-1], "问好")
line.send(b"exit")
line.close()
