# 每次回答之后还问一句，客户端走了也说再见
import socket
import threading
import time


def chat(conn):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        if not word or word == b"exit":
            break
        conn.send(b"Hello, " + word + b"!")
        time.sleep(0.4)
        conn.send(b" Who else is there? ")
    conn.send(b"Goodbye!")
    time.sleep(0.4)
    conn.close()


door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
door.bind(("127.0.0.1", 9999))
door.listen(5)
while True:
    conn, peer = door.accept()
    threading.Thread(target=chat, args=(conn,)).start()
