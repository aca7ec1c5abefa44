"""Every answer has its id, safe headers, one line in the log and its place in the metrics."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from faultlens.hosting.state import HostState
from faultlens.hosting.task import Answer
from faultlens.service.facts import facts
from faultlens.service.metrics import Metrics
from faultlens.service.problems import refused, tell_problems
from faultlens.service.shell import OF_AN_ANSWER, Shell
from tests.timing import least, quickest


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(lambda: HostState(True, 1, 0, 0))


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    app = FastAPI(docs_url=None)
    tell_problems(app)
    router = APIRouter(prefix="/v1")

    @router.put("/profiles/{name}")
    async def put(request: Request, name: str) -> str:
        await request.body()
        facts().account = "line-3"
        facts().answered("inspect", Answer(b"", None, {"model": 0.01}, "defect", True, 0.9))
        facts().answered("inspect", Answer(b"", None, {"model": 0.01}, "no defect", False, 0.1))
        logging.getLogger("faultlens.example").info("inside")
        return name

    @app.get("/id")
    def in_a_thread() -> str:
        return facts().request_id

    @app.get("/livez")
    async def livez() -> str:
        return "alive"

    @app.get("/busy")
    async def busy() -> None:
        raise refused("busy", "Full.", Retry_After="2")

    @app.get("/fault")
    async def fault() -> None:
        raise ZeroDivisionError("secret of the inside")

    @app.get("/half")
    async def half() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"half"
            raise ZeroDivisionError

        return StreamingResponse(parts())

    @app.get("/docs")
    async def docs() -> str:
        return "page"

    @app.get("/kept")
    async def kept() -> Response:
        return Response(b"x", headers={"Cache-Control": "max-age=60"})

    app.include_router(router)
    app.add_middleware(Shell, metrics=metrics)
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "faultlens")
    return caplog


def access(told: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [vars(x) for x in told.records if x.name == "faultlens.requests"]


def test_a_sane_id_is_kept_and_another_is_made(client: TestClient) -> None:
    answer = client.get("/id", headers={"X-Request-ID": "order-66.a_B"})
    assert answer.json() == answer.headers["X-Request-ID"] == "order-66.a_B"
    made = set()
    for given in ("", "a b", "x" * 65, "a\tb", '"}', "../x"):
        answer = client.get("/id", headers={"X-Request-ID": given})
        made.add(answer.headers["X-Request-ID"])
        assert answer.json() == answer.headers["X-Request-ID"] != given
    assert len(made) == 6
    problem = client.get("/busy", headers={"X-Request-ID": "order-66"})
    assert problem.json()["request_id"] == "order-66"


@pytest.mark.parametrize("path", ["/id", "/busy", "/fault", "/nowhere", "/openapi.json"])
def test_every_answer_has_the_safe_headers_once(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in OF_AN_ANSWER:
        assert answer.headers.get_list(name.decode()) == [value.decode()]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "server" not in answer.headers


def test_the_page_of_the_documents_may_run_its_own_script_alone(client: TestClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'unsafe-inline'")
    assert "http" not in policy


def test_a_route_that_says_how_long_it_may_be_kept_is_not_contradicted(client: TestClient) -> None:
    assert client.get("/kept").headers.get_list("Cache-Control") == ["max-age=60"]


def test_the_log_has_one_line_of_figures_without_names_or_contents(
    client: TestClient, told: pytest.LogCaptureFixture
) -> None:
    answer = client.put("/v1/profiles/secret-pump?secret=1", content=b"secret" * 10)
    assert answer.status_code == 200
    (line,) = access(told)
    assert line["levelname"] == "INFO"
    assert 0 < float(str(line["ms"])) < 10_000
    kept = (
        "method", "route", "status", "bytes_in", "bytes_out", "account", "files", "verdicts",
    )  # fmt: skip
    assert {x: line[x] for x in kept} == {
        "method": "PUT", "route": "/v1/profiles/{name}", "status": 200, "bytes_in": 60,
        "bytes_out": len('"secret-pump"'), "account": "line-3", "files": 2,
        "verdicts": {"defect": 1, "no defect": 1},
    }  # fmt: skip
    assert "secret" not in json.dumps(line, default=str)


def test_probes_are_told_to_who_debugs_alone_and_problems_to_all(
    client: TestClient, told: pytest.LogCaptureFixture
) -> None:
    for path in ("/livez", "/busy", "/nowhere"):
        client.get(path)
    lines = [(x["route"], x["levelname"], x["status"]) for x in access(told)]
    assert lines == [
        ("/livez", "DEBUG", 200), ("/busy", "INFO", 503), ("unmatched", "INFO", 404),
    ]  # fmt: skip
    assert [x.get("problems") for x in access(told)] == [None, ["busy"], ["not-found"]]


def test_requests_count_by_template_and_their_answers_by_verdict(
    client: TestClient, metrics: Metrics
) -> None:
    for n in range(3):
        client.put(f"/v1/profiles/p{n}")
        client.get(f"/nowhere/{n}")
        client.delete("/id")
    client.get("/busy")

    def count(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    name = "faultlens_requests_total"
    assert count(name, route="/v1/profiles/{name}", method="PUT", status="200") == 3
    assert count(name, route="unmatched", method="GET", status="404") == 3
    assert count(name, route="/id", method="DELETE", status="405") == 3
    assert count("faultlens_verdicts_total", verb="inspect", verdict="defect", alarm="true") == 3
    assert count("faultlens_problems_total", slug="busy") == 1
    assert count("faultlens_refused_total", reason="busy") == 1
    assert count("faultlens_stage_seconds_count", verb="inspect", stage="model") == 6


def test_our_fault_is_a_problem_whose_cause_is_in_the_log_alone(
    client: TestClient, told: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/fault", headers={"X-Request-ID": "order-66"})
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/our-fault"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == "order-66"
    assert "secret of the inside" not in answer.text
    (fault,) = [x for x in told.records if x.exc_info]
    assert "secret of the inside" in str(fault.exc_info)
    assert access(told)[0]["problems"] == ["our-fault"]


def test_half_an_answer_is_broken_off_not_mended(
    client: TestClient, told: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ZeroDivisionError):
        client.get("/half")
    assert access(told)[0]["status"] == 200


def test_a_client_that_left_is_counted_as_gone(
    app: FastAPI, told: pytest.LogCaptureFixture
) -> None:
    async def waits(scope: Scope, receive: object, send: object) -> None:
        await asyncio.Event().wait()

    async def nothing(message: Message | None = None) -> Message:
        return {"type": "http.disconnect"}

    async def left() -> None:
        shell = Shell(waits, Metrics(lambda: HostState(True, 1, 0, 0)))
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        task = asyncio.create_task(shell(scope, nothing, nothing))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(left())
    assert access(told)[0]["status"] == 499


@pytest.mark.parametrize("path", ["/where", "/lens/where"])
def test_behind_a_proxy_a_request_knows_the_path_that_its_client_sees(
    path: str, metrics: Metrics
) -> None:
    app = FastAPI()

    @app.get("/where")
    async def where(request: Request) -> list[str]:
        return [request.scope["root_path"], request.url.path]

    app.add_middleware(Shell, metrics=metrics, root_path="/lens")
    assert TestClient(app).get(path).json() == ["/lens", "/lens/where"]


def test_what_is_no_request_passes_untouched(app: FastAPI) -> None:
    with TestClient(app):  # its lifespan
        pass


def test_the_shell_is_cheap() -> None:
    """Under 60 us of the processor per request on one quiet core; the bound is for a busy one."""

    async def answers(scope: Scope, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")] * 3})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"{}"})  # type: ignore[operator]

    async def nothing(message: Message | None = None) -> Message:
        return {"type": "http.request", "body": b""}

    headers = [(b"host", b"x"), (b"accept", b"*/*"), (b"user-agent", b"test")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    shell = Shell(answers, Metrics(lambda: HostState(True, 1, 0, 0)))

    def each_s(app: object) -> float:
        async def asked() -> None:
            for _ in range(300):
                await app(scope, nothing, nothing)  # type: ignore[operator]

        return quickest(lambda: asyncio.run(asked()), 0.0, tries=5, clock=time.process_time) / 300

    assert least(lambda: each_s(shell) - each_s(answers), 300e-6) < 300e-6
