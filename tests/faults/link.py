"""The way from the programs to Postgres, which can be slow, silent, cut or closed.

A small TCP proxy on loopback in front of the server's Unix socket, in a thread of its own.
"""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

PIECE = 65_536
SHORT = 0.01


class Link:
    """Passes everything on, until told otherwise by its attributes."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.port = 0
        self.delay = 0.0  # seconds that each piece is late, both ways
        self.silent = False  # nothing passes, and nobody is told
        self.closed = False  # who connects is turned away
        self.cuts = 0  # so many of the next answers end half way, and the connection with them
        self.loop = asyncio.new_event_loop()
        self.open: set[asyncio.StreamWriter] = set()
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self) -> Self:
        ready = threading.Event()
        self.loop.call_soon(lambda: self.loop.create_task(self.listen(ready)))
        self.thread.start()
        if not ready.wait(10):
            raise TimeoutError("the link did not open")
        return self

    def __exit__(self, *_: object) -> None:
        self.silent = False
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def drop(self) -> None:
        """End all connections at once, as when a router forgets them."""
        self.loop.call_soon_threadsafe(self.abort_all)

    def serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def listen(self, ready: threading.Event) -> None:
        self.server = await asyncio.start_server(self.pass_on, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]
        ready.set()

    async def end(self) -> None:
        self.server.close()
        self.abort_all()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def abort_all(self) -> None:
        for writer in list(self.open):
            writer.transport.abort()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.closed:
            writer.transport.abort()
            return
        try:
            to_server = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, to_server[1]}
        self.open |= pair
        try:
            with suppress(OSError, asyncio.CancelledError):
                await asyncio.gather(
                    self.pump(reader, to_server[1], pair),
                    self.pump(to_server[0], writer, pair, answers=True),
                )
        finally:
            for each in pair:
                each.transport.abort()
            self.open -= pair

    async def pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pair: set[asyncio.StreamWriter],
        *,
        answers: bool = False,
    ) -> None:
        """One direction, until either side ends; then both are ended."""
        try:
            while data := await reader.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                while self.silent:
                    await asyncio.sleep(SHORT)
                if answers and self.cuts > 0:
                    self.cuts -= 1
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    return
                writer.write(data)
                await writer.drain()
        finally:
            for each in pair:
                # What is already written still goes out, as it does on a real wire.
                each.close()
