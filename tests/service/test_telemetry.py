"""Traces go to the collector that the OTEL variables name: a span per request, one per stage."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi import FastAPI
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from faultlens.core import optional
from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.hosting.state import HostState
from faultlens.hosting.task import Answer
from faultlens.service.facts import facts
from faultlens.service.metrics import Metrics
from faultlens.service.problems import refused, tell_problems
from faultlens.service.settings import ServiceSettings
from faultlens.service.shell import Shell
from faultlens.service.telemetry import Tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
SECONDS = {"decode": 0.001, "prepare": 0.002, "model": 0.03, "post": 0.004}


def client(tracing: Tracing | None) -> TestClient:
    app = FastAPI()
    tell_problems(app)

    @app.post("/v1/diagnose")
    async def diagnose() -> str:
        facts().account = "line-3"
        facts().answered("diagnose", Answer(b"", None, SECONDS, "fault", True, 0.9, "m@1"))
        return "done"

    @app.get("/busy")
    async def busy() -> None:
        raise refused("busy", "Full.")

    app.add_middleware(Shell, metrics=Metrics(lambda: HostState(True, 1, 0, 0)), tracing=tracing)
    return TestClient(app)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ExportTraceServiceRequest]]:
    got: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield got
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_collector_gets_a_request_and_its_stages_under_the_clients_trace(
    collector: list[ExportTraceServiceRequest],
) -> None:
    tracing = Tracing.of(ServiceSettings(telemetry=True))
    assert tracing is not None
    headers = {"traceparent": PARENT, "X-Request-ID": "order-66"}
    assert client(tracing).post("/v1/diagnose", headers=headers).status_code == 200
    tracing.close()
    (sent,) = [MessageToDict(x) for x in collector]
    (resource,) = sent["resourceSpans"]
    about = {x["key"]: x["value"] for x in resource["resource"]["attributes"]}
    assert about["service.name"] == {"stringValue": "faultlens"}
    (scope,) = resource["scopeSpans"]
    spans = {x["name"]: x for x in scope["spans"]}
    assert set(spans) == {"POST /v1/diagnose", "decode", "prepare", "model", "post"}
    request = spans.pop("POST /v1/diagnose")
    assert request["kind"] == "SPAN_KIND_SERVER"
    told = {x["key"]: next(iter(x["value"].values())) for x in request["attributes"]}
    assert told == {
        "http.request.method": "POST", "http.route": "/v1/diagnose",
        "http.response.status_code": "200", "faultlens.request_id": "order-66",
        "faultlens.account": "line-3", "faultlens.files": "1",
    }  # fmt: skip
    for name, span in spans.items():
        assert span["parentSpanId"] == request["spanId"]
        took_ns = int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])
        assert took_ns == pytest.approx(1e9 * SECONDS[name], abs=2)
    assert spans["decode"]["endTimeUnixNano"] == spans["prepare"]["startTimeUnixNano"]


@pytest.fixture
def memory() -> Iterator[tuple[Tracing, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    yield Tracing(exporter), exporter


def test_the_clients_trace_goes_on_and_the_log_names_it(
    memory: tuple[Tracing, InMemorySpanExporter], caplog: pytest.LogCaptureFixture
) -> None:
    tracing, exporter = memory
    caplog.set_level(logging.INFO, "faultlens")
    client(tracing).post("/v1/diagnose", headers={"traceparent": PARENT})
    tracing.close()
    for span in exporter.get_finished_spans():
        assert format(span.context.trace_id, "032x") == TRACE
    assert [vars(x)["trace_id"] for x in caplog.records] == [TRACE]


@pytest.mark.parametrize("given", ["", "00-0-0-01", "x" * 5_000, f"00-{'0' * 32}-{'0' * 16}-01"])
def test_a_traceparent_that_is_none_begins_a_trace_of_our_own(
    memory: tuple[Tracing, InMemorySpanExporter], given: str
) -> None:
    tracing, exporter = memory
    assert client(tracing).get("/busy", headers={"traceparent": given}).status_code == 503
    tracing.close()
    (span,) = exporter.get_finished_spans()
    assert span.name == "GET /busy"
    assert span.parent is None
    assert span.context.trace_id != 0
    assert span.status.status_code.name == "ERROR"


def test_a_client_that_wants_no_trace_gets_none(
    memory: tuple[Tracing, InMemorySpanExporter],
) -> None:
    tracing, exporter = memory
    client(tracing).post("/v1/diagnose", headers={"traceparent": PARENT[:-1] + "0"})
    tracing.close()
    assert exporter.get_finished_spans() == ()


def test_probes_are_not_traced(memory: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = memory
    client(tracing).get("/livez")
    tracing.close()
    assert exporter.get_finished_spans() == ()


def test_the_operators_name_of_the_service_wins(
    collector: list[ExportTraceServiceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "line-3")
    tracing = Tracing()
    client(tracing).get("/busy")
    tracing.close()
    assert "line-3" in str(collector[0].resource_spans[0].resource)


def test_without_the_setting_there_is_nothing() -> None:
    assert Tracing.of(ServiceSettings()) is None


def test_without_the_package_the_start_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(module: str) -> None:
        raise ImportError(module)

    monkeypatch.setattr(optional.importlib, "import_module", absent)
    with pytest.raises(MissingPackageError, match=r"pip install 'faultlens\[telemetry\]'"):
        Tracing.of(ServiceSettings(telemetry=True))


def test_another_protocol_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(UsageError, match="OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'"):
        Tracing.of(ServiceSettings(telemetry=True))
