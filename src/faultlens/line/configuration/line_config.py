"""The tables of `line.toml`, as frozen records; `read_line_config` fills them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from ipaddress import ip_network
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.line.configuration.checks import one_of as one_of
from faultlens.line.configuration.checks import positive as positive
from faultlens.line.configuration.checks import share as share
from faultlens.line.configuration.scan_config import ScanConfig

RULES = ("profile", "fixed")
POLICIES = ("every", "newest")
MEDIA = ("all", "defects", "sample", "none")
DETECTORS = ("auto", "signal", "picture", "scan", "screen")


@dataclass(frozen=True)
class DecisionConfig:
    """`[source.NAME.decision]`: from scores of frames to alarms of the line.

    Args:
        rule: "profile", the threshold of the profile or else of the model; or "fixed".
        threshold: with "fixed", from which score a frame alarms, 0 to 1.
        m: of the last `n` frames so many must alarm.
        n: frames that are looked back at, 1 to 1000.
        hysteresis: an alarm returns only below `threshold * (1 - hysteresis)`, 0 to 1.
        latch: an alarm stays until a person resets it.
        false_alarms: share of healthy frames at which the whole decision may raise an alarm;
            None for the rate of the profile.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> DecisionConfig(m=3, n=2)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: m is 3 and n is 2; m of n frames needs ...
    """

    rule: str = "profile"
    threshold: float = 0.85
    m: int = 1
    n: int = 1
    hysteresis: float = 0.1
    latch: bool = False
    false_alarms: float | None = None

    def __post_init__(self) -> None:
        one_of("rule", self.rule, RULES)
        share("threshold", self.threshold)
        share("hysteresis", self.hysteresis)
        if self.false_alarms is not None:
            share("false_alarms", self.false_alarms)
        if not 1 <= self.m <= self.n <= 1000:
            raise UsageError(
                f"m is {self.m} and n is {self.n}; m of n frames needs 1 <= m <= n <= 1000."
            )


@dataclass(frozen=True)
class ChannelConfig:
    """`[source.NAME.channels.CHANNEL]`: what one channel has of its own, over its source's.

    Args:
        asset: the machine, as its owner calls it.
        rpm: shaft speed, revolutions per minute.
        bearing: catalogue designation, or geometry or fault orders as `diagnose --bearing` reads.
        profile: file of its profile.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    asset: str | None = None
    rpm: float | None = None
    bearing: str | None = None
    profile: Path | None = None

    def __post_init__(self) -> None:
        positive("rpm", self.rpm)


