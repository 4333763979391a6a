# IPv6，而且接受 IPv4
import socket
import threading


def chat(conn):
    with conn:
        conn.sendall(b"Welcome!")
        while (word := conn.recv(1024)) not in (b"", b"exit"):
            conn.sendall(b"Hello, " + word + b"!")


door = socket.create_server(("", 9999), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    threading.Thread(target=chat, args=(door.accept()[0],)).start()
