"""The Python end of text 002's TCP pair: prints every message and sends it back as `Loop_msg: …!`.

    python3 loop_msg_server.py [ADDRESS [DELAY]]

It makes the same calls in the same order as crates/tcp-server's example loop_msg_server. Port 0 is any free one:
stderr tells which. DELAY is the time to think about each message, in seconds, 1 by default.
"""

# --- ours: the arguments, and a line at a time and in one piece, even into a pipe
import sys

sys.stdout.reconfigure(line_buffering=True, write_through=False)
host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9999").rsplit(":", 1)
port = int(port)
delay = float(sys.argv[2]) if len(sys.argv) > 2 else 1
# --- the tutorial's steps

import socket
import threading
import time


def dealClient(sock, addr):
    print("Accept new connection from %s:%s" % addr)
    sock.send(b"Hello,I am server!")
    while True:
        data = sock.recv(1024)
        time.sleep(delay)
        if not data or data == b"exit":
            break
        print("--- > %s !" % data.decode())
        sock.send(b"Loop_msg: %s!" % data)
    sock.close()
    print("Connection from %s:%s closed" % addr)


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((host, port))
s.listen(5)
# --- ours: where it listens
print("listening on %s:%s" % s.getsockname(), file=sys.stderr, flush=True)
# --- the tutorial's steps
print("waiting for connection ...")
while True:
    sock, addr = s.accept()
    t = threading.Thread(target=dealClient, args=(sock, addr))
    t.start()
