"""The Python end of the TCP chapter: says hello to every name that a client sends.

    python3 tcp_server.py ADDRESS [DELAY]

The same calls in the same order as crates/tcp-server: socket, bind, listen(5), accept, a thread per
connection; there send, recv(1024) and close. Port 0 is any free one: stderr tells which. DELAY is the
time to think about each message, in seconds, 1 by default. To sleep for 0 seconds is a system call too, and
takes some time: `none` does without.
"""

import socket
import sys
import threading
import time

# A line at a time even into a pipe, and in one piece: connections print side by side.
sys.stdout.reconfigure(line_buffering=True, write_through=False)

host, port = sys.argv[1].rsplit(":", 1)
delay = sys.argv[2] if len(sys.argv) > 2 else "1"
delay = None if delay == "none" else float(delay)


def talk(connection, peer):
    print("Accept new connection from %s:%s..." % peer)
    connection.send(b"Welcome!")
    while True:
        name = connection.recv(1024)
        if delay is not None:
            time.sleep(delay)
        if name in (b"", b"exit"):
            break
        connection.send(b"Hello, " + name + b"!")
    connection.close()
    print("Connection from %s:%s closed." % peer)


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((host, int(port)))
listener.listen(5)
print("listening on %s:%s" % listener.getsockname(), file=sys.stderr, flush=True)
print("Waiting for connection...")
while True:
    threading.Thread(target=talk, args=listener.accept()).start()
