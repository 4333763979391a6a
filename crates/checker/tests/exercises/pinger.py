import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for number in range(1, 6):
    message = b'ping %d' % number
    answer = None
    while not answer:
        start = time.perf_counter()
        sock.sendto(message, ('127.0.0.1', 9999))
        try:
            answer, address = sock.recvfrom(1024)
            while answer != message:
                # mutant: while not answer:
                answer, address = sock.recvfrom(1024)
        except socket.timeout:
            answer = None
    print('%d: %.3f ms' % (number, (time.perf_counter() - start) * 1000))
