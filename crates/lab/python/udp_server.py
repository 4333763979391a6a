"""The Python end of the UDP chapter: says hello to every name that a datagram brings.

    python3 udp_server.py ADDRESS

The same calls in the same order as crates/udp-server: socket, bind; then recvfrom(1024) and sendto,
for ever. Port 0 is any free one: stderr tells which.
"""

import socket
import sys

# A line at a time even into a pipe.
sys.stdout.reconfigure(line_buffering=True, write_through=False)

host, port = sys.argv[1].rsplit(":", 1)

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind((host, int(port)))
host, port = receiver.getsockname()
print("receiving on %s:%s" % (host, port), file=sys.stderr, flush=True)
print("Bind UDP on %s..." % port)
while True:
    name, peer = receiver.recvfrom(1024)
    print("Received from %s:%s." % peer)
    receiver.sendto(b"Hello, " + name + b"!", peer)
