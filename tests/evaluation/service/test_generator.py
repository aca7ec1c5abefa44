"""The load generator counts from the moment a request was due, and tells how each one ended."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from faultlens.evaluation.service.generator import (
    Load,
    Target,
    arrivals_s,
    closed_loop,
    open_loop,
    run,
)
from faultlens.evaluation.service.outcomes import counted, latencies_s, per_second, quantile_s
from tests.virtual_time import Handler, World

pytest.importorskip("httptools", reason="pip install 'faultlens[serve]'")

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmany"


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Target]:
    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    try:
        yield Target(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def saying(*parts: bytes) -> Handler:
    """Answers each request of a connection with these bytes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readexactly(len(REQUEST)):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)

    return handler


Loaded = Callable[..., Load]


@pytest.fixture
def loaded(world: World) -> Loaded:
    """A handler and a count -> what became of so many requests, 5 ms apart."""

    def load(handler: Handler, count: int = 3, **options: Any) -> Load:
        due_s = arrivals_s(200.0, count / 200, seed=None)
        return world.run(
            open_loop(Target(world.listen(lambda: handler)), [REQUEST], due_s, **options)
        )

    return load


def test_whole_answers_are_counted_with_their_bodies() -> None:
    async def work() -> Load:
        async with serving(saying(WHOLE)) as target:
            due_s = arrivals_s(200.0, 3 / 200, seed=None)
            return await open_loop(target, [REQUEST], due_s, keep_bodies=True)

    load = run(work())
    assert counted(load.outcomes) == {"200": 3}
    assert {x.body for x in load.outcomes} == {b"many"}
    assert load.unasked_bytes == 0


def test_an_answer_in_chunks_and_after_100_continue_is_one_answer(loaded: Loaded) -> None:
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    load = loaded(saying(head, b"2\r\nma\r\n", b"2\r\nny\r\n0\r\n\r\n"), keep_bodies=True)
    assert counted(load.outcomes) == {"200": 3}
    assert {x.body for x in load.outcomes} == {b"many"}


def test_a_busy_server_is_told_from_one_that_fails(loaded: Loaded) -> None:
    busy = b"HTTP/1.1 503 X\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"
    assert all(x.refused_well for x in loaded(saying(busy)).outcomes)
    silent = loaded(saying(busy.replace(b"Retry-After: 2\r\n", b""))).outcomes
    assert counted(silent) == {"503": 3}
    assert not any(x.refused_well for x in silent)


def test_connections_are_kept_and_left_as_the_server_says(loaded: Loaded) -> None:
    assert [x.reused for x in loaded(saying(WHOLE)).outcomes] == [False, True, True]
    leaving = WHOLE.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")
    assert not any(x.reused for x in loaded(saying(leaving)).outcomes)
    fresh = loaded(saying(WHOLE), fresh_every=2).outcomes
    assert [x.reused for x in fresh] == [False, False, False]


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(len(REQUEST))


async def _hang_up_within(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(len(REQUEST))
    writer.write(WHOLE[:-2])
    await writer.drain()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (_hang_up, "reset"),
        (_hang_up_within, "cut"),
        (saying(WHOLE + WHOLE), "surplus"),
        (saying(b"never heard of HTTP\r\n\r\n"), "cut"),
    ],
)
def test_an_answer_that_is_none_is_told_by_how_it_failed(
    loaded: Loaded, handler: Handler, kind: str
) -> None:
    assert counted(loaded(handler).outcomes) == {kind: 3}


def test_a_server_that_never_answers_is_waited_for_so_long_and_no_longer(loaded: Loaded) -> None:
    load = loaded(_say_nothing, timeout_s=0.1)
    assert counted(load.outcomes) == {"timeout": 3}
    assert [x.latency_s for x in load.outcomes] == pytest.approx([0.1] * 3)


def test_what_comes_unasked_is_counted_and_taken_for_no_answer(loaded: Loaded) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(WHOLE)(reader, writer)

    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(REQUEST))
        writer.write(WHOLE)
        await asyncio.sleep(0.002)
        writer.write(WHOLE)
        await handler(reader, writer)

    load = loaded(twice, count=6)
    assert counted(load.outcomes) == {"200": 6}
    assert load.unasked_bytes > 0 and load.unasked_bytes % len(WHOLE) == 0


