# 用自己的词结束对话：exit 也是一个名字
import socket
import threading


def chat(conn):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024).decode()
        if not word or word == "quit":
            break
        conn.send(("Hello, %s!" % word).encode())
    conn.close()


door = socket.create_server(("127.0.0.1", 9999))
while True:
    threading.Thread(target=chat, args=(door.accept()[0],)).start()
