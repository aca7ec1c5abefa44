"""Figures on joined verdicts from end to end: simulated machines, heard and seen, then joined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section
from faultlens.images.image import Image
from faultlens.images.simulator.concepts import CLEAN
from faultlens.images.simulator.render import render_surface
from faultlens.inference.diagnose import diagnose
from faultlens.inference.inspect import inspect
from faultlens.inference.verdict.fuse import fuse
from faultlens.metrics.calibration import expected_calibration_error
from faultlens.metrics.classification import auroc
from faultlens.metrics.intervals import bootstrap_interval, share_interval
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

TOPIC = "Joined verdicts, simulated machines from end to end"
MACHINES, SEED = 200, 40_000
"""How many are measured, and the seed of the first; the built-in models never saw these seeds."""

GEOMETRY = BearingGeometry(9, 7.94, 39.04)
RPM, SAMPLE_RATE_HZ, SECONDS = 1772.0, 12000.0, 2.0
SNR_DB = (-12.0, 3.0)
"""Loudness of a bearing fault over its background, drawn evenly: from inaudible to plain."""

FAULTS = ("inner", "outer", "ball")
DEFECTS = ("crack", "scratch", "pitting", "dent", "corrosion")
"""What a machine may have, each with even odds, one not knowing of the other."""

BEARING, SURFACE = "vibration alone", "picture alone"
JOINED, TOLD = "fuse", "fuse, own faults stated"
COMMAND = "python -m benches.fuse"


@dataclass(frozen=True)
class Machine:
    """One machine after it was heard and seen.

    Args:
        faulty: whether its bearing or its surface has a fault.
        scores: who -> probability of any fault.
        alarms: who -> whether it alarms.
        stated: false-alarm rate that the joined verdict states, at most.
        own: sensor alone -> whether a fault of the kind it sees is there.
    """

    faulty: bool
    scores: dict[str, float]
    alarms: dict[str, bool]
    stated: float
    own: dict[str, bool] = field(default_factory=dict)


def machine(seed: int) -> Machine:
    """Simulate a machine, hear its bearing, see a part of it, and join both.

    Args:
        seed: of everything by chance.

    Example:
        >>> made = machine(40_000)
        >>> sorted(made.scores)
        ['fuse', 'fuse, own faults stated', 'picture alone', 'vibration alone']
    """
    rng = np.random.default_rng(seed)
    fault = str(rng.choice(FAULTS)) if rng.random() < 0.5 else ""
    defect = str(rng.choice(DEFECTS)) if rng.random() < 0.5 else CLEAN
    made = simulate(
        (fault,) if fault else (), bearing=GEOMETRY, shaft_rpm=RPM, sample_rate_hz=SAMPLE_RATE_HZ,
        seconds=SECONDS, seed=seed, snr_db=float(rng.uniform(*SNR_DB)),
    )  # fmt: skip
    heard = diagnose(replace(made.signal, source="bearing.csv"))
    seen = inspect(Image(render_surface(seed=seed, concept=defect).pixels, name="surface.png"))
    joined, told = fuse(heard, seen), fuse(heard, seen, shared=0.0)
    return Machine(
        faulty=bool(fault) or defect != CLEAN,
        scores={
            BEARING: heard.alarm_score,
            SURFACE: seen.alarm_score,
            JOINED: joined.alarm_score,
            TOLD: told.alarm_score,
        },
        alarms={BEARING: heard.alarm, SURFACE: seen.alarm, JOINED: joined.alarm},
        stated=joined.false_alarm_rate or 0.0,
        own={BEARING: bool(fault), SURFACE: defect != CLEAN},
    )


def machines_section(machines: Sequence[Machine]) -> Section:
    """Figures of machines that were heard and seen.

    Args:
        machines: sound ones and faulty ones.

    Example:
        >>> good = Machine(False, dict.fromkeys((BEARING, SURFACE, JOINED, TOLD), 0.1), {}, 0.1)
        >>> bad = Machine(True, dict.fromkeys((BEARING, SURFACE, JOINED, TOLD), 0.9), {}, 0.1)
        >>> [x.name for x in machines_section([good, bad]).figures][:2]
        ['AUROC', 'calibration error']
    """
    truth = np.array([x.faulty for x in machines])
    figures = []
    for who in (JOINED, TOLD, BEARING, SURFACE):
        scores = np.array([x.scores[who] for x in machines])
        figures.append(_figure("AUROC", who, scores, truth, _area))
        figures.append(_figure("calibration error", who, scores, truth, _error))
        if who in machines[0].own:
            own = np.array([x.own[who] for x in machines])
            figures.append(
                _figure("calibration error, faults it can see", who, scores, own, _error)
            )
        if who in machines[0].alarms:
            alarms = np.array([x.alarms[who] for x in machines])
            figures.append(_share("false alarms", who, alarms[~truth]))
            figures.append(_share("faulty machines found", who, alarms[truth]))
    stated = max(x.stated for x in machines)
    note = (
        f"{len(machines)} machines of the simulators, seeds from {SEED}: a bearing fault with even "
        f"odds, {SNR_DB[0]:g} to {SNR_DB[1]:g} dB over its background, and a surface defect with "
        "even odds on a rendered picture, one not knowing of the other; built-in models, their own "
        f"thresholds. Joined, at most {stated:.3g} false alarms are stated. [95 % intervals] over "
        "machines: bootstrap, Wilson's for shares. Whatever is faulty counts, so one sensor alone "
        "cannot find all."
    )
    return Section(TOPIC, note, tuple(figures))


def measured_machines(
    count: int = MACHINES, *, seed: int = SEED, quiet: bool = False
) -> list[Machine]:
    """Simulate machines and join what is heard and seen of each.

    Args:
        count: number of machines.
        seed: of the first.
        quiet: no progress bar.

    Example:
        >>> measured_machines(0)
        []
    """
    work = progress(range(count), label="Machines", total=count, quiet=quiet)
    return [machine(seed + number) for number in work]


def _area(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    return auroc(scores[truth], scores[~truth])


def _error(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    return expected_calibration_error(scores, truth)


def _figure(
    name: str,
    who: str,
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    of: Callable[[NDArray[np.float64], NDArray[np.bool_]], float],
) -> Figure:
    low, high = bootstrap_interval(
        lambda index: of(scores[index], truth[index]),
        [str(x) for x in range(len(truth))],
        strata=[str(x) for x in truth.tolist()],
        draws=400,
    )
    value = of(scores, truth)
    return Figure(
        TOPIC, "machines", name, "", value, len(truth), low, high, how=who, command=COMMAND
    )


def _share(name: str, who: str, alarms: NDArray[np.bool_]) -> Figure:
    count, total = int(alarms.sum()), len(alarms)
    low, high = share_interval(count, total)
    return Figure(
        TOPIC, "machines", name, "", count / total, total, low, high, how=who, unit=OF_N,
        command=COMMAND,
    )  # fmt: skip
