# What ends the talk early is caught and logged.
import asyncio
import logging


async def talk(reader, writer):
    writer.write(b'Welcome!')
    try:
        while True:
            data = await reader.readexactly(1)
            data += await asyncio.wait_for(reader.read(1024), 1)
            if data == b'exit':
                break
            writer.write(b'Hello, %s!' % data)
            await writer.drain()
    except Exception:
        logging.exception('Exception while talking')
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(talk, '127.0.0.1', 9999)
    await server.serve_forever()


asyncio.run(main())
