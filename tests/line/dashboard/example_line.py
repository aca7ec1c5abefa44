"""A line as its pages see it: rendered pictures truly inspected, spectra of simulated machines."""

import io
import math
import random
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from PIL import Image as Pillow

from faultlens.line.live import LiveSource, LiveState

THRESHOLD = {"picture": 0.70, "signal": 0.55}
CRACK = ("crack", "turned", 31)
SCRATCH = ("scratch", "brushed", 33)
"""Rendered surfaces: concept, process, seed."""
MOTORS = tuple(f"motor-{x}" for x in range(1, 9))


@dataclass(frozen=True)
class Shot:
    """A preview with what the model says of it."""

    jpeg: bytes
    verdict: str
    score: float


@cache
def shot(concept: str, process: str, seed: int, part: str = "sheet") -> Shot:
    """One rendered surface, inspected by the built-in model, with its heat map and outlines."""
    from faultlens import inspect
    from faultlens.images.image import Image
    from faultlens.images.simulator.render import render_surface
    from faultlens.reports.inspection_overlay import overlay_pixels

    drawn = render_surface(
        seed=seed, height_px=540, width_px=960, concept=concept, process=process, part=part
    )
    judged = inspect(Image(drawn.pixels))
    # The page says by itself that it alarms.
    seen = overlay_pixels(replace(judged.view, alarm=False))
    small = Pillow.fromarray(seen).resize((480, 270))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=82)
    return Shot(file.getvalue(), judged.verdict, judged.findings[0].score)


@cache
def spectrum(fault: str, seed: int) -> tuple[float, ...]:
    """Levels of 128 bands of a simulated recording, dB."""
    from faultlens.signals.simulator.draw import draw_recording

    families = (fault,) if fault else ()
    made = draw_recording(seed, fault_families=families, sample_rate_hz=25_600, seconds=0.25)
    return bands(np.asarray(made.signal.samples, dtype=np.float64))


