# accept 返回两个值
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


door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
door.bind(("127.0.0.1", 9999))
door.listen(5)
while True:
    conn = door.accept()
    # mended: conn, peer = door.accept()
    threading.Thread(target=chat, args=(conn,)).start()
