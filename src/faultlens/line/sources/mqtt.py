"""`kind = "mqtt"`: blocks of vibration from sensors, by a broker; none is lost.

A sensor publishes blocks (see `blocks`) with QoS 1 to the topic of its channel, and keeps each
until it reads, at `faultlens/SOURCE/ack/CHANNEL`, that all up to some number are safe:

    {"channel": "pump-7", "stream": 0, "seq": 41}

That is published once the results of all windows that these blocks belong to are on the disk of the
line. At `faultlens/SOURCE/status` the broker says, retained, whether the line is there. With each
new `since`, and where nothing was acknowledged for half a minute, the sensor sends again what it
keeps, oldest first; what comes twice, or out of order, does no harm, and is acknowledged again. A
sensor whose numbers begin at 0 again after a restart must draw a new `stream` then.

    {"online": true, "since": "2026-11-26T08:00:00+00:00"}
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import cast, final

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.line.broker import Broker
from faultlens.line.configuration.line_config import SourceConfig, positive
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.blocks import unpacked
from faultlens.line.sources.mqtt_link import Message, MqttLink
from faultlens.line.sources.safe_blocks import Pending, SafeBlocks, positions_of
from faultlens.line.sources.window import Again, Outcome, Passed, Window
from faultlens.line.sources.windows import Windows
from faultlens.line.topics import filled_topic, in_gap, topic_filter, topic_gaps
from faultlens.signals.signal import Signal

_TURN_S = 0.1
_SETTLE_S = 1.0
"""A sensor that kept blocks while there was no line begins to send them within so long, s."""


@dataclass(frozen=True, kw_only=True)
class MqttSourceOptions(Broker):
    """Keys of an MQTT source in line.toml, beside those of the broker.

    Args:
        topic: of the blocks; {channel} stands for a level that names the channel. Without it, each
            block names its own.
        ack_topic: at which is said what is safe; {source} and {channel} are filled in.
        status_topic: at which is said whether the line is there.
        gap_s: so long is waited for a block that is missing, s.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    topic: str
    ack_topic: str = "faultlens/{source}/ack/{channel}"
    status_topic: str = "faultlens/{source}/status"
    gap_s: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        positive("gap_s", self.gap_s)
        gaps = topic_gaps("topic", self.topic, ("channel",))
        levels = self.topic.split("/")
        if len(gaps) > 1 or (gaps and "{channel}" not in levels):
            raise UsageError(
                f"topic is '{self.topic}'; {{channel}} may stand once, as a level of its own."
            )
        if "channel" not in topic_gaps("ack_topic", self.ack_topic, ("source", "channel")):
            raise UsageError(f"ack_topic is '{self.ack_topic}'; {{channel}} must be in it.")
        topic_gaps("status_topic", self.status_topic, ("source",))


@final
class MqttSource(AbstractSource):
    """Windows of all channels below one topic.

    Args:
        config: whose options are `MqttSourceOptions`.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._options = cast(MqttSourceOptions, config.options)

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Windows as they become whole.

        Args:
            resume: up to where the blocks of each channel are safe.
            stop: set when the line shuts down.

        Raises:
            MissingPackageError: paho-mqtt is not installed.
            UsageError: a file of a certificate cannot be used.
        """
        name, options = self._config.name, self._options
        known = positions_of(resume)
        windows = Windows(
            self._config.window_s,
            gap_s=options.gap_s,
            settle_s=min(_SETTLE_S, options.gap_s),
            known=known,
        )
        link = MqttLink(
            options,
            f"faultlens-{name}",
            topic_filter(options.topic),
            filled_topic(options.status_topic, {"source": name}),
        )
        reading = _Reading(self._config, SafeBlocks(known), link.answer)
        link.start()
        looked_s = time.monotonic()
        try:
            while not stop.is_set():
                for item in link.take(_TURN_S):
                    if isinstance(item, Message):
                        yield from reading.told(windows, item)
                    else:
                        yield Trouble(name, datetime.now(UTC), item.notice, item.severity)
                    if stop.is_set():
                        break
                if time.monotonic() - looked_s > _TURN_S:
                    looked_s = time.monotonic()
                    yield from reading.of(windows.overdue(looked_s))
        finally:
            link.stop(lambda: reading.safe.is_quiet)


class _Reading:
    """From messages to frames, and from frames back to what senders are told."""

    def __init__(
        self, config: SourceConfig, safe: SafeBlocks, answer: Callable[[str, bytes], None]
    ) -> None:
        self._config = config
        self._options = cast(MqttSourceOptions, config.options)
        self.safe = safe
        self._answer = answer

    def told(self, windows: Windows, message: Message) -> Iterator[Frame | Trouble]:
        try:
            block = unpacked(message.content)
            channel = in_gap(self._options.topic, message.topic, "channel") or block.channel
            if not channel:
                raise InputError("The block names no channel, and neither does its topic.")
            if channel != block.channel:
                block = replace(block, channel=channel)
            outcomes = windows.add(block, time.monotonic())
        except InputError as error:
            topic = message.topic[:200]
            notice = Notice(
                f"A message at {topic} is no block: {error}",
                f"主题 {topic} 上的消息不是有效数据块：{error}",
            )
            yield Trouble(self._config.name, datetime.now(UTC), notice)
            return
        yield from self.of(outcomes)

    def of(self, outcomes: list[Outcome]) -> Iterator[Frame | Trouble]:
        for outcome in outcomes:
            match outcome:
                case Window():
                    yield self._frame(outcome)
                case Passed():
                    yield self._trouble(outcome)
                case Again():
                    self._say(outcome.channel, self.safe.said(outcome.channel))

    def _frame(self, window: Window) -> Frame:
        pending = self.safe.sent(window.channel, window.at if window.is_end else None)
        asset = self._config.channel(window.channel).asset
        signal = Signal(
            window.samples,
            window.sample_rate_hz,
            shaft_rpm=window.shaft_rpm,
            unit=window.unit,
            channel=window.channel,
            asset=asset,
            time=window.time.isoformat(),
            source=self._config.name,
            history=(f"blocks {window.first} to {window.at.seq} put together",),
        )
        return Frame(
            window.id,
            self._config.name,
            window.time,
            signal,
            channel=window.channel,
            asset=asset,
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
            self._answer(filled_topic(self._options.ack_topic, facts), content)
