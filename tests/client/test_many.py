"""Many files: outcomes in order, a bad file with its reason, a bounded number under way."""

import asyncio
import json
import sys
import threading
from pathlib import Path

import httpx2
import pytest

from faultlens.client import AsyncClient, Client, Retries
from faultlens.client.batch import in_order
from faultlens.core.errors import ServiceError, UnreadableFileError, UsageError
from tests.client.asking import HEALTHY, Asking, problem


def named(request: httpx2.Request) -> str:
    return request.content.partition(b'filename="')[2].partition(b'"')[0].decode()


def by_name(request: httpx2.Request) -> httpx2.Response:
    name = named(request)
    if "bad" in name:
        return problem(422, "unusable-signal")
    return httpx2.Response(200, json={**HEALTHY, "file": name})


def test_a_bad_file_is_told_with_its_reason_and_the_rest_goes_on(
    ask: Asking, tmp_path: Path
) -> None:
    files = [("a.csv", b"1"), ("bad.csv", b""), tmp_path / "none.csv", ("b.csv", b"2")]
    outcomes = ask(by_name, "diagnose_many", files, parallel=2, shaft_rpm=1500)
    assert [Path(x.file).name for x in outcomes] == ["a.csv", "bad.csv", "none.csv", "b.csv"]
    assert [x.result.file if x.result else None for x in outcomes] == ["a.csv", None, None, "b.csv"]
    assert isinstance(outcomes[1].error, ServiceError)
    assert outcomes[1].error.slug == "unusable-signal"
    assert isinstance(outcomes[2].error, UnreadableFileError)
    assert b'"shaft_rpm": 1500' in ask.requests[0].content


def test_outcomes_come_in_the_order_of_the_files(ask: Asking) -> None:
    files = [(f"{n}.csv", b"1") for n in range(50)]
    outcomes = ask(by_name, "inspect_many", iter(files), parallel=7)
    assert [x.result.file for x in outcomes] == [x for x, _ in files]


def test_prompts_are_asked_of_every_picture(ask: Asking) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert b'{"prompts": ["a crack"]}' in request.content
        row = {"prompt": "a crack", "similarity_score": 1.0}
        return httpx2.Response(200, content=json.dumps({"matches": [row]}))

    outcomes = ask(answer, "match_many", [b"P", b"Q"], ["a crack"])
    assert [x.result[0].prompt for x in outcomes] == ["a crack", "a crack"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_no_right_or_no_such_place_ends_the_whole(ask: Asking, status: int) -> None:
    with pytest.raises(ServiceError):
        ask(lambda _: problem(status), "inspect_many", [b"P"] * 100, parallel=2)
    assert len(ask.requests) < 20


def test_a_service_that_is_gone_ends_the_whole(ask: Asking) -> None:
    def gone(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    retries = Retries(attempts=2, base_s=0.001)
    with pytest.raises(ServiceError, match="Is it running"):
        ask(gone, "inspect_many", [b"P"] * 100, parallel=2, client={"retries": retries})
    assert len(ask.requests) < 40


def test_nothing_at_once_is_no_batch(ask: Asking) -> None:
    with pytest.raises(UsageError, match="parallel is 0"):
        ask(by_name, "inspect_many", [b"P"], parallel=0)


def test_no_more_than_parallel_are_under_way_and_memory_is_bounded() -> None:
    free = threading.Semaphore(3)
    taken = []

    def work(item: int, over: threading.Event) -> int:
        assert free.acquire(blocking=False), "more than 3 at work"
        free.release()
        return item

    def items() -> list[int]:
        for n in range(30):
            taken.append(n)
            yield n

    results = in_order(work, items(), parallel=3)
    assert next(results) == 0
    assert len(taken) <= 7
    assert list(results) == list(range(1, 30))


def test_who_stops_listening_stops_the_work() -> None:
    asked = []
    refused = threading.Event()

    def busy(request: httpx2.Request) -> httpx2.Response:
        asked.append(named(request))
        if named(request) == "0.csv":
            assert refused.wait(60)
            return httpx2.Response(200, json=HEALTHY)
        refused.set()
        return problem(503, Retry_After="30")

    with Client(transport=httpx2.MockTransport(busy)) as client:
        outcomes = client.diagnose_many([(f"{n}.csv", b"1") for n in range(9)], parallel=2)
        assert next(iter(outcomes)).result is not None
        outcomes.close()  # type: ignore[attr-defined]
    assert len(asked) <= 9


def test_the_async_client_cancels_what_nobody_waits_for() -> None:
    running = []

    async def slow(request: httpx2.Request) -> httpx2.Response:
        if named(request) == "0.csv":
            return httpx2.Response(200, json=HEALTHY)
        running.append(1)
        try:
            await asyncio.sleep(60)
        finally:
            running.pop()
        return problem(500)

    async def run() -> None:
        async with AsyncClient(transport=httpx2.MockTransport(slow)) as client:
            outcomes = client.diagnose_many([(f"{n}.csv", b"1") for n in range(9)], parallel=2)
            assert (await anext(outcomes)).result is not None
            while not running:
                await asyncio.sleep(0)
            await outcomes.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())
    assert running == []


def test_a_bar_is_drawn_on_a_terminal_and_its_end_is_clean(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    outcomes = ask(by_name, "diagnose_many", [("a.csv", b"1"), ("b.csv", b"1")])
    assert len(outcomes) == 2
    ask(by_name, "diagnose_many", [("a.csv", b"1")], quiet=True)
    assert capsys.readouterr().out == ""
