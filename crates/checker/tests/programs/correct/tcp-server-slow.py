# 想得比教程久
import socket
import threading
import time


def chat(conn, peer):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        time.sleep(3)
        if not word or word == b"exit":
            break
        conn.send(b"Hello, " + word + b"!")
    conn.close()


door = socket.create_server(("127.0.0.1", 9999))
while True:
    threading.Thread(target=chat, args=door.accept()).start()
