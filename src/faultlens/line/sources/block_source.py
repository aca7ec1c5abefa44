"""From messages of a broker to frames, and from frames back to what their senders are told.

What vibration (`mqtt`) and scans (`scanner`) have alike: blocks come, wholes are made of them, and
a block is acknowledged once the results of all wholes up to it are safe.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import Generic, Protocol, TypeVar

from faultlens.core.errors import InputError
from faultlens.core.notice import Notice
from faultlens.line.broker import Broker
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.gathering import Gathering, Numbered
from faultlens.line.sources.mqtt_link import Message, MqttLink
from faultlens.line.sources.safe_blocks import Pending, SafeBlocks, positions_of
from faultlens.line.sources.window import Again, Passed, Position
from faultlens.line.topics import filled_topic, in_gap, topic_filter
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface

_TURN_S = 0.1


class Whole(Protocol):
    """What becomes one frame."""

    @property
    def id(self) -> str:
        """Unique in its source, and the same whenever the same blocks come."""

    @property
    def channel(self) -> str:
        """Its name."""

    @property
    def at(self) -> Position:
        """Its last block."""

    @property
    def is_end(self) -> bool:
        """Whether, once it is safe, that block is safe too."""

    @property
    def time(self) -> datetime:
        """Of its first sample or row."""

    @property
    def part(self) -> str | None:
        """Id of the part; None where nobody said."""


B = TypeVar("B", bound=Numbered)
W = TypeVar("W", bound=Whole)


@dataclass(frozen=True)
class Topics:
    """Topics of a source, with their gaps.

    Args:
        blocks: where blocks come from.
        ack: where is said what is safe.
        status: where is said whether the line is there.
    """

    blocks: str
    ack: str
    status: str


@dataclass(frozen=True)
class BlockForm(Generic[B, W]):
    """One kind of blocks.

    Args:
        unpacked: reads a message; raises InputError where it is none.
        named: the same block of another channel.
        gathering: makes what puts blocks together, of what is known to be safe.
        payload: what there is to judge of a whole.
    """

    unpacked: Callable[[bytes], B]
    named: Callable[[B, str], B]
    gathering: Callable[[dict[str, Position]], Gathering[B, W]]
    payload: Callable[[W], Signal | Surface]


def block_frames(
    config: SourceConfig,
    broker: Broker,
    topics: Topics,
    form: BlockForm[B, W],
    resume: str | None,
    stop: Event,
) -> Iterator[Frame | Trouble]:
    """Frames as blocks make them whole.

    Args:
        config: of the source.
        broker: where blocks come from.
        topics: of them.
        form: of them.
        resume: up to where the blocks of each channel are safe.
        stop: set when the line shuts down.

    Raises:
        MissingPackageError: paho-mqtt is not installed.
        UsageError: a file of a certificate cannot be used.

    Example:
        >>> block_frames.__name__  # `mqtt` and `scanner` show it at work
        'block_frames'
    """
    name = config.name
    known = positions_of(resume)
    gathering = form.gathering(known)
    link = MqttLink(
        broker,
        f"faultlens-{name}",
        topic_filter(topics.blocks),
        filled_topic(topics.status, {"source": name}),
    )
    reading = _Reading(config, topics, form, SafeBlocks(known), link.answer)
    link.start()
    looked_s = time.monotonic()
    try:
        while not stop.is_set():
            for item in link.take(_TURN_S):
                if isinstance(item, Message):
                    yield from reading.told(gathering, item)
                else:
                    yield Trouble(name, datetime.now(UTC), item.notice, item.severity)
                if stop.is_set():
                    break
            if time.monotonic() - looked_s > _TURN_S:
                looked_s = time.monotonic()
                yield from reading.of(gathering.overdue(looked_s))
    finally:
        link.stop(lambda: reading.safe.is_quiet)


class _Reading(Generic[B, W]):
    """From messages to frames, and from frames back to what senders are told."""

    def __init__(
        self,
        config: SourceConfig,
        topics: Topics,
        form: BlockForm[B, W],
        safe: SafeBlocks,
        answer: Callable[[str, bytes], None],
    ) -> None:
        self._config, self._topics, self._form = config, topics, form
        self.safe = safe
        self._answer = answer

    def told(self, gathering: Gathering[B, W], message: Message) -> Iterator[Frame | Trouble]:
        try:
            block = self._form.unpacked(message.content)
            channel = in_gap(self._topics.blocks, message.topic, "channel") or block.channel
            if not channel:
                raise InputError("The block names no channel, and neither does its topic.")
            if channel != block.channel:
                block = self._form.named(block, channel)
            outcomes = gathering.add(block, time.monotonic())
        except InputError as error:
            topic = message.topic[:200]
            notice = Notice(
                f"A message at {topic} is no block: {error}",
                f"主题 {topic} 上的消息不是有效数据块：{error}",
            )
            yield Trouble(self._config.name, datetime.now(UTC), notice)
            return
        yield from self.of(outcomes)

    def of(self, outcomes: list[W | Passed | Again]) -> Iterator[Frame | Trouble]:
        for outcome in outcomes:
            if isinstance(outcome, Passed):
                yield self._trouble(outcome)
            elif isinstance(outcome, Again):
                self._say(outcome.channel, self.safe.said(outcome.channel))
            else:
                yield self._frame(outcome)

    def _frame(self, whole: W) -> Frame:
        pending = self.safe.sent(whole.channel, whole.at if whole.is_end else None)
        return Frame(
            whole.id,
            self._config.name,
            whole.time,
            self._form.payload(whole),
            channel=whole.channel,
            part=whole.part,
            asset=self._config.channel(whole.channel).asset,
            resume=self.safe.resume(),
            acknowledge=partial(self._acknowledged, pending),
            arrived_s=time.perf_counter(),
        )

    def _trouble(self, passed: Passed) -> Trouble:
        resume = None
        if passed.at is not None:
            self._acknowledged(self.safe.sent(passed.channel, passed.at))
            resume = self.safe.resume()
        name = self._config.name
        return Trouble(name, datetime.now(UTC), passed.notice, passed.severity, resume)

    def _acknowledged(self, pending: Pending) -> None:
        self._say(pending.channel, self.safe.done(pending))

    def _say(self, channel: str, content: bytes | None) -> None:
        if content is not None:
            facts = {"source": self._config.name, "channel": channel}
            self._answer(filled_topic(self._topics.ack, facts), content)
