"""How many windows of vibration the service diagnoses a second, for good."""

from collections.abc import Iterable, Iterator, Sequence

from faultlens.core.progress import progress
from faultlens.evaluation.figures import Figure, Section
from faultlens.evaluation.service.generator import (
    Load,
    Target,
    arrivals_s,
    closed_loop,
    open_loop,
    run,
)
from faultlens.evaluation.service.outcomes import Outcome, per_second, quantile_s
from faultlens.evaluation.service.payloads import WAV, diagnose_requests
from faultlens.evaluation.service.processes import Server
from faultlens.evaluation.service.sizes import Sizes

COMMAND = "make bench-service"

TOPIC = "Windows of vibration per second"

WINDOWS = "1 s at 25.6 kHz, speed and bearing known"

SUSTAINED = "requests per second for good"
CAPACITY = "requests per second, 32 clients"
WAIT = "p99 latency there"

LONGEST_P99_S = 1.0
CLIENTS = 32

SHARES = (1.05, 1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
"""Of the capacity, tried from above."""


def diagnose_section(
    server: Server, sizes: Sizes, kinds: Iterable[str] = (WAV,), *, quiet: bool = False
) -> Section:
    """The highest loads that a service bears for good.

    Args:
        server: running.
        sizes: lengths and counts.
        kinds: of files, each measured by itself.
        quiet: no progress bar.

    Example:
        >>> diagnose_section.__name__  # it takes minutes; the tests run its short form
        'diagnose_section'
    """
    figures: list[Figure] = []
    for kind in kinds:
        requests = diagnose_requests(sizes.files, kind)
        run(closed_loop(server.target, requests, clients=4, seconds=sizes.warm_s))
        capacity, load = sustainable(server.target, requests, sizes, kind, quiet=quiet)
        figures += _figures(kind, capacity, load.outcomes)
    note = (
        f"POST /v1/diagnose, one file a request. For good: an open loop of {sizes.confirm_s:g} s "
        f"(Poisson arrivals), every request answered, p99 below {LONGEST_P99_S:g} s from when it "
        f"was due. The load ran on the same machine. The server was ready {server.start_s:.1f} s "
        "after its start."
    )
    return Section(TOPIC, note, tuple(figures))


def sustained(section: Section, kind: str = WAV) -> float:
    """Requests per second that were borne for good.

    Args:
        section: as `diagnose_section` made it.
        kind: of the files.

    Example:
        >>> sustained(Section(TOPIC, "", tuple(_figures(WAV, 9.0, []))))
        0.0
    """
    (found,) = (
        x.value for x in section.figures if x.name == SUSTAINED and x.subject.endswith(kind)
    )
    return found


def sustainable(
    target: Target, requests: Sequence[bytes], sizes: Sizes, label: str, *, quiet: bool = False
) -> tuple[float, Load]:
    """The capacity, and the highest load at which every request is answered in time.

    Args:
        target: the server.
        requests: sent in turn.
        sizes: lengths.
        label: of the progress bar.
        quiet: no progress bar.

    Returns:
        Requests per second of a closed loop, and the load that was borne; the lowest that was
        tried where none was.

    Example:
        >>> sustainable.__name__  # it takes a server; the tests show it at work
        'sustainable'
    """
    closed = run(closed_loop(target, requests, clients=CLIENTS, seconds=sizes.search_s))
    capacity = max(per_second(closed.outcomes), 1.0)
    load = closed
    for share in progress(SHARES, label=f"Loads of {label}", quiet=quiet):
        for seconds in (sizes.search_s, sizes.confirm_s):
            due_s = arrivals_s(share * capacity, seconds, seed=round(100 * share))
            load = run(open_loop(target, requests, due_s))
            if not borne(load.outcomes):
                break
        else:
            break
    return capacity, load


def borne(outcomes: Sequence[Outcome]) -> bool:
    """Whether every request was answered, 99 of 100 within a second.

    Args:
        outcomes: of one load.

    Example:
        >>> [borne([Outcome(0, 0, 0.1, "complete", x)]) for x in (200, 503)]
        [True, False]
    """
    return all(x.answered for x in outcomes) and quantile_s(outcomes, 0.99) < LONGEST_P99_S


def _figures(kind: str, capacity: float, outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    subject, n = f"{WINDOWS}, {kind}", len(outcomes)
    rate = per_second(outcomes) if borne(outcomes) else 0.0
    yield Figure(TOPIC, subject, CAPACITY, "faultlens", capacity, 1, unit="1/s", command=COMMAND)
    yield Figure(TOPIC, subject, SUSTAINED, "faultlens", rate, n, unit="1/s", command=COMMAND)
    wait_ms = 1000 * quantile_s(outcomes, 0.99)
    yield Figure(TOPIC, subject, WAIT, "faultlens", wait_ms, n, unit="ms", command=COMMAND)
