"""Channels of vibration that one machine of two cores watches live, over MQTT, without a loss.

    python -m benches.line.channels [--channels 64] [--seconds 600] [--short] [--out results]

Three processes share the machine: Mosquitto, a sender of 25.6 kHz blocks, and `faultlens watch`
with everything on: the built-in model, decision, alarms, journal, store, monitoring, the pages.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.files import write_text
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

COMMAND = "python -m benches.line.channels"
RATE_HZ = 25_600
BLOCK_S = 0.5
WINDOW_S = 2.0
RPM = 1480.0
BEARING = BearingGeometry(9, 7.94, 39.04)
SOURCE = "hall"
PIECE_S = 16.0
"""Of simulated vibration that a channel plays over and over, s."""
PIECES = 8
FAULTY = 2
"""Pieces with a fault; a quarter of the channels alarms."""
FULL_SCALE = 32_000
STARTS_S = 60.0
"""That `faultlens watch` may take until it listens, s."""
DRAINS_S = 120.0
"""After the last block, until its window must be in the store, s."""


@dataclass(frozen=True)
class Tally:
    """What came of it.

    Args:
        channels: that were sent.
        seconds: for which.
        windows: that were sent whole.
        judged: that have a result in the store.
        lost: that have none.
        doubled: results too many.
        errors: windows that could not be judged.
        alarms: that were raised.
        p50_s: median from the last sample of a window to its result, s.
        p99_s: 99th percentile of it, s.
        late_s: the furthest that the sender was behind its clock, s.
        watch_cores: processor time of watch and its pages, until the last window was judged,
            over the time of the stream, cores.
        sender_cores: of the sender.
        watch_mb: memory of watch at the end, MB.
    """

    channels: int
    seconds: float
    windows: int
    judged: int
    lost: int
    doubled: int
    errors: int
    alarms: int
    p50_s: float
    p99_s: float
    late_s: float
    watch_cores: float
    sender_cores: float
    watch_mb: float


def _line_file(folder: Path, port: int) -> Path:
    path = folder / "line.toml"
    path.write_text(
        f"""
[line]
name = "channels"
store = "sqlite:///{folder / "line.db"}"
state = "state"

[source.{SOURCE}]
kind = "mqtt"
host = "127.0.0.1"
port = {port}
topic = "plant/{{channel}}"
detector = "signal"
bearing = "n=9,d=7.94,D=39.04"
window_s = {WINDOW_S}

[sink.log]
kind = "log"
path = "alarms.jsonl"

[keep]
media = "none"

