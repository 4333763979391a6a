# 输入 0 表示结束
import socket
import threading


def talk(line):
    line.send("0 ends".encode("utf-8"))
    while True:
        who = line.recv(512).decode("utf-8")
        if not who or who.isdigit() and int(who) == 0:
            break
        line.send((who + ", hello").encode("utf-8"))
    line.close()


door = socket.create_server(("127.0.0.1", 9999))
while True:
    line, peer = door.accept()
    threading.Thread(target=talk, args=(line,)).start()
