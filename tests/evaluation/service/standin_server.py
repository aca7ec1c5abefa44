"""A server of known speed: one request after the other, so many waiting; run as a process.

python standin_server.py SECONDS_PER_REQUEST QUEUE graceful|abrupt
"""

import asyncio
import os
import signal
import sys


async def main(service_s: float, queue: int, end: str) -> None:
    turn = asyncio.Lock()
    stopped = asyncio.Event()
    waiting = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal waiting
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                stated = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")]
                await reader.readexactly(int(stated[0].split(b":")[1]) if stated else 0)
                if waiting > queue:
                    writer.write(b"HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
                    continue
                waiting += 1
                async with turn:
                    await asyncio.sleep(service_s)
                waiting -= 1
                closing = b"Connection: close\r\n" if stopped.is_set() else b""
                writer.write(b"HTTP/1.1 200 OK\r\n" + closing + b"Content-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    stop = stopped.set if end == "graceful" else lambda: os._exit(9)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    await stopped.wait()
    server.close()
    while waiting:
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
