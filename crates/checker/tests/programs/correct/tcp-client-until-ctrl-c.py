# Goes on until Ctrl+C, and says goodbye then.
import itertools
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
try:
    for number in itertools.count():
        line.send(f"user {number}".encode("utf-8"))
        print(line.recv(512).decode("utf-8"))
except KeyboardInterrupt:
    line.send(b"exit")
line.close()
