# 自己的话，GBK 编码，先道别再关闭
import socket
import threading


def chat(conn):
    conn.send("欢迎光临".encode("gbk"))
    while word := conn.recv(1024).decode("gbk"):
        if word == "exit":
            conn.send("再见".encode("gbk"))
            break
        conn.send(("你好 " + word).encode("gbk"))
    conn.close()


door = socket.create_server(("", 6666))
while True:
    threading.Thread(target=chat, args=door.accept()[:1], daemon=True).start()
