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

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from typing import cast, final

from faultlens.core.errors import UsageError
from faultlens.line.broker import Broker
from faultlens.line.configuration.line_config import SourceConfig, positive
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.block_source import BlockForm, Topics, block_frames
from faultlens.line.sources.blocks import Block, unpacked
from faultlens.line.sources.window import Position, Window
from faultlens.line.sources.windows import Windows
from faultlens.line.topics import topic_gaps
from faultlens.signals.signal import Signal

SETTLE_S = 1.0
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

    @property
    def topics(self) -> Topics:
        """Topics of the source."""
        return Topics(self.topic, self.ack_topic, self.status_topic)

    @property
    def settle_s(self) -> float:
        """So long is waited, at the first block of a channel, for older ones, s."""
        return min(SETTLE_S, self.gap_s)


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
        form: BlockForm[Block, Window] = BlockForm(
            unpacked,
            lambda block, channel: replace(block, channel=channel),
            self._windows,
            self._signal,
        )
        options = self._options
        yield from block_frames(self._config, options, options.topics, form, resume, stop)

    def _windows(self, known: dict[str, Position]) -> Windows:
        options = self._options
        return Windows(
            self._config.window_s, gap_s=options.gap_s, settle_s=options.settle_s, known=known
        )

    def _signal(self, window: Window) -> Signal:
        return Signal(
            window.samples,
            window.sample_rate_hz,
            shaft_rpm=window.shaft_rpm,
            unit=window.unit,
            channel=window.channel,
            asset=self._config.channel(window.channel).asset,
            time=window.time.isoformat(),
            source=self._config.name,
            history=(f"blocks {window.first} to {window.at.seq} put together",),
        )
