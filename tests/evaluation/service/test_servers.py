"""Servers are started, watched, ended and killed as processes; what requests get is counted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from faultlens.core.errors import FaultlensError
from faultlens.evaluation.service.diagnose_bench import borne, sustainable
from faultlens.evaluation.service.generator import closed_loop, run
from faultlens.evaluation.service.kills import each_kill
from faultlens.evaluation.service.memory import family_of, resident_mb
from faultlens.evaluation.service.outcomes import counted, per_second
from faultlens.evaluation.service.overload_bench import (
    ends_by_second,
    overload_section,
    overloaded,
    well_met,
)
from faultlens.evaluation.service.payloads import request_bytes
from faultlens.evaluation.service.processes import serving
from faultlens.evaluation.service.sizes import QUICK

pytest.importorskip("httptools", reason="pip install 'faultlens[serve]'")

Command = Callable[..., tuple[str, ...]]

REQUESTS = [request_bytes("/v1/diagnose", "a.wav", b"...", "audio/wav", {})]


def test_a_server_ends_with_its_block_whatever_happens(standin: Command) -> None:
    with pytest.raises(ZeroDivisionError), serving(standin(0.0), ready="/") as server:
        assert server.process.poll() is None
        assert "http://127.0.0.1" in server.said()
        raise ZeroDivisionError
    assert server.process.poll() is not None


def test_a_server_that_does_not_start_is_told_with_its_last_words() -> None:
    broken = [sys.executable, "-c", "print('the model is damaged'); raise SystemExit(3)"]
    with pytest.raises(FaultlensError, match="the model is damaged"), serving(broken):
        pass


def test_settings_of_this_process_do_not_reach_the_server(
    standin: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULTLENS_WORKER", "no setting")
    say = "import os; raise SystemExit([x for x in os.environ if x.startswith('FAULTLENS_W')])"
    asking = serving([sys.executable, "-c", say], {"FAULTLENS_WORKERS": "1"})
    with pytest.raises(FaultlensError, match=r"ready: \['FAULTLENS_WORKERS'\]"), asking:
        pass


def test_the_memory_of_a_process_counts_with_its_children() -> None:
    hold = "import subprocess, sys, time; x = bytearray(50_000_000); print(1, flush=True);"
    child = f"{hold} time.sleep(60)"
    parent = f"p = __import__('subprocess').Popen([{sys.executable!r}, '-c', {child!r}]); p.wait()"
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        family = family_of(process.pid)
        assert len(family) == 2 and family[0] == process.pid
        whole, alone = resident_mb(family), resident_mb(family[:1])
        assert whole is not None and alone is not None
        assert 50 < whole - alone < 80
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_the_sustainable_load_is_that_of_a_server_of_known_speed(standin: Command) -> None:
    sizes = replace(QUICK, search_s=0.6, confirm_s=0.8)
    with serving(standin(0.01), ready="/") as server:
        capacity, load = sustainable(server.target, REQUESTS, sizes, "stand-in", quiet=True)
    # 10 ms each, one after the other; timers and this machine add a little to each.
    assert 50 < capacity <= 100
    assert borne(load.outcomes)
    assert 0.3 * capacity < per_second(load.outcomes) < 1.2 * capacity


def test_an_overload_is_answered_or_refused_and_told(standin: Command) -> None:
    with serving(standin(0.01, queue=20), ready="/") as server:
        done = overloaded(server, REQUESTS, rate=200.0, seconds=1.6)
    assert set(counted(done.outcomes)) == {"200", "503"}
    assert all(map(well_met, done.outcomes))
    told = {x.name: x.value for x in overload_section(done, 1.6).figures}
    assert 0.2 < told["answered"] < 0.75
    assert told["errors but 503"] == 0
    assert 5 < told["memory of front and workers at most"] < 100
    seconds = ends_by_second(done)
    assert sum(x.sum() for x in seconds.values()) == len(done.outcomes)
    assert len(seconds["answered"]) == 2


@pytest.mark.parametrize(("end", "whole"), [("graceful", True), ("abrupt", False)])
def test_a_kill_that_loses_requests_is_told_from_one_that_loses_none(
    standin: Command, end: str, whole: bool
) -> None:
    kills = each_kill(1, REQUESTS, rate=150.0, when_s=(0.3, 0.4), command=standin(0.01, end=end))
    (kill,) = kills
    ends = counted(kill.outcomes)
    assert ends["200"] > 10 and ends["refused"] > 10
    assert kill.took_s < 5
    assert kill.exit_code == (0 if whole else 9)
    if whole:
        # What comes in the very moment of closing may be lost by a server as simple as this one.
        assert sum(kill.lost.values()) <= 3
    else:
        assert kill.lost["reset"] > 5


def test_a_closed_loop_does_not_hammer_a_server_that_is_gone(standin: Command) -> None:
    with serving(standin(0.0), ready="/") as server:
        target = server.target
    started = time.perf_counter()
    load = run(closed_loop(target, REQUESTS, clients=2, seconds=0.3))
    assert {x.kind for x in load.outcomes} == {"refused"}
    assert len(load.outcomes) < 20
    assert time.perf_counter() - started < 3
