# 用标准库的 socketserver
import socketserver


class Chat(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"Welcome!")
        while (word := self.request.recv(1024)) not in (b"", b"exit"):
            self.request.sendall(b"Hello, " + word + b"!")


socketserver.ThreadingTCPServer(("", 9999), Chat).serve_forever()
