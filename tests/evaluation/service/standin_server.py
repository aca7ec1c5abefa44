"""A server of known speed: one request after the other, so many waiting; run as a process.

python standin_server.py SECONDS_PER_REQUEST QUEUE graceful|abrupt
"""

import asyncio
import os
import signal
import sys


class Standin:
    """Its connections and its turn, in the event loop that it is made in.

    Args:
        service_s: of each request, one after the other, s.
        queue: requests that may wait; the others are told to come again.
    """

    def __init__(self, service_s: float, queue: int) -> None:
        self.waiting = 0
        self.stopped = asyncio.Event()
        self._service_s, self._queue = service_s, queue
        self._turn = asyncio.Lock()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                stated = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")]
                await reader.readexactly(int(stated[0].split(b":")[1]) if stated else 0)
                if self.waiting > self._queue:
                    writer.write(b"HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
                    continue
                self.waiting += 1
                async with self._turn:
                    await asyncio.sleep(self._service_s)
                self.waiting -= 1
                closing = b"Connection: close\r\n" if self.stopped.is_set() else b""
                writer.write(b"HTTP/1.1 200 OK\r\n" + closing + b"Content-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def drained(self) -> None:
        """Nothing is in work any more."""
        while self.waiting:
            await asyncio.sleep(0.005)


async def main(service_s: float, queue: int, end: str) -> None:
    standin = Standin(service_s, queue)
    server = await asyncio.start_server(standin.handle, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    stop = standin.stopped.set if end == "graceful" else lambda: os._exit(9)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    await standin.stopped.wait()
    server.close()
    await standin.drained()
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
