"""A sensor of the documented kind: keeps each block until the line says that it is safe."""

import json
import threading
from collections.abc import Callable
from typing import Any

from faultlens.line.broker import Broker, connect, made_client
from faultlens.line.sources.blocks import packed
from faultlens.line.sources.gathering import Numbered
from tests.timing import PATIENCE_S


class BlockSender:
    """Publishes blocks of some channels, and again what is not safe.

    Args:
        port: of the broker on loopback.
        source: name of the source in line.toml.
        form: makes a message of a block.
    """

    def __init__(
        self, port: int, source: str = "hall", form: Callable[[Any], bytes] = packed
    ) -> None:
        self._form = form
        self._kept: dict[tuple[str, int, int], bytes] = {}
        self._lock = threading.Lock()
        self._since = ""
        self._connected = threading.Event()
        self.again = 0
        broker = Broker(host="127.0.0.1", port=port)
        self._client = made_client(broker, "sensor")
        self._client.max_inflight_messages_set(1000)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda c, *_: c.subscribe(f"faultlens/{source}/#", 1)
        self._client.on_subscribe = lambda *_: self._connected.set()
        self._client.on_message = self._heard
        connect(self._client, broker)
        self._client.loop_start()
        assert self._connected.wait(PATIENCE_S)

    def send(self, block: Numbered) -> None:
        """Publish a block, and keep it."""
        content = self._form(block)
        with self._lock:
            self._kept[block.channel, block.stream, block.seq] = content
        self.publish(block.channel, content)

    def publish(self, channel: str, content: bytes) -> None:
        """Publish whatever it is."""
        self._client.publish(f"plant/{channel}/blocks", content, 1)

    def send_again(self) -> None:
        """Publish all that is not safe."""
        with self._lock:
            kept = sorted(self._kept.items())
        for (channel, _, _), content in kept:
            self.again += 1
            self.publish(channel, content)

    @property
    def kept(self) -> int:
        """Blocks that are not known to be safe."""
        with self._lock:
            return len(self._kept)

    @property
    def since(self) -> str:
        """Since when the line is there, as the broker said last; "" while it never was."""
        return self._since

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()
        # Else the two keep each other, and the client's sockets, until some later collection.
        self._client.on_message = self._client.on_subscribe = None

    def _heard(self, client: Any, user: Any, message: Any) -> None:
        said = json.loads(message.payload)
        if message.topic.endswith("/status"):
            if said["online"] and said["since"] != self._since:
                self._since = said["since"]
                self.send_again()
            return
        with self._lock:
            for key in [
                x for x in self._kept
                if x[:2] == (said["channel"], said["stream"]) and x[2] <= said["seq"]
            ]:  # fmt: skip
                del self._kept[key]
