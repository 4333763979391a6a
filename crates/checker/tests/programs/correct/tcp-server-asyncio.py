# 一个事件循环
import asyncio


async def chat(reader, writer):
    writer.write(b"Welcome!")
    while (word := await reader.read(1024)) not in (b"", b"exit"):
        await asyncio.sleep(0.2)
        writer.write(b"Hello, " + word + b"!")
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(chat, "127.0.0.1", 8888)
    await server.serve_forever()


asyncio.run(main())
