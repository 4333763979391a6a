# A talk ends by an error of its own, which is caught and printed.
import socket
import threading
import traceback


def tcplink(sock, addr):
    try:
        sock.send(b'Welcome!')
        while True:
            data = sock.recv(1024)
            if not data:
                raise ConnectionError('the client is gone')
            if data == b'exit':
                raise EOFError('the client says exit')
            sock.send(b'Hello, %s!' % data)
    except Exception:
        traceback.print_exc()
    finally:
        sock.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('127.0.0.1', 9999))
s.listen(5)
while True:
    sock, addr = s.accept()
    threading.Thread(target=tcplink, args=(sock, addr)).start()