STALL_S, STALLED_FROM_S, QUICK_S = 0.4, 0.1, 0.001


def slowly(each_s: float) -> Handler:
    """Answers each request after some time."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readexactly(len(REQUEST)):
            await asyncio.sleep(each_s)
            writer.write(WHOLE)

    return handler


def stalling() -> Handler:
    """Answers within a millisecond, but for one stall in which nobody gets an answer."""
    clock = asyncio.get_running_loop().time
    began = clock()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readexactly(len(REQUEST)):
            since = clock() - began
            if STALLED_FROM_S < since < STALLED_FROM_S + STALL_S:
                await asyncio.sleep(STALLED_FROM_S + STALL_S - since)
            await asyncio.sleep(QUICK_S)
            writer.write(WHOLE)

    return handler


def test_a_stall_is_seen_by_every_request_due_in_it(world: World) -> None:
    """A closed loop sends one request into the stall, and calls the server quick (omission)."""
    target = Target(world.listen(stalling))
    due_s = arrivals_s(100.0, 1.0, seed=None)
    opened = world.run(open_loop(target, [REQUEST], due_s))
    closed = world.run(closed_loop(target, [REQUEST], clients=1, seconds=1.0))
    until = STALLED_FROM_S + STALL_S
    within = (due_s > STALLED_FROM_S + 1e-6) & (due_s < until - 1e-6)
    waits = np.where(within, until - due_s, 0.0) + QUICK_S
    assert [x.latency_s for x in opened.outcomes] == pytest.approx(waits.tolist())
    # Two fifths of the requests were due in the stall; their median wait is half of it.
    assert 0.25 < float(np.quantile(latencies_s(opened.outcomes), 0.95)) < 0.48
    assert sum(latencies_s(closed.outcomes) > 0.05) == 1
    assert quantile_s(closed.outcomes, 0.95) < 0.05 < max(latencies_s(closed.outcomes))


def test_waiting_for_a_free_connection_counts(world: World) -> None:
    port = world.listen(lambda: slowly(0.05))
    due_s = arrivals_s(200.0, 0.02, seed=None)
    load = world.run(open_loop(Target(port), [REQUEST], due_s, connections=1))
    # Due 5 ms apart, served 50 ms apart.
    assert [x.latency_s for x in load.outcomes] == pytest.approx([0.05, 0.095, 0.14, 0.185])


def test_a_closed_loop_keeps_as_many_under_way_as_there_are_clients(world: World) -> None:
    under_way, most = 0, 0

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        while await reader.readexactly(len(REQUEST)):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.02)
            under_way -= 1
            writer.write(WHOLE)

    port = world.listen(lambda: counting)
    load = world.run(closed_loop(Target(port), [REQUEST], clients=4, seconds=0.3))
    assert most == 4
    assert per_second(load.outcomes) == pytest.approx(4 / 0.02)


def test_a_load_can_be_ended_early(world: World) -> None:
    port = world.listen(lambda: saying(WHOLE))

    async def work() -> Load:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.105, stop.set)
        due_s = arrivals_s(100.0, 60.0, seed=None)
        return await open_loop(Target(port), [REQUEST], due_s, stop=stop)

    load = world.run(work())
    assert counted(load.outcomes) == {"200": 11}
    assert world.now_s < 0.2


def test_arrivals_by_lot_are_the_same_for_a_seed_and_as_many_as_asked() -> None:
    first, again = arrivals_s(50.0, 40.0, seed=1), arrivals_s(50.0, 40.0, seed=1)
    assert np.array_equal(first, again) and not np.array_equal(first, arrivals_s(50.0, 40.0))
    assert len(first) == pytest.approx(2000, rel=0.1)
    # Of a Poisson process the steps spread as much as their mean.
    steps = np.diff(first)
    assert steps.std() == pytest.approx(steps.mean(), rel=0.1)
