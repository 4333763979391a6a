import asyncio


async def main():
    reader, writer = await asyncio.open_connection("www.sina.com.cn", 80)
    writer.write(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    head, page = answer.split(b"\r\n\r\n", 1)
    for line in head.decode().splitlines():
        print(line)
    with open("home.html", "wb") as file:
        file.write(page)


asyncio.run(main())
