# 两个客户端共用一个变量
import socket
import threading


class Server:
    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 9999))

    def serve(self):
        while True:
            self.conn, self.peer = self.door.accept()
            threading.Thread(target=self.chat).start()

    def chat(self):
        # add: self = type("Talk", (), {"conn": self.conn})
        self.conn.send(b"Welcome!")
        while True:
            word = self.conn.recv(1024)
            if not word or word == b"exit":
                break
            self.conn.send(b"Hello, " + word)
        self.conn.close()


Server().serve()
