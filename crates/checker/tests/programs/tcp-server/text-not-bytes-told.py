# 捕获了错误，只打印出来：str 和 bytes 不能相加
import socket
import threading


def chat(conn):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        if not word or word == b"exit":
            break
        try:
            conn.send("Hello, " + word)
            # mended: conn.send(b"Hello, " + word)
        except Exception as error:
            print("something is wrong:", error)
            break
    conn.close()


door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
door.bind(("127.0.0.1", 9999))
door.listen(5)
while True:
    conn, peer = door.accept()
    threading.Thread(target=chat, args=(conn,)).start()
