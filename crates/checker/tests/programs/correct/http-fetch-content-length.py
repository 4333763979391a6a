import socket

web = socket.create_connection(("www.sina.com.cn", 80))
stream = web.makefile("rwb")
stream.write(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n")
stream.flush()
fields = {}
status = stream.readline().decode()
while (line := stream.readline()) != b"\r\n":
    name, value = line.decode().split(":", 1)
    fields[name.lower()] = value.strip()
page = stream.read(int(fields["content-length"]))
print(fields)
open("home.html", "wb").write(page)
