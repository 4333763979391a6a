"""The Python end of the UDP chapter: introduces three people, or those it is given.

    python3 udp_client.py [ADDRESS [NAME]...]

It makes the same calls in the same order as crates/udp-client: socket; then sendto and recv(1024) for each
name; close. It waits for ever for an answer that was lost.
"""

# --- ours: the arguments, and a line at a time even into a pipe
import sys

sys.stdout.reconfigure(line_buffering=True, write_through=False)
host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9999").rsplit(":", 1)
port = int(port)
names = [name.encode() for name in sys.argv[2:]] or [b"Michael", b"Tracy", b"Sarah"]
# --- the tutorial's steps

import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for data in names:
    s.sendto(data, (host, port))
    print(s.recv(1024).decode())
s.close()
