# 一个线程，用 select 等待所有的连接
import select
import socket

door = socket.create_server(("127.0.0.1", 9999))
all = [door]
while True:
    for ready in select.select(all, [], [])[0]:
        if ready is door:
            conn, _ = door.accept()
            conn.send(b"Welcome!")
            all.append(conn)
            continue
        word = ready.recv(1024)
        if word in (b"", b"exit"):
            all.remove(ready)
            ready.close()
        else:
            ready.send(b"Hello, " + word + b"!")