[dashboard]
port = 0
"""
    )
    return path


def _pieces() -> list[NDArray[np.float32]]:
    """(time,) of each piece, m/s2; the first ones have a fault."""
    made = []
    for seed in range(PIECES):
        families = ("outer",) if seed < FAULTY else ()
        recording = simulate(
            families, bearing=BEARING, shaft_rpm=RPM, sample_rate_hz=RATE_HZ, seconds=PIECE_S,
            seed=seed, snr_db=0.0,
        )  # fmt: skip
        made.append(recording.signal.samples.astype(np.float32))
    return made


def _send(port: int, channels: int, seconds: float) -> None:
    """The sender: each block when its last sample is taken; says how it went as JSON."""
    from paho.mqtt.client import Client, MQTTv5
    from paho.mqtt.enums import CallbackAPIVersion

    from faultlens.line.sources.blocks import Block, packed

    pieces = _pieces()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    size = round(BLOCK_S * RATE_HZ)
    first = time.time() + 1.0
    begun, start_s, late_s = datetime.fromtimestamp(first, UTC), time.monotonic() + 1.0, 0.0
    scale = max(float(np.abs(x).max()) for x in pieces) / FULL_SCALE
    for seq in range(round(seconds / BLOCK_S)):
        for channel in range(channels):
            # Sensors are not in step: their blocks are spread over the length of one.
            skew_s = BLOCK_S * channel / channels
            due_s = start_s + (seq + 1) * BLOCK_S + skew_s
            wait_s = due_s - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            late_s = max(late_s, -wait_s)
            piece = pieces[channel % PIECES]
            at = (seq * size + channel * 1000) % (len(piece) - size)
            block = Block(
                channel=f"c{channel:02d}", seq=seq,
                time=begun + timedelta(seconds=seq * BLOCK_S + skew_s),
                sample_rate_hz=RATE_HZ, samples=piece[at : at + size], unit="m/s2", shaft_rpm=RPM,
            )  # fmt: skip
            client.publish(f"plant/{block.channel}", packed(block, scale=scale), qos=1)
    until = time.monotonic() + DRAINS_S
    while client.want_write() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.0)
    client.disconnect()
    client.loop_stop()
    print(json.dumps({"late_s": late_s, "cpu_s": time.process_time()}))


def watched(channels: int, seconds: float, folder: Path, port: int) -> Tally:
    """Send channels to a line that watches them, and count what came of it.

    Args:
        channels: how many.
        seconds: for how long.
        folder: for the line.
        port: of the broker on loopback.

    Raises:
        RuntimeError: the line ended by itself; its output is in `watch.log`.

    Example:
        >>> watched.__name__  # tests/line/test_channels.py shows it at work
        'watched'
    """
    path, said = _line_file(folder, port), folder / "watch.log"
    with said.open("w") as log:
        watch = subprocess.Popen(
            [sys.executable, "-m", "faultlens", "watch", str(path)], stdout=log, stderr=log
        )
    try:
        _wait(lambda: "watches" in said.read_text(), watch, STARTS_S)
        before_s = _cpu_s(watch.pid)
        sent = subprocess.run(
            [sys.executable, "-m", "benches.line.channels", "--send", str(port),
             "--channels", str(channels), "--seconds", str(seconds)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        wanted = channels * int(seconds / WINDOW_S)
        _wait(lambda: len(_rows(folder)) >= wanted, watch, DRAINS_S)
        spent_s, memory_mb = _cpu_s(watch.pid) - before_s, _memory_mb(watch.pid)
    finally:
        watch.terminate()
        watch.wait(60)
    rows, told = _rows(folder), json.loads(sent.stdout)
    delays = np.array([x.delay_s for x in rows])
    found = Counter((x.channel, x.window) for x in rows)
    return Tally(
        channels=channels,
        seconds=seconds,
        windows=wanted,
        judged=len(rows),
        lost=wanted - len(found),
        doubled=len(rows) - len(found),
        errors=sum(bool(x.error) for x in rows),
        alarms=_raised(folder),
        p50_s=round(float(np.median(delays)), 3),
        p99_s=round(float(np.percentile(delays, 99)), 3),
        late_s=round(told["late_s"], 3),
        watch_cores=round(spent_s / seconds, 3),
        sender_cores=round(told["cpu_s"] / seconds, 3),
        watch_mb=round(memory_mb, 1),
    )


@dataclass(frozen=True)
class _Row:
    channel: str
    window: int
    delay_s: float
    error: str


def _rows(folder: Path) -> list[_Row]:
    """Results in the store."""
    from sqlalchemy import select

    from faultlens.store.store import open_store
    from faultlens.store.tables import RESULTS

    held = open_store(f"sqlite:///{folder / 'line.db'}")
    with held.reading() as connection:
        columns = (RESULTS.c.channel, RESULTS.c.time, RESULTS.c.judged, RESULTS.c.error)
        rows = connection.execute(select(*columns)).all()
    held.close()
    first = min((x.time for x in rows), default=0)
    return [
        _Row(
            str(x.channel),
            round((x.time - first) / 1e6 // WINDOW_S),
            (x.judged - x.time) / 1e6 - WINDOW_S,
            str(x.error),
        )
        for x in rows
    ]


def _raised(folder: Path) -> int:
    file = folder / "alarms.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    return sum(json.loads(x)["step"] == "raised" for x in lines)


def _wait(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", most_s: float) -> None:
    """Wait until something is so, or the time is over."""
    until_s = time.monotonic() + most_s
    while not ready() and time.monotonic() < until_s:
        if process.poll() is not None:
            raise RuntimeError(f"faultlens watch ended with exit code {process.returncode}")
        time.sleep(0.2)


def _cpu_s(pid: int) -> float:
    """Processor time of a process and its children that run, s."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if pid in (int(file.parent.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    """Memory of a process, MB."""
    text = Path(f"/proc/{pid}/status").read_text()
    line = next(x for x in text.splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _main() -> None:
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--short", action="store_true", help="20 seconds")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--send", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    seconds = 20.0 if chosen.short else chosen.seconds
    if chosen.send is not None:
        _send(chosen.send, chosen.channels, seconds)
        return
    from tests.mosquitto_server import mosquitto

    with ExitStack() as opened:
        broker = opened.enter_context(mosquitto("max_queued_messages 0"))
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="channels-")))
        try:
            tally = watched(chosen.channels, seconds, folder, broker.port)
        finally:
            print((folder / "watch.log").read_text()[-2000:], file=sys.stderr)
    text = json.dumps(asdict(tally) | {"command": COMMAND}, indent=1)
    print(text)
    write_text(chosen.out / "line_channels.json", text + "\n")


if __name__ == "__main__":
    _main()
