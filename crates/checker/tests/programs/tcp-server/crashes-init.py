# 少了两个下划线
import socket
import threading


def chat(conn):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        if not word or word == b"exit":
            break
        conn.send(b"Hello, " + word + b"!")
    conn.close()


class Settings:
    def _init_(self, port):
    # mended: def __init__(self, port):
        self.port = port


settings = Settings(9999)
door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
door.bind(("127.0.0.1", settings.port))
door.listen(5)
while True:
    conn, peer = door.accept()
    threading.Thread(target=chat, args=(conn,)).start()
