"""What is lost or doubled of MQTT blocks when `watch`, and the broker, are killed again and again.

    python -m benches.line.blocks_killed [--blocks 20000] [--kills 40] [--short] [--seed 0]

Sensors of four channels publish blocks to Mosquitto and keep each until it is acknowledged. The
line is a process of its own, which is killed (SIGKILL) at random; one time in four the broker is
killed too, with all that it holds. Sample n of a channel has the value n: the windows in the store
must hold each sample once.

Expected: 0 samples lost, 0 doubled, 0 windows doubled.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event

from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.signals.signal import Signal
from tests.line.sources.block_sender import BlockSender
from tests.line.sources.block_streams import stream_of
from tests.mosquitto_server import Mosquitto, mosquitto

CHANNELS = ("pump", "fan", "gear", "spindle")
SAMPLES = 250
"""Of a block; 0.25 s at 1 kHz, eight to a window."""
BLOCKS_PER_S = 800.0
"""That the sensors send together: 50 times as fast as they record."""
EARLY = 0.2
"""Share of the kills that may come before the line is there."""
PATIENCE_S = 120.0
"""Without a new acknowledgement for so long it has failed, s."""


@dataclass(frozen=True)
class Tally:
    """What was found at the end.

    Args:
        blocks: that the sensors sent, of all channels.
        sent_again: blocks that were sent once more.
        kills: of the line.
        broker_kills: of the broker.
        windows: in the store.
        windows_doubled: ids that stand in the store twice.
        samples_lost: in no window.
        samples_doubled: in more than one.
        seconds: that it all took, s.
    """

    blocks: int
    sent_again: int
    kills: int
    broker_kills: int
    windows: int
    windows_doubled: int
    samples_lost: int
    samples_doubled: int
    seconds: float


class EdgesDetector(AbstractDetector):
    """Says which samples a window holds, and finds nothing."""

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        return [_judged(x) for x in frames]


def _judged(frame: Frame) -> Judged:
    assert isinstance(frame.payload, Signal)
    samples = frame.payload.samples
    whole = bool((samples[1:] - samples[:-1] == 1).all())
    result = {"first": int(samples[0]), "number": len(samples) if whole else 0}
    return Judged(frame, "healthy", False, 0.1, 0.5, "edges@0", result)


def killed(blocks: int, kills: int, seed: int, folder: Path) -> Tally:
    """Send blocks while line and broker are killed, and count what is wrong afterwards.

    Args:
        blocks: of each channel; a multiple of 8.
        kills: of the line.
        seed: of when.
        folder: for the line.

    Raises:
        RuntimeError: the line makes no progress, or ends with an error.

    Example:
        >>> killed.__name__  # `python -m benches.line.blocks_killed --short` shows it at work
        'killed'
    """
    begun_s, draw, broker_kills = time.monotonic(), random.Random(seed), 0
    with mosquitto() as broker:
        path = _line_file(folder, broker.port)
        sensor = BlockSender(broker.port)
        sending = _Sending(sensor, blocks)
        for point in sorted(draw.uniform(0, 0.95) for _ in range(kills)):
            since = sensor.since
            with _watching(path) as process:
                if draw.random() >= EARLY:
                    _until_there(sensor, since)
                sending.up_to(point)
                time.sleep(draw.uniform(0, 0.5))
                if draw.random() < 0.25:
                    broker_kills += 1
                    _restarted(broker, draw.uniform(0, 0.5))
                    time.sleep(draw.uniform(0, 0.5))
                process.send_signal(signal.SIGKILL)
                process.wait()
        with _watching(path) as process:
            sending.up_to(1.0)
            _until_safe(sensor)
            process.send_signal(signal.SIGTERM)
            if process.wait(60) != 0:
                raise RuntimeError(f"the line ended with exit code {process.returncode}")
        again = sensor.again
        sensor.close()
    windows = _in_store(folder / "line.db")
    samples = blocks * SAMPLES
    held = {name: [0] * samples for name in CHANNELS}
    for _, channel, first, number in windows:
        for place in range(first, first + number):
            held[channel][place] += 1
    counts = [x for places in held.values() for x in places]
    return Tally(
        blocks=blocks * len(CHANNELS),
        sent_again=again,
        kills=kills,
        broker_kills=broker_kills,
        windows=len(windows),
        windows_doubled=len(windows) - len({x[0] for x in windows}),
        samples_lost=sum(x == 0 for x in counts),
        samples_doubled=sum(x > 1 for x in counts),
        seconds=round(time.monotonic() - begun_s, 1),
    )


class _Sending:
    """Blocks of all channels in turn, at their pace."""

    def __init__(self, sensor: BlockSender, blocks: int) -> None:
        streams = [stream_of(blocks, samples=SAMPLES, channel=x) for x in CHANNELS]
        self._blocks = [block for turn in zip(*streams, strict=True) for block in turn]
        self._sensor, self._done = sensor, 0

    def up_to(self, share: float) -> None:
        begun_s, before = time.monotonic(), self._done
        while self._done < share * len(self._blocks):
            self._sensor.send(self._blocks[self._done])
            self._done += 1
            ahead_s = (self._done - before) / BLOCKS_PER_S - (time.monotonic() - begun_s)
            if ahead_s > 0.01:
                time.sleep(ahead_s)


def _until_there(sensor: BlockSender, before: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while sensor.since == before:
        if time.monotonic() > until_s:
            raise RuntimeError(f"the line was not there within {PATIENCE_S:.0f} s")
        time.sleep(0.02)


def _until_safe(sensor: BlockSender) -> None:
    least, since_s = sensor.kept, time.monotonic()
    while sensor.kept:
        if sensor.kept < least:
            least, since_s = sensor.kept, time.monotonic()
        if time.monotonic() - since_s > PATIENCE_S:
            raise RuntimeError(f"{sensor.kept} blocks were not acknowledged in {PATIENCE_S:.0f} s")
        time.sleep(0.02)


def _restarted(broker: Mosquitto, away_s: float) -> None:
    broker.stop()
    time.sleep(away_s)
    broker.start()


def _line_file(folder: Path, port: int) -> Path:
    path = folder / "line.toml"
    path.write_text(
        f"""
