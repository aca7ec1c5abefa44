"""Raw frames of 3840 x 2160 pixels, 30 a second, each judged: what is found, how soon, how falsely.

    python -m benches.line.camera [--minutes 10] [--healthy 1100] [--only found|watch] [--short]
    python -m benches.line.camera --only found --healthy 260 --wanted .005 --frames 5 [--seed 1]

Two cameras over a moving strip: ground metal, rendered; and real metal, clean magnetic tiles of
../shared joined without seams (left out where the data is not there). Each is calibrated on its
healthy frames by `screen_profile_of`. Then 24 defects of up to 40 px on each of some further frames
count as found where the screen's heat lies above the threshold on them, at full and at half their
contrast; and further healthy frames count as false alarms. At last `faultlens watch` judges a
replay at 30 frames a second into SQLite, one frame in twenty with one strong defect: what it keeps
up with, and how long a frame takes to its result and to its alarm in the journal, from the moment
at which it was due.

Expected: 30 a second; 99 % of frames to alarm within 250 ms.
"""

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from benches.line.camera_frames import Placed, Taken, real_camera, rendered_camera, with_defects
from faultlens.images.image import Image
from faultlens.inference.screen import Screen, ScreenedFrame
from faultlens.profiles.calibrate_screen import screen_profile_of
from faultlens.runtimes.screen_filters import BLOCK_PX

RATE_HZ = 30.0
DISTINCT, HURT_EVERY = 40, 20
"""Frames of the replay, and how many of them have one defect."""


@dataclass(frozen=True)
class _Healthy(Collection[Image]):
    """Healthy frames, taken anew whenever they are gone through."""

    take: Taken
    count: int

    def __len__(self) -> int:
        return self.count

    def __contains__(self, item: object) -> bool:
        return False

    def __iter__(self) -> Iterator[Image]:
        return (Image(self.take(i)) for i in range(self.count))


def found_by(screen: Screen, take: Taken, shared: Path | None, frames: int) -> dict[str, Any]:
    """Defects found at full and at half their contrast, and false alarms.

    Args:
        screen: of the camera.
        take: the camera.
        shared: the folder `images` of the real data; None without it.
        frames: with defects, and healthy ones ten times as many.

    Example:
        >>> found_by.__name__
        'found_by'
    """
    told: dict[str, Any] = {}
    for strength in (1.0, 0.5):
        found, all_of = Counter[str](), Counter[str]()
        for i in range(frames):
            pixels, placed = with_defects(take, i, shared, strength=strength)
            seen = screen.look(Image(pixels))
            for defect in placed:
                all_of[defect.kind] += 1
                found[defect.kind] += _hot(seen, defect, screen.threshold)
        told[f"found at {strength:g}"] = f"{found.total()} of {all_of.total()}"
        told[f"kinds at {strength:g}"] = {x: f"{found[x]} of {n}" for x, n in all_of.items()}
    false = sum(
        screen.look(Image(take(2_000_000 + i))).score > screen.threshold for i in range(10 * frames)
    )
    return {**told, "false alarms": f"{false} of {10 * frames}"}


def _hot(seen: ScreenedFrame, defect: Placed, threshold: float) -> bool:
    top, left, rows, columns = defect.box
    here = seen.heat[
        top // BLOCK_PX : (top + rows) // BLOCK_PX + 1,
        left // BLOCK_PX : (left + columns) // BLOCK_PX + 1,
    ]
    return bool(here.max() > threshold)