@dataclass(frozen=True)
class SourceConfig:
    """`[source.NAME]`: one source, and how its frames are judged.

    Args:
        name: of the source.
        kind: of the source: folder, replay, video, mqtt, scanner, http, or one of an installed
            package.
        options: of that kind, a record of its own.
        detector: "signal", "picture", "scan", "screen" (whole camera frames against a screen
            profile), or "auto": by what the frames are.
        model: name or folder; None for the built-in model of that kind of frame.
        profile: file of a profile; None without one.
        sentences: faults or defects to look for; empty for the model's own set.
        part: what is on the pictures or was scanned, in words.
        asset: the machine, as its owner calls it.
        rpm: shaft speed, revolutions per minute.
        bearing: as `diagnose --bearing` reads it.
        speed_tolerance: largest relative error of the speed, 0 to 0.1.
        window_s: length of a window of vibration, s.
        mm_per_pixel: size of a pixel on the part, mm.
        policy: "every" frame in its order, the source waits; or the "newest", others are dropped
            and counted; None for what the kind is used with.
        queue: frames that wait before the source does, 1 to 10000.
        decision: from scores to alarms.
        scan: how scans are read and measured.
        channels: what single channels have of their own.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    name: str
    kind: str
    options: object
    detector: str = "auto"
    model: str | None = None
    profile: Path | None = None
    sentences: tuple[str, ...] = ()
    part: str | None = None
    asset: str | None = None
    rpm: float | None = None
    bearing: str | None = None
    speed_tolerance: float = 0.02
    window_s: float = 2.0
    mm_per_pixel: float | None = None
    policy: str | None = None
    queue: int = 16
    decision: DecisionConfig = field(default_factory=DecisionConfig)
    scan: ScanConfig = field(default_factory=ScanConfig)
    channels: Mapping[str, ChannelConfig] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_of("detector", self.detector, DETECTORS)
        if self.policy is not None:
            one_of("policy", self.policy, POLICIES)
        for name in ("rpm", "window_s", "mm_per_pixel"):
            positive(name, getattr(self, name))
        if not 0 <= self.speed_tolerance <= 0.1:
            raise UsageError(
                f"speed_tolerance is {self.speed_tolerance:g}; it must lie in 0 to 0.1."
            )
        if not 1 <= self.queue <= 10_000:
            raise UsageError(f"queue is {self.queue}; 1 to 10000 frames may wait.")

    def channel(self, name: str) -> ChannelConfig:
        """What holds for one channel: its own, and else the source's.

        Example:
            >>> pump = ChannelConfig(rpm=1480)
            >>> hall = SourceConfig("hall", "mqtt", None, bearing="6205", channels={"pump": pump})
            >>> hall.channel("pump").rpm, hall.channel("pump").bearing, hall.channel("fan").rpm
            (1480, '6205', None)
        """
        own = self.channels.get(name, ChannelConfig())
        return ChannelConfig(
            asset=self.asset if own.asset is None else own.asset,
            rpm=self.rpm if own.rpm is None else own.rpm,
            bearing=self.bearing if own.bearing is None else own.bearing,
            profile=self.profile if own.profile is None else own.profile,
        )


@dataclass(frozen=True)
class SinkConfig:
    """`[sink.NAME]`: where steps of alarms go.

    Args:
        name: of the sink.
        kind: of the sink: log, webhook, mqtt, email, opcua, or one of an installed package.
        options: of that kind, a record of its own.
        steps: of an alarm's life that are sent: raised, acknowledged, returned, shelved, unshelved,
            reset, closed.
        sources: names of sources; empty for all.
    """

    name: str
    kind: str
    options: object
    steps: tuple[str, ...] = ("raised", "acknowledged", "returned", "closed")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeepConfig:
    """`[keep]`: pictures and recordings that are kept, and for how long.

    Args:
        media: "all", those of "defects", those and a "sample" of the others, or "none".
        sample: share of the others, 0 to 1.
        media_days: after so many days a file is removed.
        results_days: after so many days a result is removed; its counts stay.
        most_gb: of all files together; the oldest go first.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    media: str = "defects"
    sample: float = 0.01
    media_days: float = 30.0
    results_days: float = 365.0
    most_gb: float = 20.0

    def __post_init__(self) -> None:
        one_of("media", self.media, MEDIA)
        share("sample", self.sample)
        for name in ("media_days", "results_days", "most_gb"):
            positive(name, getattr(self, name))


@dataclass(frozen=True)
class MonitoringConfig:
    """`[monitoring]`: whether frames still look as those that the thresholds were made of.

    Args:
        on: whether it runs.
        reference: the first so many sound frames of a source are its reference.
        window: so many latest frames are held against it.
        false_alarms: drift alarms per frame that may be false.
        seed: of the permutations.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    on: bool = True
    reference: int = 500
    window: int = 100
    false_alarms: float = 1e-5
    seed: int = 0

    def __post_init__(self) -> None:
        share("false_alarms", self.false_alarms)
        for name in ("reference", "window"):
            if not 20 <= getattr(self, name) <= 100_000:
                raise UsageError(f"{name} is {getattr(self, name)}; 20 to 100000 frames.")


@dataclass(frozen=True)
class AuditConfig:
    """`[audit]`: passed frames that a person looks at, drawn at random.

    Args:
        share: of passed frames, 0 to 1; 0 for none.
        most_missed: once the audits show that more is missed (lower bound of the 95 % interval of
            the miss rate), a tuning is asked for; None never.
        seed: of the draw.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    share: float = 0.002
    most_missed: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        share("share", self.share)
        if self.most_missed is not None:
            share("most_missed", self.most_missed)


