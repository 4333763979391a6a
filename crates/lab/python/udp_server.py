"""The Python end of the UDP chapter: says hello to every name that a datagram brings.

    python3 udp_server.py [ADDRESS]

It makes the same calls in the same order as crates/udp-server: socket, bind; then recvfrom(1024) and sendto,
for ever. Port 0 is any free one: stderr tells which.
"""

# --- ours: the arguments, and a line at a time even into a pipe
import sys

sys.stdout.reconfigure(line_buffering=True, write_through=False)
host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9999").rsplit(":", 1)
port = int(port)
# --- the tutorial's steps

import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((host, port))
# --- ours: where it receives
host, port = s.getsockname()
print("receiving on %s:%s" % (host, port), file=sys.stderr, flush=True)
# --- the tutorial's steps
print("Bind UDP on %s..." % port)
while True:
    data, addr = s.recvfrom(1024)
    print("Received from %s:%s." % addr)
    s.sendto(b"Hello, %s!" % data, addr)
