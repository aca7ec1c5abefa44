"""What the service does with more than it can bear: answers what it can, and refuses the rest."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.evaluation.figures import OF_N, Figure, Section
from faultlens.evaluation.service.generator import arrivals_s, open_loop, run
from faultlens.evaluation.service.memory import family_of, growth, resident_mb
from faultlens.evaluation.service.outcomes import Outcome, counted
from faultlens.evaluation.service.processes import Server

COMMAND = "make bench-service"

TOPIC = "Twice the sustainable load"

WELL = "answered, or refused with Retry-After, in under 2 s"
ANSWERED, OTHER, SLOWEST = "answered", "errors but 503", "slowest request"
MEMORY = "memory of front and workers at most"
GROWTH = "memory, last third over first"

LONGEST_S = 2.0
SAMPLE_S = 0.5


@dataclass(frozen=True, eq=False)
class Overload:
    """What happened under more load than can be borne.

    Args:
        rate: requests per second that were sent.
        outcomes: of all of them.
        at_s: (sample,) when memory was looked at, s from the start.
        memory_mb: (sample,) MB; NaN where the system does not tell.
    """

    rate: float
    outcomes: tuple[Outcome, ...]
    at_s: NDArray[np.float64]
    memory_mb: NDArray[np.float64]


def overloaded(server: Server, requests: Sequence[bytes], rate: float, seconds: float) -> Overload:
    """Send more than the server can bear, and look at its memory meanwhile.

    Args:
        server: running.
        requests: sent in turn.
        rate: requests per second.
        seconds: length, s.

    Example:
        >>> overloaded.__name__  # it takes a server; the tests show it at work
        'overloaded'
    """
    return run(_overloaded(server, requests, rate, seconds))


async def _overloaded(
    server: Server, requests: Sequence[bytes], rate: float, seconds: float
) -> Overload:
    clock = asyncio.get_running_loop().time
    began = clock()
    samples: list[tuple[float, float]] = []

    async def watch() -> None:
        while True:
            memory = resident_mb(family_of(server.process.pid))
            samples.append((clock() - began, float("nan") if memory is None else memory))
            await asyncio.sleep(SAMPLE_S)

    watching = asyncio.create_task(watch())
    try:
        load = await open_loop(server.target, requests, arrivals_s(rate, seconds))
    finally:
        watching.cancel()
    # What is still in work when the last request was due belongs to no third.
    within = np.array([x for x in samples if x[0] <= seconds])
    return Overload(rate, load.outcomes, within[:, 0], within[:, 1])


def well_met(outcome: Outcome) -> bool:
    """Whether a request was answered, or refused as it should be, in good time.

    Args:
        outcome: of one request.

    Example:
        >>> well_met(Outcome(0, 0, 0.1, "complete", 503, retry_after=True))
        True
        >>> well_met(Outcome(0, 0, 2.5, "complete", 200))
        False
    """
    return (outcome.answered or outcome.refused_well) and outcome.latency_s < LONGEST_S


def subject(seconds: float) -> str:
    """What the figures of an overload are told of.

    Args:
        seconds: its length, s.

    Example:
        >>> subject(60.0)
        '60 s at twice the sustainable load'
    """
    return f"{seconds:g} s at twice the sustainable load"


def ends_by_second(overload: Overload) -> dict[str, NDArray[np.float64]]:
    """ "answered", "refused", "other" -> (second,) requests that were due in it.

    Args:
        overload: what happened.

    Example:
        >>> ended = (Outcome(0.5, 1, 2, "complete", 200), Outcome(1.5, 2, 3, "cut"))
        >>> ends_by_second(Overload(1.0, ended, np.zeros(1), np.zeros(1)))["other"].tolist()
        [0.0, 1.0]
    """
    last = max((int(x.intended_s) for x in overload.outcomes), default=0)
    counts = {x: np.zeros(last + 1) for x in ("answered", "refused", "other")}
    for x in overload.outcomes:
        name = "answered" if x.answered else "refused" if x.refused_well else "other"
        counts[name][int(x.intended_s)] += 1
    return counts


def overload_section(overload: Overload, seconds: float) -> Section:
    """The figures of an overload.

    Args:
        overload: what happened.
        seconds: its length, s.

    Example:
        >>> ended = tuple(Outcome(0, 0, 0.1, "complete", x) for x in (200, 500))
        >>> times = np.arange(1.0, 4.0)
        >>> [x.value for x in overload_section(Overload(2.0, ended, times, times), 3.0).figures][:2]
        [0.5, 0.5]
    """
    figures = [
        Figure(TOPIC, subject(seconds), name, "faultlens", value, len(overload.outcomes), unit=unit,
               command=COMMAND)
        for name, value, unit in _values(overload)
    ]  # fmt: skip
    ends = ", ".join(f"{v} x {k}" for k, v in counted(overload.outcomes).items())
    note = (
        f"POST /v1/diagnose, 1 s at 25.6 kHz, wav, {overload.rate:.0f} a second, Poisson arrivals, "
        f"latency from when a request was due. How they ended: {ends}. Memory is the sum of what "
        "front and workers hold (RSS); pages that they share count in each."
    )
    return Section(TOPIC, note, tuple(figures))


def _values(overload: Overload) -> Iterator[tuple[str, float, str]]:
    rows, count = overload.outcomes, max(len(overload.outcomes), 1)
    yield WELL, sum(map(well_met, rows)) / count, OF_N
    yield ANSWERED, sum(x.answered for x in rows) / count, OF_N
    yield OTHER, sum(not (x.answered or x.refused_well) for x in rows) / count, OF_N
    yield SLOWEST, max((x.latency_s for x in rows), default=0.0), "s"
    if np.isfinite(overload.memory_mb).all() and len(overload.memory_mb) >= 3:
        yield MEMORY, float(overload.memory_mb.max()), "MB"
        yield GROWTH, growth(overload.memory_mb.tolist()), ""
