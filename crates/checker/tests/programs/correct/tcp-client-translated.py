# 把问候翻译成中文再显示
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print(line.recv(512).decode("utf-8").replace("Welcome", "欢迎"))
for who in ["Ada", "Grace", "Linus"]:
    line.send(who.encode("utf-8"))
    print(line.recv(512).decode("utf-8").replace("Hello", "你好"))
line.send(b"exit")
line.close()
input("按回车键退出")
