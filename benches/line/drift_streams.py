"""Streams of a line that is well, and what they become once something changes.

Everything hangs on the number of a frame alone, so that a stream can be taken up anywhere, changed
or not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from benches.line.wandering import RATE_HZ, WINDOW_S, Machine
from faultlens.images.image import Image
from faultlens.images.simulator.camera import Sensor
from faultlens.images.simulator.draw import draw_settings
from faultlens.images.simulator.light import lamp_field, seen
from faultlens.images.simulator.render import build_surface
from faultlens.images.simulator.settings import SurfaceSettings
from faultlens.line.monitoring.quality_picture import picture_quality
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.settings import Background
from faultlens.signals.simulator.simulate import simulate

STEP = 0.1
"""Ten per cent: of gain, of load, of fine detail that blur takes, of the size of grain."""

PIXELS = 192
"""Side of a picture, px: as large as one pass of the built-in model takes."""

PROCESSES = ("ground", "cold_rolled", "brushed", "cast", "milled", "turned", "blasted", "coated")


@dataclass(frozen=True)
class Wander:
    """How far a machine in good order wanders; standard deviations.

    Args:
        load: of the load, share of its mean.
        level_db: of the level of all that is heard, dB.
        source_db: of each source in it, dB.
        speed: of the shaft, share.
        memory: windows after which it has forgotten all but 1/e of where it was.
    """

    load: float
    level_db: float
    source_db: float
    speed: float
    memory: float


STEADY = Wander(load=0.02, level_db=0.1, source_db=0.2, speed=0.002, memory=10)
"""A machine at a regulated load. What wanders 2 % by itself shows a step of 10 %."""

RESTLESS = Wander(load=0.05, level_db=1.5, source_db=1.0, speed=0.004, memory=60)
"""A machine that wanders as in `benches.line.false_alarms`: 10 % of gain are lost in its own 19 %;
only its false drift alarms are counted."""


def wandering(
    count: int, columns: int, rng: np.random.Generator, memory: float
) -> NDArray[np.float64]:
    """(frame, column) numbers of unit spread that wander: an autoregression of first order.

    Args:
        count: frames.
        columns: how many wander.
        rng: of their steps.
        memory: frames after which all but 1/e is forgotten.

    Example:
        >>> wandering(500, 2, np.random.default_rng(0), 10.0).shape
        (500, 2)
    """
    kept = float(np.exp(-1 / memory))
    steps = rng.standard_normal((count, columns)) * np.sqrt(1 - kept**2)
    steps[0] = rng.standard_normal(columns)
    return np.asarray(lfilter([1.0], [1.0, -kept], steps, axis=0))


def walk(machine: Machine, wander: Wander, count: int) -> NDArray[np.float64]:
    """(window, column) how a machine wanders: load, level, speed, and four sources.

    Args:
        machine: whose.
        wander: how far.
        count: windows.

    Example:
        >>> from benches.line.wandering import drawn_machines
        >>> walk(drawn_machines(1, 81_000)[0], STEADY, 50).shape
        (50, 7)
    """
    rng = np.random.default_rng([machine.seed, 77])
    values = wandering(count, 7, rng, wander.memory)
    scale = [wander.load, wander.level_db, wander.speed, *[wander.source_db] * 4]
    return np.clip(values, -4, 4) * scale


def windows(
    machine: Machine, wandered: NDArray[np.float64], numbers: Iterable[int], change: str = ""
) -> Iterator[Signal]:
    """Windows of a healthy machine, from some number on with a change.

    Args:
        machine: whose.
        wandered: (window, column) of `walk`.
        numbers: of the windows.
        change: "gain" of the sensor, "load" of the machine; "" for none.

    Example:
        >>> from benches.line.wandering import drawn_machines
        >>> machine = drawn_machines(1, 81_000)[0]
        >>> walked = walk(machine, STEADY, 3)
        >>> plain, loud = (next(windows(machine, walked, [2], x)) for x in ("", "gain"))
        >>> round(float(loud.samples.std() / plain.samples.std()), 3)
        1.1
    """
    settings = machine.settings
    tones = _power(settings.background)
    for number in numbers:
        load, level_db, speed, *sources = wandered[number]
        load = (1 + load) * (1 + STEP if change == "load" else 1.0)
        # Friction noise grows with the root of the load, forces of teeth and unbalance with it.
        background = _changed(settings.background, sources, 10 * float(np.log10(load)))
        rms = np.sqrt(load * (1 + tones * load) / (1 + tones)) * 10 ** (level_db / 20)
        made = simulate(
            (),
            bearing=machine.bearing,
            # The slip of a motor: half a per cent at full load.
            shaft_rpm=machine.rpm * (1 + speed - 0.005 * (load - 1)),
            sample_rate_hz=RATE_HZ,
            seconds=WINDOW_S,
            seed=(machine.seed * 1_000 + 500) * 1_000_000 + number,
            settings=replace(
                settings,
                background=background,
                background_rms_m_s2=settings.background_rms_m_s2 * float(rms),
            ),
            stated_rpm=machine.rpm,
        ).signal
        gain = 1 + STEP if change == "gain" else 1.0
        yield replace(made, samples=made.samples * gain)


def _power(background: Background) -> float:
    """Power of all tones and shocks over that of the noise."""
    levels = [
        *background.shaft_tones_db, background.gear_db, background.looseness_db,
        background.random_impulses_db, background.drive_comb_db,
    ]  # fmt: skip
    return float(sum(10 ** (x / 10) for x in levels if x is not None))


def _changed(background: Background, wander: Iterable[float], load_db: float) -> Background:
    gear, loose, shocks, drive = wander

    def moved(level_db: float | None, by: float) -> float | None:
        return None if level_db is None else level_db + by

    return replace(
        background,
        shaft_tones_db=tuple(x + load_db for x in background.shaft_tones_db),
        gear_db=moved(background.gear_db, gear + load_db),
        looseness_db=moved(background.looseness_db, loose + load_db),
        random_impulses_db=moved(background.random_impulses_db, shocks),
        drive_comb_db=moved(background.drive_comb_db, drive),
    )


LAMP, LAMP_MEMORY, REFLECTANCE, FOCUS_PX = 0.01, 50.0, 0.03, 0.02
"""A station in good order: its lamp wanders by 1 % within 50 parts, parts reflect 3 % more or less,
the focus moves by a fiftieth of a pixel."""

_STRIP_PX, _MARGIN_PX = 1024, 12
"""Side of the surface that parts are pieces of, and what blur needs around a piece, px."""


@dataclass(frozen=True)
class Station:
    """A camera over parts of one kind: each shows another piece of one large surface.

    Args:
        seed: that it was drawn from.
        settings: process, light and camera.
    """

    seed: int
    settings: SurfaceSettings


def drawn_stations(count: int, first_seed: int) -> list[Station]:
    """Cameras drawn as the model's training pictures are, grey ones without clutter.

    Args:
        count: how many.
        first_seed: of the first.

    Example:
        >>> drawn_stations(1, 81_000)[0].settings.process
        'ground'
    """
    found = []
    for seed in range(first_seed, first_seed + count):
        rng = np.random.default_rng([seed, 11])
        settings = draw_settings(rng, PROCESSES[seed % len(PROCESSES)], "sheet")
        camera = replace(settings.camera, jpeg_quality=None, interlace_px=0)
        found.append(Station(seed, replace(settings, clutter=(), camera=camera)))
    return found


def lamp(station: Station, count: int) -> NDArray[np.float64]:
    """(picture, column) how a station wanders: lamp, reflectance of the part, focus.

    Args:
        station: whose.
        count: pictures.

    Example:
        >>> lamp(drawn_stations(1, 81_000)[0], 50).shape
        (50, 3)
    """
    rng = np.random.default_rng([station.seed, 78])
    slow = wandering(count, 2, rng, LAMP_MEMORY)
    parts = rng.standard_normal(count)
    return np.column_stack([LAMP * slow[:, 0], REFLECTANCE * parts, FOCUS_PX * slow[:, 1]])


def pictures(
    station: Station, wandered: NDArray[np.float64], numbers: Iterable[int], change: str = ""
) -> Iterator[Image]:
    """Pictures of sound parts, each another one, from some number on with a change.

    Args:
        station: whose.
        wandered: (picture, column) of `lamp`.
        numbers: of the pictures.
        change: "gain" of the camera, "blur" of its lens, "grain" of the parts; "" for none.

    Example:
        >>> station = drawn_stations(1, 81_000)[0]
        >>> next(pictures(station, lamp(station, 1), [0])).pixels.shape
        (192, 192)
    """
    blur = blur_of(station) if change == "blur" else 0.0
    strip = _strip(station, 1 + STEP if change == "grain" else 1.0)
    gain = 1 + STEP if change == "gain" else 1.0
    for number in numbers:
        yield Image(_taken(station, strip, wandered[number], number, gain, blur))


@lru_cache(maxsize=4)
def _strip(station: Station, grain: float) -> NDArray[np.float32]:
    """Light that comes from the surface, its mean 1."""
    settings = replace(station.settings, scale=station.settings.scale * grain)
    rng = np.random.default_rng([station.seed, 12])
    surface = build_surface(rng, settings, _STRIP_PX, _STRIP_PX)
    lit = seen(surface, settings.light, np.ones(surface.size, np.float32))
    return np.asarray(lit / lit.mean(), dtype=np.float32)


def _taken(
    station: Station,
    strip: NDArray[np.float32],
    wandered: NDArray[np.float64],
    number: int,
    gain: float,
    blur_px: float,
) -> NDArray[np.uint8]:
    (light, part, focus), camera = wandered, station.settings.camera
    side = PIXELS + 2 * _MARGIN_PX
    dice = np.random.default_rng([station.seed, 13, number])
    top, left = dice.integers(0, _STRIP_PX - side, 2)
    lamp = lamp_field(side, side, station.settings.light, station.settings.lay_rad)
    level = 0.7 * camera.brightness * (1 + light) * (1 + part) * gain
    piece = strip[top : top + side, left : left + side] * lamp * np.float32(level)
    blurred = replace(camera, blur_px=float(np.hypot(0.5 + camera.blur_px + focus, blur_px)))
    inside = slice(_MARGIN_PX, -_MARGIN_PX)
    exposed = Sensor(dice, blurred, (side, side)).expose(piece)[inside, inside]
    return Sensor(dice, camera, (PIXELS, PIXELS)).develop(exposed)


@cache
def blur_of(station: Station) -> float:
    """Standard deviation of the blur that takes a tenth of a station's detail, px.

    Of 1, 2 or 4 px, whichever falls first: where noise makes the finest, no blur takes any of it.

    Args:
        station: whose.

    Example:
        >>> 0.1 < blur_of(drawn_stations(1, 81_000)[0]) < 2
        True
    """
    sharp = _details(station, 0.0)
    low, high = 0.0, 4.0
    for _ in range(10):
        middle = (low + high) / 2
        fallen = float((_details(station, middle) - sharp).min())
        low, high = (middle, high) if fallen > 20 * np.log10(1 - STEP) else (low, middle)
    return high


def _details(station: Station, blur_px: float) -> NDArray[np.float64]:
    strip = _strip(station, 1.0)
    qualities = [
        picture_quality(Image(_taken(station, strip, np.zeros(3), number, 1.0, blur_px)))
        for number in range(8)
    ]
    return np.asarray(
        np.mean([[x[f"detail_{size}"] for size in (1, 2, 4)] for x in qualities], axis=0)
    )
