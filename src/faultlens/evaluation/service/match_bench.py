"""Pictures named per second, and how long each waits, beside the plain handler, in turns."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from faultlens.core.progress import progress
from faultlens.evaluation.figures import Figure, Section
from faultlens.evaluation.service.contenders import FP32, INT8, PLAIN, contending, made_clip
from faultlens.evaluation.service.generator import arrivals_s, closed_loop, open_loop, run
from faultlens.evaluation.service.outcomes import (
    Outcome,
    counted,
    latencies_s,
    per_second,
    quantile_s,
)
from faultlens.evaluation.service.payloads import match_requests
from faultlens.evaluation.service.processes import Server
from faultlens.evaluation.service.sizes import Sizes
from faultlens.evaluation.turns import in_turns
from faultlens.reports.load_figure import LoadCurve

COMMAND = "make bench-service"

TOPIC = "Pictures named per second, beside the plain handler"

CAPACITY, TIMES = "requests per second", "times the plain handler's requests per second"
WAIT, WAIT_SHARE = "p99 latency at equal load", "p99 latency over the plain handler's"

EQUAL_LOAD = 0.7
"""Of the plain handler's capacity: busy, and with room left."""

LEVELS = (0.3, 0.5, EQUAL_LOAD, 0.9)
"""Of the plain handler's capacity, for the picture; and of our own for us."""


def equal_subject(shape: str) -> str:
    """What the figures of equal load are told of.

    Args:
        shape: name of the model.

    Example:
        >>> equal_subject("ViT-B/32")
        "ViT-B/32, at 70% of the plain handler's capacity"
    """
    return f"{shape}, at {EQUAL_LOAD:.0%} of the plain handler's capacity"


def match_section(
    folder: Path, sizes: Sizes, *, quiet: bool = False
) -> tuple[Section, tuple[LoadCurve, ...]]:
    """Serve one CLIP by everybody and ask all of them the same, in turns.

    Args:
        folder: where the model is made, or lies already.
        sizes: lengths and counts.
        quiet: no progress bar.

    Raises:
        MissingPackageError: an extra that is needed is missing.
        FaultlensError: a server that does not start.

    Example:
        >>> match_section.__name__  # it takes minutes; the tests run its short form
        'match_section'
    """
    clip = made_clip(folder, sizes.shape)
    requests = match_requests(sizes.files)
    with contending(clip) as servers:
        for server in servers.values():
            run(closed_loop(server.target, requests, clients=2, seconds=sizes.warm_s))
        capacity = _capacities(servers, requests, sizes, quiet)
        plain = max(PLAIN, key=lambda x: float(np.median(capacity[x])))
        reach = float(np.median(capacity[plain]))
        loads = _loads(servers, plain, {x: float(np.median(capacity[x])) for x in servers})
        seen: dict[tuple[str, float], list[Outcome]] = {}
        for name, rate, seed in progress(loads, label="Loads", quiet=quiet):
            due_s = arrivals_s(rate, sizes.level_s, seed=seed)
            load = run(open_loop(servers[name].target, requests, due_s))
            seen.setdefault((name, rate), []).extend(load.outcomes)
        said = [f"{name} said: {x}" for name, y in servers.items() for x in y.complaints()]
    return (
        _section(sizes, capacity, plain, seen, EQUAL_LOAD * reach, said),
        tuple(_curves([plain, FP32, INT8], seen)),
    )


def _capacities(
    servers: Mapping[str, Server], requests: Sequence[bytes], sizes: Sizes, quiet: bool
) -> dict[str, list[float]]:
    """Requests per second of each, round by round; whoever comes first changes."""
    found: dict[str, list[float]] = {name: [] for name in servers}
    turns = list(in_turns(list(servers), sizes.rounds))
    for name in progress(turns, label="Rounds", quiet=quiet):
        load = run(
            closed_loop(
                servers[name].target, requests, clients=sizes.clients, seconds=sizes.round_s
            )
        )
        found[name].append(per_second(load.outcomes))
    return found


def _loads(
    servers: Mapping[str, Server], plain: str, reach: Mapping[str, float]
) -> list[tuple[str, float, int]]:
    """Who is asked how often, with the seed of the arrivals: at one load, all get the same ones.

    All are asked at the plain handler's loads, twice at the equal one, of which a figure is told;
    we also at our own.
    """
    ours = [x for x in servers if x not in PLAIN]
    levels = [(EQUAL_LOAD, len(LEVELS)), *((share, seed) for seed, share in enumerate(LEVELS))]
    shared = [(x, share * reach[plain], seed) for share, seed in levels for x in (plain, *ours)]
    own = [(x, share * reach[x], 0) for share in LEVELS[1:] for x in ours]
    return [*shared, *own]


def _curves(
    names: Sequence[str], seen: Mapping[tuple[str, float], Sequence[Outcome]]
) -> Iterator[LoadCurve]:
    for name in names:
        rates = sorted(rate for who, rate in seen if who == name)
        rows = [seen[name, x] for x in rates]
        yield LoadCurve(
            name,
            rate=np.array(rates),
            median_s=np.array([quantile_s(x, 0.5) for x in rows]),
            p99_s=np.array([quantile_s(x, 0.99) for x in rows]),
            answered=np.array([len(latencies_s(x)) / max(len(x), 1) for x in rows]),
        )


def _section(
    sizes: Sizes,
    capacity: Mapping[str, Sequence[float]],
    plain: str,
    seen: Mapping[tuple[str, float], Sequence[Outcome]],
    equal: float,
    said: Sequence[str],
) -> Section:
    subject = f"{sizes.shape.name}, {sizes.clients} clients"
    figures = [
        Figure(TOPIC, subject, CAPACITY, name, float(np.median(x)), len(x), unit="1/s",
               command=COMMAND)
        for name, x in capacity.items()
    ]  # fmt: skip
    for name in (FP32, INT8):
        ratios = np.array(capacity[name]) / np.array(capacity[plain])
        figures.append(
            Figure(TOPIC, subject, TIMES, name, float(np.median(ratios)), len(ratios),
                   float(ratios.min()), float(ratios.max()), command=COMMAND)
        )  # fmt: skip
    subject = equal_subject(sizes.shape.name)
    theirs = quantile_s(seen[plain, equal], 0.99)
    for name in (plain, FP32, INT8):
        rows = seen[name, equal]
        own = quantile_s(rows, 0.99)
        figures.append(
            Figure(TOPIC, subject, WAIT, name, 1000 * own, len(rows), unit="ms", command=COMMAND)
        )
        if name != plain:
            figures.append(
                Figure(TOPIC, subject, WAIT_SHARE, name, own / theirs, len(rows), command=COMMAND)
            )
    ends = "; ".join(
        f"{name}: {', '.join(f'{v} x {k}' for k, v in counted(seen[name, equal]).items())}"
        for name in (plain, FP32, INT8)
    )
    note = (
        f"POST /match-image-text, JPEG of 640 x 480, 8 sentences, weights by lot; all servers and "
        f"the load on one machine, in turns of {sizes.round_s:g} s, so that what else ran here "
        "slowed all alike: the ratios count. The interval of a ratio is that of its rounds, least "
        "to most. The plain handler is the quickest of its ways of being written; it refuses "
        "nobody, and neither do we here (FAULTLENS_QUEUE_WAIT_S). Latency counts from the moment "
        f"at which a request was due (Poisson arrivals, {equal:.1f} a second). "
        f"How the requests ended there: {ends}."
    )
    return Section(TOPIC, " ".join([note, *said]), tuple(figures))
