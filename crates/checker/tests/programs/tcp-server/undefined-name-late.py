# chat 定义在永远不结束的循环之后
import socket
import threading


def serve():
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.bind(("127.0.0.1", 9999))
    door.listen(5)
    while True:
        conn, peer = door.accept()
        threading.Thread(target=chat, args=(conn, peer)).start()


serve()
# mended:


def chat(conn, peer):
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        if not word or word == b"exit":
            break
        conn.send(b"Hello, " + word + b"!")
    conn.close()


# add: serve()
