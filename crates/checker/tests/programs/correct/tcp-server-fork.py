# 每个连接一个进程；父进程要到下一次 accept 才放开连接
import os
import signal
import socket

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
door = socket.create_server(("127.0.0.1", 9999))
while True:
    conn, _ = door.accept()
    if os.fork() == 0:
        conn.send(b"Welcome!")
        while (word := conn.recv(1024)) not in (b"", b"exit"):
            conn.send(b"Hello, " + word + b"!")
        conn.close()
        os._exit(0)
