# run 不会启动线程
import socket
import threading
import time


def chat(conn, peer):
    print("new client", peer)
    conn.send(b"Welcome!")
    while True:
        word = conn.recv(1024)
        time.sleep(0.2)
        if not word or word == b"exit":
            break
        conn.send(b"Hello, " + word + b"!")
    conn.close()
    print("client left", peer)


door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
door.bind(("127.0.0.1", 9999))
door.listen(5)
print("ready")
while True:
    conn, peer = door.accept()
    helper = threading.Thread(target=chat, args=(conn, peer))
    helper.run()
    # mended: helper.start()
