"""The service under load, in short: busy it refuses in time, told to stop it loses no request.

The long forms, with figures, are `make bench-service`.
"""

from collections.abc import Iterator

import pytest

pytest.importorskip("uvicorn", reason="pip install 'faultlens[serve]'")

from faultlens.evaluation.service.generator import closed_loop, run
from faultlens.evaluation.service.kills import Kill, each_kill, worker_killed
from faultlens.evaluation.service.memory import family_of
from faultlens.evaluation.service.outcomes import (
    COMPLETE,
    REFUSED,
    Outcome,
    counted,
    per_second,
)
from faultlens.evaluation.service.overload_bench import Overload, overloaded, well_met
from faultlens.evaluation.service.payloads import diagnose_requests
from faultlens.evaluation.service.processes import Server, serving
from tests.timing import tried

ONE_WORKER = {"FAULTLENS_WORKERS": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def requests() -> list[bytes]:
    return diagnose_requests(8)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(environment=ONE_WORKER) as started:
        yield started


def test_twice_the_load_is_answered_or_refused_in_under_two_seconds(
    server: Server, requests: list[bytes]
) -> None:
    def overload() -> Overload:
        closed = run(closed_loop(server.target, requests, clients=8, seconds=1.5))
        assert counted(closed.outcomes).keys() <= {"200", "503"}
        done = overloaded(server, requests, 2 * per_second(closed.outcomes), seconds=5.0)
        assert counted(done.outcomes).keys() <= {"200", "503"}, server.said()[-2000:]
        assert all(x.answered or x.refused_well for x in done.outcomes)
        return done

    def quiet(done: Overload) -> bool:
        """Nobody else took the machine's time between the first load and the end of the second."""
        answered = counted(done.outcomes)["200"] / len(done.outcomes)
        return all(map(well_met, done.outcomes)) and 0.3 < answered < 1

    done = tried(overload, quiet)
    ends = counted(done.outcomes)
    assert ends.keys() == {"200", "503"}, server.said()[-2000:]
    assert all(map(well_met, done.outcomes)), max(x.latency_s for x in done.outcomes)
    # What can be done is done: the rest alone is refused.
    assert ends["200"] > 0.3 * len(done.outcomes)
    assert done.memory_mb[-1] < 1.1 * done.memory_mb[0]


def test_a_worker_that_is_killed_costs_no_answer(server: Server, requests: list[bytes]) -> None:
    done = worker_killed(server, requests, rate=10.0, seconds=3.0)
    assert all(x.answered or x.refused_well for x in done.outcomes), counted(done.outcomes)
    assert done.workers_before == 1
    assert len(family_of(server.process.pid)) >= 1


def test_told_to_stop_at_any_time_each_request_has_one_answer_or_none_was_taken(
    requests: list[bytes],
) -> None:
    stop, when_s = ONE_WORKER | {"FAULTLENS_DRAIN_S": "0.2"}, (0.1, 0.6)

    def killed() -> list[Kill]:
        kills = list(each_kill(3, requests, rate=25.0, seed=3, when_s=when_s, environment=stop))
        for kill in kills:
            in_time = [x for x in kill.outcomes if _in_time(x)]
            assert {x.kind for x in in_time} <= {COMPLETE, REFUSED}, (kill.lost, kill.log)
            assert kill.unasked_bytes == 0
            assert kill.exit_code == 0, kill.log
            assert any(x.answered for x in kill.outcomes)
        return kills

    for kill in tried(killed, lambda kills: not any(x.lost for x in kills)):
        assert kill.lost == {}, kill.log
        assert {x.kind for x in kill.outcomes} <= {COMPLETE, REFUSED}
        assert {x.status for x in kill.outcomes} <= {0, 200, 503}


def _in_time(outcome: Outcome) -> bool:
    """Whether this side sent a request when it was due, and did not stand still meanwhile.

    One that writes to a connection long after it was free, or opens one and says nothing, may find
    it closed: no server can keep every connection for a client that pauses.
    """
    return outcome.kind in (COMPLETE, REFUSED) or (
        outcome.sent_s - outcome.intended_s < 0.005 and outcome.ended_s - outcome.sent_s < 0.5
    )