def watched(take: Taken, profile: Path, folder: Path, seconds: float) -> dict[str, Any]:
    """`faultlens watch` on a replay at 30 frames a second.

    Args:
        take: the camera.
        profile: of it.
        folder: for frames, line and store.
        seconds: of the replay.

    Example:
        >>> watched.__name__
        'watched'
    """
    from faultlens.line.configuration.reader import read_line_config
    from faultlens.line.watch import Watch
    from faultlens.store.records import AlarmRecord, Record, ResultRecord

    hurt = _written(take, folder / "belt.npy")
    rounds = max(round(seconds * RATE_HZ / DISTINCT), 1)
    (folder / "line.toml").write_text(
        f"""
[line]
name = "press"
store = "sqlite:///line.db"
state = "state"
[source.belt]
kind = "replay"
path = "belt.npy"
rate_hz = {RATE_HZ}
rounds = {rounds}
detector = "screen"
profile = "{profile}"
queue = 8
[keep]
media = "none"
[dashboard]
on = false
""",
        encoding="utf-8",
    )
    results: dict[str, ResultRecord] = {}
    alarm_s: dict[str, float] = {}

    def told(records: Sequence[Record]) -> None:
        now = time.time()
        for x in records:
            if isinstance(x, ResultRecord):
                results[x.frame] = x
            elif isinstance(x, AlarmRecord) and x.step == "raised":
                due = results[x.frame].judged.timestamp() - results[x.frame].latency_s
                alarm_s[x.frame] = now - due

    watch = Watch(read_line_config(folder / "line.toml"), told=told)
    started, used = time.perf_counter(), time.process_time()
    watch.start()
    watch.wait(Event(), once=True)
    took, used = time.perf_counter() - started, time.process_time() - used
    watch.close(once=True)
    latency = [x.latency_s for x in results.values()]
    wanted = {x for x in results if int(x.split("#")[1][:6]) in hurt}
    raised = list(alarm_s.values())
    return {
        "frames": len(results),
        "wanted": rounds * DISTINCT,
        "per second": round(len(results) / took, 2),
        "cores used": round(used / took, 2),
        "frame to result, s": _spread(latency),
        "frame to alarm, s": _spread(raised),
        "defects alarmed": f"{len(wanted & alarm_s.keys())} of {len(wanted)}",
        "false alarms": len(alarm_s.keys() - wanted),
        "named": dict(Counter(results[x].verdict for x in alarm_s)),
        "errors": sum(bool(x.error) for x in results.values()),
    }


def _written(take: Taken, path: Path) -> set[int]:
    """Frames of the replay; which of them have a defect."""
    frames, hurt = [], set()
    for i in range(DISTINCT):
        if i % HURT_EVERY == HURT_EVERY // 2:
            hurt.add(i)
            frames.append(_strongly_hurt(take, i))
        else:
            frames.append(take(3_000_000 + i))
    np.save(path, np.stack(frames))
    return hurt


def _strongly_hurt(take: Taken, number: int) -> Any:
    pixels = take(3_000_000 + number).copy()
    rng = np.random.default_rng([9, number])
    top, left = (int(x) for x in (rng.integers(100, 2000), rng.integers(100, 3600)))
    y, x = np.mgrid[-30:30, -30:30]
    scratch = (np.abs(y + x) < 28) * np.exp(-((y - x) ** 2) / 2 / 3.0**2)
    spot = pixels[top : top + 60, left : left + 60] - 70 * scratch
    pixels[top : top + 60, left : left + 60] = np.clip(spot, 0, 255).astype(np.uint8)
    return pixels


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    shares = {"p50": 50, "p99": 99, "most": 100}
    return {k: round(float(np.percentile(seconds, q)), 4) for k, q in shares.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it, and print what was found, one JSON object for each camera.

    Args:
        arguments: of the command line; None for those given.

    Example:
        >>> main.__name__
        'main'
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--healthy", type=int, default=1100)
    parser.add_argument("--wanted", type=float, default=1e-3, help="false alarms per frame")
    parser.add_argument("--frames", type=int, default=10, help="with 24 defects each")
    parser.add_argument("--seed", type=int, default=0, help="of the rendered texture")
    parser.add_argument("--only", choices=("found", "watch"), help="one of the two parts")
    parser.add_argument("--camera", help="that whose name begins so; left out, both")
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args(arguments)
    shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data" / "images"
    real = shared if (shared / "manifest.csv").is_file() else None
    cameras = {"ground, rendered": rendered_camera("ground", given.seed)}
    if real is not None:
        cameras["magnetic tiles, real"] = real_camera(real)
    healthy, frames = (60, 1) if given.short else (given.healthy, given.frames)
    for name, take in cameras.items():
        if given.camera and not name.startswith(given.camera):
            continue
        made = screen_profile_of(_Healthy(take, healthy), false_alarms=given.wanted)
        told: dict[str, Any] = {
            "camera": name,
            "seed": given.seed,
            "healthy": healthy,
            "false-alarm rate promised": round(made.false_alarm_rate, 5),
        }
        if given.only != "watch":
            told |= found_by(Screen(made), take, real, frames)
        if given.only != "found":
            with tempfile.TemporaryDirectory(prefix="camera-") as folder:
                profile = Path(folder) / "belt.screen"
                made.save(profile)
                seconds = 10.0 if given.short else 60 * given.minutes
                told["watch"] = watched(take, profile, Path(folder), seconds)
        print(json.dumps(told, ensure_ascii=False, indent=1), flush=True)


if __name__ == "__main__":
    main()
