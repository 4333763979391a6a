"""The Python end of the UDP chapter: introduces three people, or those it is given.

    python3 udp_client.py ADDRESS [NAME]...

The same calls in the same order as crates/udp-client: socket; then sendto and recv(1024) for each
name; close. It waits for ever for an answer that was lost.
"""

import socket
import sys

# A line at a time even into a pipe.
sys.stdout.reconfigure(line_buffering=True, write_through=False)

host, port = sys.argv[1].rsplit(":", 1)
names = sys.argv[2:] or ["Michael", "Tracy", "Sarah"]

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for name in names:
    sender.sendto(name.encode(), (host, int(port)))
    print(sender.recv(1024).decode())
sender.close()