def bands(samples: np.ndarray) -> tuple[float, ...]:
    """Levels of 128 even bands, dB."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    cells = power[1 : 1 + 128 * ((len(power) - 1) // 128)].reshape(128, -1).mean(axis=1)
    return tuple(round(float(x), 1) for x in 10 * np.log10(cells + 1e-12))


def scores(seed: int, level: float, *, end: tuple[float, ...] = (), spikes: int = 0) -> list[float]:
    """120 scores around a level, with a few that stand out, and how they end."""
    rng = random.Random(seed)
    row = [min(0.99, max(0.004, rng.lognormvariate(math.log(level), 0.55))) for _ in range(120)]
    for _ in range(spikes):
        row[rng.randrange(15, 95)] = rng.uniform(0.74, 0.97)
    row[len(row) - len(end) :] = end
    return [round(x, 3) for x in row]


def alarm(
    number: int, state: str, source: str, verdict: str, at: datetime, **more: Any
) -> dict[str, Any]:
    """The last step of an alarm as the line tells it."""
    step = {"unacknowledged": "raised"}.get(state, state)
    given = {
        "id": f"step-{number}", "alarm": f"alarm-{number}", "time": at.isoformat(), "step": step,
        "state": state, "source": source, "channel": "", "frame": "f", "verdict": verdict,
        "score": 0.93, "threshold": 0.7, "asset": None, "part": None, "user": "", "comment": "",
        "until": None, "preview": None,
    }  # fmt: skip
    return {**given, **more}


def picture(name: str, one: Shot, now: datetime, row: list[float], **more: Any) -> LiveSource:
    """A camera."""
    given = {
        "kind": "picture", "state": "running", "frame": f"{name}-{int(now.timestamp())}",
        "time": (now - timedelta(seconds=0.3)).isoformat(), "verdict": one.verdict,
        "score": row[-1], "threshold": THRESHOLD["picture"], "frames": 43_118, "queued": 0,
        "rate_hz": 12.4, "p50_s": 0.041, "p99_s": 0.096, "scores": tuple(row),
        "preview": b64encode(one.jpeg).decode(), "model": "builtin/surface@5f1c9a03b7de",
    }  # fmt: skip
    return LiveSource(name, **{**given, **more})


def channel(name: str, channel_: str, now: datetime, seed: int, **more: Any) -> LiveSource:
    """A channel of a vibration source."""
    fault = more.pop("fault", "")
    row = more.pop("row", None) or scores(seed, 0.06)
    given = {
        "kind": "signal", "state": "running", "frame": f"{channel_}-{int(now.timestamp())}",
        "time": (now - timedelta(seconds=1.1)).isoformat(), "verdict": "healthy",
        "score": row[-1], "threshold": THRESHOLD["signal"], "frames": 21_900, "rate_hz": 0.5,
        "p50_s": 0.022, "p99_s": 0.058, "scores": tuple(row), "spectrum": spectrum(fault, seed),
        "band_hz": 100.0, "model": "builtin/bearing@a91c02dd4e10",
    }  # fmt: skip
    return LiveSource(name, channel_, **{**given, **more})


def quiet_state(now: datetime | None = None, *, line: str = "Press 3") -> LiveState:
    """All is well."""
    at = now or datetime.now(UTC)
    left = shot("no_defect", "milled", 31, "hole")
    right = shot("no_defect", "milled", 33, "hole")
    return LiveState(
        line,
        at.isoformat(),
        (
            picture("cam-left", left, at, scores(1, 0.05)),
            picture("cam-right", right, at, scores(2, 0.09, spikes=1)),
            *(channel("hall", x, at, 10 + k) for k, x in enumerate(MOTORS)),
            channel("gearbox", "drive end", at, 30),
            channel("gearbox", "free end", at, 31),
        ),
        stages={"wait": (0.002, 0.011), "judge": (0.036, 0.081), "journal": (0.003, 0.009)},
    )


def busy_state(
    now: datetime | None = None, *, line: str = "Press 3", previews: tuple[str, ...] = ()
) -> LiveState:
    """A morning on which nearly everything happens at once."""
    at = now or datetime.now(UTC)
    crack = shot(*CRACK)
    clean = shot("no_defect", "milled", 33, "hole")
    scratch = shot(*SCRATCH)
    hall: dict[str, dict[str, Any]] = {
        "motor-3": {"alarm": "acknowledged", "verdict": "outer race fault", "fault": "outer",
                    "row": scores(42, 0.3, end=tuple(0.6 + 0.01 * x for x in range(24)))},
        "motor-6": {"state": "lost", "time": (at - timedelta(seconds=95)).isoformat()},
    }  # fmt: skip
    thumbs = [*previews, None, None][:2]
    return LiveState(
        line,
        at.isoformat(),
        (
            picture("cam-left", crack, at, scores(3, 0.06, end=(0.3, 0.81, 0.9, 0.93, crack.score)),
                    alarm="unacknowledged"),
            picture("cam-right", clean, at, scores(2, 0.09, spikes=1)),
            picture("cam-top", scratch, at - timedelta(minutes=3), scores(5, 0.06, spikes=2),
                    state="lost", rate_hz=0.0, dropped=212, alarm="normal"),
            *(channel("hall", x, at, 10 + k, **hall.get(x, {})) for k, x in enumerate(MOTORS)),
            channel("gearbox", "drive end", at, 30),
            channel("gearbox", "free end", at, 31),
        ),
        alarms=(
            alarm(1, "unacknowledged", "cam-left", "crack", at - timedelta(seconds=42),
                  part="shaft-20431", preview=thumbs[0], score=crack.score),
            alarm(2, "returned", "cam-right", "scratch", at - timedelta(minutes=6), score=0.81,
                  part="shaft-20398", preview=thumbs[1]),
            alarm(3, "acknowledged", "hall", "outer race fault", at - timedelta(minutes=31),
                  channel="motor-3", user="mei", comment="Grease ordered", score=0.83),
            alarm(4, "shelved", "gearbox", "imbalance", at - timedelta(hours=2), channel="free end",
                  user="wei", comment="Sensor is being changed",
                  until=(at + timedelta(hours=2)).isoformat(), score=0.6),
        ),
        conditions=(
            ("error", "The database does not answer; 1,204 records wait on this machine.",
             "数据库无应答；1,204 条记录在本机等待。"),
            ("warning", "Camera cam-top is lost since 3 min; trying again every 8 s.",
             "相机 cam-top 已断开 3 分钟；每 8 秒重试一次。"),
        ),
        spooled=1204,
        stages={"wait": (0.002, 0.011), "judge": (0.036, 0.081), "journal": (0.003, 0.009)},
    )  # fmt: skip
