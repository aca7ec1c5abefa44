"""Servers are started, watched, ended and killed as processes; what requests get is counted."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest

from faultlens.core.errors import FaultlensError
from faultlens.evaluation.service import diagnose_bench, kills, overload_bench
from faultlens.evaluation.service.diagnose_bench import borne, sustainable
from faultlens.evaluation.service.generator import PAUSE_S, Target, closed_loop, run
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
from faultlens.evaluation.service.processes import Server, serving
from faultlens.evaluation.service.sizes import QUICK
from tests.evaluation.service.standin_process import StandinProcess
from tests.virtual_time import World

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


def test_the_sustainable_load_is_that_of_a_server_of_known_speed(
    world: World, lead: Callable[[ModuleType], None]
) -> None:
    lead(diagnose_bench)
    sizes = replace(QUICK, search_s=1.0, confirm_s=4.0)
    target = StandinProcess(world, 0.01).server.target
    capacity, load = sustainable(target, REQUESTS, sizes, "stand-in", quiet=True)
    # 10 ms each, one after the other; the answers to 32 clients go on beyond the end.
    assert capacity == pytest.approx(100.0)
    assert borne(load.outcomes)
    assert 0.8 * capacity < per_second(load.outcomes) < 1.01 * capacity


def test_an_overload_is_answered_or_refused_and_told(
    standin: Command, world: World, lead: Callable[[ModuleType], None]
) -> None:
    lead(overload_bench)
    target = StandinProcess(world, 0.01, queue=20).server.target
    with serving(standin(0.0), ready="/") as process:  # whose memory is looked at
        done = overloaded(replace(process, target=target), REQUESTS, rate=200.0, seconds=1.6)
    assert set(counted(done.outcomes)) == {"200", "503"}
    assert all(map(well_met, done.outcomes))
    told = {x.name: x.value for x in overload_section(done, 1.6).figures}
    # Twice what it can, and 21 that it keeps waiting.
    assert told["answered"] * len(done.outcomes) == pytest.approx(160 + 21, abs=3)
    assert told["errors but 503"] == 0
    assert 5 < told["memory of front and workers at most"] < 100
    seconds = ends_by_second(done)
    assert sum(x.sum() for x in seconds.values()) == len(done.outcomes)
    assert len(seconds["answered"]) == 2


@pytest.mark.parametrize("exit_code", [0, 9])
def test_a_kill_that_loses_requests_is_told_from_one_that_loses_none(
    world: World,
    lead: Callable[[ModuleType], None],
    monkeypatch: pytest.MonkeyPatch,
    exit_code: int,
) -> None:
    """Nobody is killed here but a server in the world; of real ones tests/service tells."""
    process = StandinProcess(world, 0.01, exit_code=exit_code)
    signals: list[tuple[int, int]] = []

    def kill(pid: int, number: int) -> None:
        signals.append((pid, number))
        process.told_to_end()

    lead(kills)
    monkeypatch.setattr(kills, "time", world)
    monkeypatch.setattr(kills, "os", SimpleNamespace(kill=kill))
    monkeypatch.setattr(kills, "serving", lambda *_: nullcontext(process.server))
    monkeypatch.setattr(Server, "said", lambda _: "its last words")
    (done,) = each_kill(1, REQUESTS, rate=150.0, when_s=(0.3, 0.4))
    assert signals == [(process.pid, signal.SIGTERM)]
    ends = counted(done.outcomes)
    assert 25 < ends["200"] <= 40 + 30 * (exit_code == 0) and ends["refused"] > 10
    assert done.exit_code == exit_code and done.log == "its last words"
    assert 0.3 <= done.after_s <= 0.4
    if exit_code == 0:
        assert done.lost == {} and done.took_s > 0.05
    else:
        assert done.lost["reset"] > 5 and done.took_s == 0


def test_a_closed_loop_does_not_hammer_a_server_that_is_gone(world: World) -> None:
    load = world.run(closed_loop(Target(1), REQUESTS, clients=2, seconds=0.3))
    assert {x.kind for x in load.outcomes} == {"refused"}
    assert len(load.outcomes) == pytest.approx(2 * 0.3 / PAUSE_S)
    assert world.now_s == pytest.approx(0.3)


def test_a_port_where_nobody_listens_any_more_refuses(standin: Command) -> None:
    with serving(standin(0.0), ready="/") as server:
        target = server.target
    load = run(closed_loop(target, REQUESTS, clients=2, seconds=0.3))
    assert {x.kind for x in load.outcomes} == {"refused"}
    assert len(load.outcomes) <= 2 * (0.3 / PAUSE_S + 1)
