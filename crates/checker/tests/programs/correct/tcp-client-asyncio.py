import asyncio


async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", 9999)
    print(await reader.read(100))
    for who in ("小明", "小红"):
        writer.write(who.encode())
        print((await reader.read(100)).decode())
    writer.write(b"exit")
    writer.close()


asyncio.run(main())