[line]
name = "killed"
store = "sqlite:///line.db"
state = "state"
[source.hall]
kind = "mqtt"
host = "127.0.0.1"
port = {port}
topic = "plant/{{channel}}/blocks"
window_s = 2.0
queue = 64
[keep]
media = "none"
[monitoring]
on = false
[audit]
share = 0.0
[dashboard]
on = false
"""
    )
    return path


def _watching(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benches.line.blocks_killed", "--watch", path])


def _in_store(file: Path) -> list[tuple[str, str, int, int]]:
    """Of each window: id, channel, first sample, number of samples."""
    from sqlalchemy import select

    from faultlens.store.questions.results import result
    from faultlens.store.store import open_store
    from faultlens.store.tables import RESULTS

    store = open_store(f"sqlite:///{file}")
    with store.reading() as connection:
        frames = [str(x) for (x,) in connection.execute(select(RESULTS.c.frame))]
    found = []
    for frame in frames:
        record = result(store, "hall", frame)
        assert record is not None
        said = record.result
        found.append((frame, record.channel, int(said["first"]), int(said["number"])))
    store.close()
    return found


def _watch(path: Path) -> None:
    """The process that is killed."""
    from faultlens.line.configuration.reader import read_line_config
    from faultlens.line.watch import Watch

    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    watch = Watch(read_line_config(path), detectors=edges)
    watch.start()
    watch.wait(stop)
    watch.close()


def edges(config: SourceConfig, kind: str | None = None) -> AbstractDetector:
    """The detector, as `Watch` asks for one.

    Args:
        config: of line.toml; not needed.
        kind: of the frames; not needed.

    Example:
        >>> edges(SourceConfig("hall", "mqtt", None)).judge([])
        []
    """
    return EdgesDetector()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it, and print what was found as one JSON object.

    Args:
        arguments: of the command line; None for those given.

    Example:
        >>> main.__name__  # `python -m benches.line.blocks_killed --short` shows it at work
        'main'
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=20_000, help="of all channels together")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--watch", type=Path)
    given = parser.parse_args(arguments)
    if given.watch:
        _watch(given.watch)
        return
    blocks, kills = (1_600, 3) if given.short else (given.blocks, given.kills)
    each = max(blocks // len(CHANNELS) // 8, 1) * 8
    with tempfile.TemporaryDirectory(prefix="blocks-killed-") as folder:
        print(json.dumps(asdict(killed(each, kills, given.seed, Path(folder)))))


if __name__ == "__main__":
    main()
