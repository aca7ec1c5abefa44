"""A connection to a broker that stays: what comes waits, bounded, and is answered later."""

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any, final

from faultlens.core.errors import FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.broker import Broker, connect, made_client
from faultlens.line.sources.block_fields import LARGEST_BYTES

if TYPE_CHECKING:
    from paho.mqtt.client import Client

MOST_WAITING_BYTES = 64 << 20
"""Of messages that nobody has taken: 10 s of 64 channels of 25.6 kHz as float32. Beyond, nothing is
read from the broker, which keeps it."""
_WAITS_S = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
"""Between two attempts to connect, s; the last one for ever."""
_TURN_S = 0.05
FAREWELL_S = 5.0
"""So long, after the source has ended, what it yielded may become safe and be acknowledged, s."""


@dataclass(frozen=True)
class Message:
    """What came from the broker.

    Args:
        topic: of it.
        content: of it.
    """

    topic: str
    content: bytes


@dataclass(frozen=True)
class Remark:
    """That the connection is lost, or there again.

    Args:
        notice: what is the matter.
        severity: "info" or "error".
    """

    notice: Notice
    severity: str


@final
class MqttLink:
    """One subscription, in a thread of its own that connects again for ever.

    Args:
        broker: where to.
        client_id: where the broker's options name none.
        topic_filter: what is subscribed to, with QoS 1.
        status_topic: at which the broker says whether the line is there, retained.
    """

    def __init__(
        self, broker: Broker, client_id: str, topic_filter: str, status_topic: str
    ) -> None:
        self._broker, self._filter, self._status_topic = broker, topic_filter, status_topic
        self._client = made_client(broker, client_id, keeps_session=True)
        self._client.will_set(status_topic, json.dumps({"online": False}), 1, retain=True)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = lambda client, user, x: self._put(
            Message(x.topic, bytes(x.payload))
        )
        self._items: deque[Message | Remark] = deque()
        self._bytes = 0
        self._answers: dict[str, bytes] = {}
        self._changed = Condition()
        self._stop = Event()
        self._is_quiet: Callable[[], bool] = lambda: True
        self._is_lost, self._is_refused = False, False
        self._thread = Thread(target=self._run, name=f"mqtt {client_id}", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def take(self, timeout_s: float) -> list[Message | Remark]:
        """What has come since; waits for the first.

        Args:
            timeout_s: at most so long, s.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items, timeout_s)
            taken, self._bytes = list(self._items), 0
            self._items.clear()
            self._changed.notify_all()
        return taken

    def answer(self, topic: str, content: bytes) -> None:
        """Publish soon; of several to one topic the last. Does not block.

        Args:
            topic: where.
            content: what.
        """
        with self._changed:
            self._answers[topic] = content

    def stop(self, is_quiet: Callable[[], bool]) -> None:
        """Read nothing more; hang up once all is answered. Returns at once.

        Args:
            is_quiet: whether nothing is left to be answered.
        """
        self._is_quiet = is_quiet
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait until it has hung up; False where it has not.

        Args:
            timeout_s: at most so long, s.
        """
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._is_refused = False
            try:
                connect(self._client, self._broker, keeps_session=True, largest_bytes=LARGEST_BYTES)
                began_s = time.monotonic()
                self._serve()
                failures = failures if time.monotonic() - began_s < 5.0 else 0
                if not self._stop.is_set() and not self._is_refused:
                    self._lost(f"{self._broker.place} hung up.")
            except FaultlensError as error:
                self._lost(str(error))
            # Of a broker that does not keep to the protocol: no reason to hear it no more.
            except Exception as error:
                self._lost(f"{self._broker.place}: {type(error).__name__}: {error}.")
            self._stop.wait(_WAITS_S[min(failures, len(_WAITS_S) - 1)])
            failures += 1
        self._farewell()

    def _serve(self) -> None:
        """Read and write until the connection ends or the line does."""
        while not self._stop.is_set():
            self._publish()
            with self._changed:
                is_full = self._bytes >= MOST_WAITING_BYTES
            if not is_full:
                if self._client.loop(_TURN_S) != 0:
                    return
                continue
            # Nothing is read; the broker, and then the sender, feel it.
            self._client.loop_write()
            if self._client.loop_misc() != 0:
                return
            with self._changed:
                self._changed.wait_for(lambda: self._bytes < MOST_WAITING_BYTES, _TURN_S)

    def _farewell(self) -> None:
        until_s = time.monotonic() + FAREWELL_S
        # What is read now would be acknowledged to the broker and judged by nobody.
        while self._client.is_connected():
            is_over = self._is_quiet() or time.monotonic() > until_s
            self._publish()
            self._client.loop_write()
            if is_over:
                break
            time.sleep(0.01)
        if self._client.is_connected():
            self._client.publish(self._status_topic, json.dumps({"online": False}), 0, True)
            self._client.disconnect()
            self._client.loop_write()
        self._client.loop(0.01)
        # Client and link would keep each other alive, and with them paho's own sockets.
        self._client.on_connect = self._client.on_subscribe = self._client.on_message = None

    def _publish(self) -> None:
        if not self._client.is_connected():
            return
        with self._changed:
            answers, self._answers = self._answers, {}
        for topic, content in answers.items():
            # What is lost on the way is said again with the next block, or where one comes again.
            self._client.publish(topic, content, 0)

    def _connected(self, client: "Client", user: Any, flags: Any, reason: Any, _: Any) -> None:
        if reason.is_failure:
            self._is_refused = True
            self._lost(f"{self._broker.place} refuses the line: {reason}. Check user and password.")
            return
        client.subscribe(self._filter, 1)
        online = {"online": True, "since": datetime.now(UTC).isoformat()}
        client.publish(self._status_topic, json.dumps(online), 0, True)

    def _subscribed(self, client: "Client", user: Any, mid: int, reasons: Any, _: Any) -> None:
        if any(x.is_failure for x in reasons):
            self._lost(f"{self._broker.place} does not let the line read {self._filter}.")
        elif self._is_lost:
            self._is_lost = False
            place = self._broker.place
            notice = Notice(f"Connected to {place} again.", f"已重新连接到 {place}。")
            self._put(Remark(notice, "info"))

    def _lost(self, why: str) -> None:
        """Say it once for each time that it is lost."""
        if not self._is_lost:
            self._is_lost = True
            notice = Notice(f"{why} It is tried again.", f"MQTT 连接中断，将继续重试：{why}")
            self._put(Remark(notice, "error"))

    def _put(self, item: Message | Remark) -> None:
        with self._changed:
            self._items.append(item)
            self._bytes += len(item.content) if isinstance(item, Message) else 0
            self._changed.notify_all()