@dataclass(frozen=True)
class UpdateConfig:
    """`[update]`: corrections -> `faultlens tune` -> candidate -> shadow -> promotion.

    Args:
        after_corrections: so many new corrections start a tuning; 0 for a person alone.
        held: folder of labelled files on which a candidate is held against the live model; None
            for a quarter of the corrections, kept aside.
        healthy: folder of sound parts, or of healthy recordings; a source with a profile needs it,
            since a profile belongs to its model and the candidate's own is made of them.
        shadow_frames: a candidate judges so many live frames beside the live model first.
        promote: "person", or by "rule": no worse on the held set, no more alarms in the shadow.
        niceness: of the tuning process, 0 to 19.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    after_corrections: int = 20
    held: Path | None = None
    healthy: Path | None = None
    shadow_frames: int = 200
    promote: str = "person"
    niceness: int = 19

    def __post_init__(self) -> None:
        one_of("promote", self.promote, ("person", "rule"))
        if not 0 <= self.niceness <= 19:
            raise UsageError(f"niceness is {self.niceness}; 0 to 19.")
        if self.after_corrections < 0 or self.shadow_frames < 1:
            raise UsageError(
                "after_corrections must be 0 or more, and shadow_frames 1 or more; given "
                f"{self.after_corrections} and {self.shadow_frames}."
            )


@dataclass(frozen=True)
class DashboardConfig:
    """`[dashboard]`: the pages in the browser.

    Args:
        on: whether they are served.
        host: address to listen at.
        port: 0 takes a free one.
        public_live: whether the live page is shown without login, as on a wall.
        trusted_proxies: addresses or networks of proxies before the pages, such as "127.0.0.1";
            theirs alone are `X-Forwarded-Proto`, by which cookies go through TLS only, and
            `X-Forwarded-For`, whose login is counted. Empty: nobody's.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> DashboardConfig(trusted_proxies=("proxy",))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: trusted_proxies holds 'proxy'; give an address ...
    """

    on: bool = True
    host: str = "127.0.0.1"
    port: int = 8600
    public_live: bool = False
    trusted_proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise UsageError(f"port is {self.port}; 0 to 65535.")
        for each in self.trusted_proxies:
            try:
                ip_network(each)
            except ValueError as error:
                raise UsageError(
                    f"trusted_proxies holds '{each}'; give an address or a network, such as "
                    "127.0.0.1 or 10.0.0.0/8."
                ) from error


@dataclass(frozen=True)
class LineConfig:
    """A whole `line.toml`.

    Args:
        name: of the line.
        path: of the file.
        store: URL of the database: sqlite:///FILE or postgresql://...
        state: folder of the journal, of media and previews.
        language: "en" or "zh", of messages to people.
        time_zone: IANA name, in which shifts and days are counted.
        shifts: name -> time of day at which it begins; empty for none.
        sources: by their order in the file.
        sinks: likewise.
        keep: what is kept.
        monitoring: drift.
        audit: what people look at.
        update: new models.
        dashboard: the pages.
    """

    name: str
    path: Path
    store: str
    state: Path
    sources: tuple[SourceConfig, ...]
    language: str = "en"
    time_zone: str = "UTC"
    shifts: Mapping[str, time] = field(default_factory=dict)
    sinks: tuple[SinkConfig, ...] = ()
    keep: KeepConfig = field(default_factory=KeepConfig)
    monitoring: MonitoringConfig = field(default_factory=MonitoringConfig)
    audit: AuditConfig = field(default_factory=AuditConfig)
    update: UpdateConfig = field(default_factory=UpdateConfig)
    dashboard: DashboardConfig = field(default_factory=DashboardConfig)
