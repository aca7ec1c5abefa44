"""Machines whose speed, load and background wander, so that neighbouring windows hang together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.draw import draw_recording
from faultlens.signals.simulator.settings import Background, SimulationSettings
from faultlens.signals.simulator.simulate import simulate

RATE_HZ = 12_800.0
WINDOW_S = 2.0
"""Of a line where line.toml says nothing."""

SLOWEST_RPM = 600.0
"""At which a window of two seconds holds eight turns of the cage; slower machines take longer
ones."""

MEMORY_WINDOWS = 60
"""Windows after which what wanders has forgotten all but 1/e of where it was."""

SPEED_WANDER, LEVEL_WANDER_DB, SOURCE_WANDER_DB = 0.004, 1.5, 1.0
"""Standard deviations: of the speed, as a share; of the background; of each source in it."""


@dataclass(frozen=True, eq=False)
class Machine:
    """A machine as it was drawn.

    Args:
        seed: that it was drawn from.
        bearing: its bearing.
        rpm: speed on its plate, revolutions per minute.
        settings: structure, background and sensor, before anything wanders.
    """

    seed: int
    bearing: BearingGeometry | FaultOrders
    rpm: float
    settings: SimulationSettings


def drawn_machines(count: int, first_seed: int) -> list[Machine]:
    """Machines drawn as the model's training recordings are, none slower than `SLOWEST_RPM`.

    Args:
        count: how many.
        first_seed: from which seeds are tried.

    Example:
        >>> [x.seed for x in drawn_machines(2, 70_000)]
        [70000, 70001]
    """
    machines: list[Machine] = []
    seed = first_seed
    while len(machines) < count:
        made = draw_recording(seed, fault_families=(), sample_rate_hz=RATE_HZ, seconds=0.1)
        rpm, bearing = made.signal.shaft_rpm, made.signal.bearing
        if rpm is not None and rpm >= SLOWEST_RPM and not isinstance(bearing, str | None):
            machines.append(Machine(seed, bearing, rpm, made.truth.settings))
        seed += 1
    return machines


def wandering(count: int, columns: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(window, column) numbers of unit spread that wander: an autoregression of first order.

    Args:
        count: windows.
        columns: how many wander.
        rng: of their steps.

    Example:
        >>> found = wandering(1000, 2, np.random.default_rng(0))
        >>> bool(abs(found[1:] - found[:-1]).max() < abs(found).max())
        True
    """
    kept = exp(-1 / MEMORY_WINDOWS)
    steps = rng.standard_normal((count, columns)) * sqrt(1 - kept**2)
    values = np.empty((count, columns))
    now = rng.standard_normal(columns)
    for i in range(count):
        now = kept * now + steps[i]
        values[i] = now
    return values


def windows_of(
    machine: Machine, count: int, *, seed: int, families: Sequence[str] = (), snr_db: float = 0.0
) -> Iterator[Signal]:
    """Windows of a machine, one after the other.

    Args:
        machine: whose.
        count: how many.
        seed: of how it wanders and of the noise; windows of two seeds have nothing in common.
        families: faults that it has; none is healthy.
        snr_db: power of the fault over power of the background, dB.

    Example:
        >>> (machine,) = drawn_machines(1, 70_000)
        >>> [x.duration_s for x in windows_of(machine, 2, seed=1)]
        [2.0, 2.0]
    """
    rng = np.random.default_rng([machine.seed, seed])
    for number, (speed, level, *sources) in enumerate(wandering(count, 6, rng)):
        changed = _changed(machine.settings.background, sources)
        settings = replace(
            machine.settings,
            background=changed,
            background_rms_m_s2=machine.settings.background_rms_m_s2
            * 10 ** (LEVEL_WANDER_DB * level / 20),
        )
        made = simulate(
            tuple(families),
            bearing=machine.bearing,
            shaft_rpm=machine.rpm * (1 + SPEED_WANDER * float(np.clip(speed, -4, 4))),
            sample_rate_hz=RATE_HZ,
            seconds=WINDOW_S,
            # The simulator's dice take one number; a billion apart no two machines meet.
            seed=(machine.seed * 1_000 + seed) * 1_000_000 + number,
            snr_db=snr_db,
            settings=settings,
            stated_rpm=machine.rpm,
        )
        yield made.signal


def _changed(background: Background, wander: Sequence[float]) -> Background:
    """The background with each of its sources a little louder or quieter."""

    def moved(level_db: float | None, by: float) -> float | None:
        return None if level_db is None else level_db + SOURCE_WANDER_DB * by

    return replace(
        background,
        gear_db=moved(background.gear_db, wander[0]),
        looseness_db=moved(background.looseness_db, wander[1]),
        random_impulses_db=moved(background.random_impulses_db, wander[2]),
        drive_comb_db=moved(background.drive_comb_db, wander[3]),
    )
