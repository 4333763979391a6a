# 只欢迎第一个客户端
import socket
import threading


visitors = []


def chat(conn):
    visitors.append(conn)
    if len(visitors) == 1:
    # mended: if conn:
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
    conn, peer = door.accept()
    threading.Thread(target=chat, args=(conn,)).start()
