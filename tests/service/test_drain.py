"""Before a server stops, a moment passes in which it answers still and tells clients to leave."""

import asyncio
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from faultlens.service.drain import Drain
from tests.virtual_time import World


@pytest.fixture
def heard() -> Iterator[list[tuple[int, float]]]:
    """What a server's own handlers heard, and when."""
    heard: list[tuple[int, float]] = []
    before = {x: signal.getsignal(x) for x in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda number, _: heard.append((number, time.monotonic())))
    yield heard
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_server_hears_of_a_signal_after_the_moment(heard: list[tuple[int, float]]) -> None:
    async def run() -> None:
        drain = Drain(0.1)
        with drain.around_signals():
            began = time.monotonic()
            signal.raise_signal(signal.SIGTERM)
            assert drain.begun
            assert heard == []
            while not heard:
                await asyncio.sleep(0.005)
            assert heard[0][0] == signal.SIGTERM
            assert heard[0][1] - began >= 0.1

    asyncio.run(run())


def test_the_moment_is_as_long_as_said(heard: list[tuple[int, float]]) -> None:
    world = World()

    async def run() -> None:
        with Drain(0.1).around_signals():
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.09)
            assert heard == []
            await asyncio.sleep(0.02)
            assert [x for x, _ in heard] == [signal.SIGTERM]

    world.run(run())


def test_a_second_signal_is_not_kept_waiting(heard: list[tuple[int, float]]) -> None:
    async def run() -> None:
        with Drain(0.1).around_signals():
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0)
            signal.raise_signal(signal.SIGINT)
            assert [x for x, _ in heard] == [signal.SIGINT]
            await asyncio.sleep(0.15)
            assert len(heard) == 1

    World().run(run())


def test_no_moment_is_no_wait(heard: list[tuple[int, float]]) -> None:
    async def run() -> None:
        with Drain(0).around_signals():
            signal.raise_signal(signal.SIGTERM)
            assert len(heard) == 1

    asyncio.run(run())


def test_the_servers_handlers_are_put_back(heard: list[tuple[int, float]]) -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def run() -> None:
        with Drain(1).around_signals():
            assert signal.getsignal(signal.SIGTERM) is not before

    asyncio.run(run())
    assert signal.getsignal(signal.SIGTERM) is before


def test_outside_the_main_thread_signals_are_left_alone(heard: list[tuple[int, float]]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    async def run() -> None:
        with Drain(1).around_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join()
    assert seen == [before]
