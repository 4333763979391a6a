# 结束对话的词写成常量
import socket
import threading

END = b"bye"


def chat(conn):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        if not word or word.strip().lower() == END:
            break
        conn.send(b"Hello, " + word + b"!")
    conn.close()


door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
door.bind(("127.0.0.1", 9999))
door.listen(5)
while True:
    conn, peer = door.accept()
    threading.Thread(target=chat, args=(conn,)).start()
