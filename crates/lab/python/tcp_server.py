"""The Python end of the TCP chapter: says hello to every name that a client sends.

    python3 tcp_server.py [ADDRESS [DELAY]]

It makes the same calls in the same order as crates/tcp-server: socket, bind, listen(5), accept, a thread for
each connection; there send, recv(1024) and close. Port 0 is any free one: stderr tells which. DELAY is the
time to think about each message, in seconds, 1 by default. To sleep for 0 seconds is a system call too, and
takes some time: `none` does without.
"""

# --- ours: the arguments, and a line at a time and in one piece, even into a pipe
import sys

sys.stdout.reconfigure(line_buffering=True, write_through=False)
host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9999").rsplit(":", 1)
port = int(port)
delay = sys.argv[2] if len(sys.argv) > 2 else "1"
delay = None if delay == "none" else float(delay)
# --- the tutorial's steps

import socket
import threading
import time


def tcplink(sock, addr):
    print("Accept new connection from %s:%s..." % addr)
    sock.send(b"Welcome!")
    while True:
        data = sock.recv(1024)
        if delay is not None:
            time.sleep(delay)
        if not data or data == b"exit":
            break
        sock.send(b"Hello, %s!" % data)
    sock.close()
    print("Connection from %s:%s closed." % addr)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((host, port))
s.listen(5)
# --- ours: where it listens
print("listening on %s:%s" % s.getsockname(), file=sys.stderr, flush=True)
# --- the tutorial's steps
print("Waiting for connection...")
while True:
    sock, addr = s.accept()
    t = threading.Thread(target=tcplink, args=(sock, addr))
    t.start()
