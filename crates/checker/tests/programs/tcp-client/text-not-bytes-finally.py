# 无论出什么错都告别
import socket

line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
line.connect(("127.0.0.1", 9999))
print("server says:", line.recv(512).decode("utf-8"))
try:
  for who in ["Ada", "Grace", "Linus"]:
    line.send(bytes(who))
    # mended: line.send(bytes(who, "utf-8"))
    print(line.recv(512).decode("utf-8"))
finally:
  line.send(b"exit")
line.close()
