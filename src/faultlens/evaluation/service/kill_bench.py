"""How many requests a stop, or the loss of a worker, costs: none, if all goes well."""

from collections import Counter
from collections.abc import Iterable, Sequence

from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section
from faultlens.evaluation.service.kills import Kill, WorkerKill, each_kill, worker_killed
from faultlens.evaluation.service.outcomes import COMPLETE, REFUSED, Outcome, counted
from faultlens.evaluation.service.payloads import diagnose_requests
from faultlens.evaluation.service.processes import Server
from faultlens.evaluation.service.sizes import Sizes

COMMAND = "make bench-service"

TOPIC = "Stopped under load"

TERM, WORKER = "kill -TERM at random times", "kill -9 of a worker"

EXACT = "requests with exactly one whole answer, or refused"
WITHOUT = "servers that lost no request"
ANSWERED = "requests with their result, or 503"


def kill_section(sizes: Sizes, *, seed: int = 0, quiet: bool = False) -> Section:
    """Stop server after server while requests come, and count what became of each.

    Args:
        sizes: lengths and counts.
        seed: of the moments.
        quiet: no progress bar.

    Raises:
        FaultlensError: a server that does not start.

    Example:
        >>> kill_section.__name__  # it takes minutes; the tests run its short form
        'kill_section'
    """
    requests = diagnose_requests(sizes.files)
    ends = each_kill(sizes.kills, requests, rate=sizes.kill_rate, seed=seed)
    return told(list(progress(ends, label="Kills", total=sizes.kills, quiet=quiet)), sizes)


def told(kills: Sequence[Kill], sizes: Sizes) -> Section:
    """The figures of kills.

    Args:
        kills: all of them.
        sizes: lengths and counts.

    Example:
        >>> ended = (Outcome(0, 0, 1, COMPLETE, 200), Outcome(0, 0, 1, "cut"))
        >>> [x.value for x in told([Kill(0.5, 1.5, 0, ended, 0, "")], Sizes()).figures]
        [0.5, 0.0]
    """
    rows = [x for kill in kills for x in kill.outcomes]
    exact = sum(x.kind in (COMPLETE, REFUSED) for x in rows)
    clean = sum(not kill.lost and kill.unasked_bytes == 0 for kill in kills)
    figures = (
        Figure(TOPIC, TERM, EXACT, "faultlens", exact / max(len(rows), 1), len(rows), unit=OF_N,
               command=COMMAND),
        Figure(TOPIC, TERM, WITHOUT, "faultlens", clean / max(len(kills), 1), len(kills),
               unit=OF_N, command=COMMAND),
    )  # fmt: skip
    codes = Counter(str(x.exit_code) for x in kills)
    note = (
        f"A server, {sizes.kill_rate:g} diagnoses a second of 1 s windows (Poisson arrivals; kept "
        "connections, and each third request on its own), SIGTERM after 0.2 to 1.5 s, requests go "
        f"on until the process is gone. {_ends(rows)} Exit codes: "
        f"{', '.join(f'{n} x {code}' for code, n in codes.items())}; gone after "
        f"{max((x.took_s for x in kills), default=0.0):.1f} s at most; bytes that nobody asked "
        f"for: {sum(x.unasked_bytes for x in kills)}."
    )
    return Section(TOPIC, note, figures)


def worker_section(server: Server, sizes: Sizes, *, seed: int = 0) -> Section:
    """Kill workers of a running server while requests come.

    Args:
        server: running.
        sizes: lengths and counts.
        seed: of arrivals and of who is killed.

    Example:
        >>> worker_section.__name__  # it takes a server; the tests run its short form
        'worker_section'
    """
    done = worker_killed(
        server, diagnose_requests(sizes.files), rate=sizes.kill_rate, seconds=sizes.worker_kill_s,
        times=sizes.worker_kills, seed=seed,
    )  # fmt: skip
    return worker_told(done, sizes)


def worker_told(done: WorkerKill, sizes: Sizes) -> Section:
    """The figures of killed workers.

    Args:
        done: what happened.
        sizes: lengths and counts.

    Example:
        >>> done = WorkerKill((Outcome(0, 0, 1, COMPLETE, 200),), 2, 2)
        >>> worker_told(done, Sizes()).figures[0].text
        '1.000, 1 of 1'
    """
    good = sum(x.answered or x.refused_well for x in done.outcomes)
    figure = Figure(
        TOPIC, WORKER, ANSWERED, "faultlens", good / max(len(done.outcomes), 1),
        len(done.outcomes), unit=OF_N, command=COMMAND,
    )  # fmt: skip
    note = (
        f"{sizes.worker_kills} workers killed in {sizes.worker_kill_s:g} s of "
        f"{sizes.kill_rate:g} diagnoses a second. {_ends(done.outcomes)} Workers before: "
        f"{done.workers_before}, after: {done.workers_after}."
    )
    return Section(TOPIC, note, (figure,))


def _ends(outcomes: Iterable[Outcome]) -> str:
    ends = ", ".join(f"{n} x {name}" for name, n in counted(outcomes).items())
    return f"How they ended: {ends}."
