"""Traces of requests for OpenTelemetry, where the operator asks for them."""

import os
from typing import Any, final

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import
from faultlens.core.stages import STAGES
from faultlens.core.version import __version__
from faultlens.service.facts import Judged, RequestFacts
from faultlens.service.settings import ServiceSettings

EXTRA = "telemetry"


@final
class Tracing:
    """Spans of requests and of their stages, sent as the OTEL_* variables say.

    Args:
        exporter: takes the finished spans; None for OTLP over HTTP.

    Raises:
        MissingPackageError: the extra `telemetry` is not installed.
        UsageError: the OTEL_* variables ask for another protocol.

    Source: W3C Trace Context, level 1, for the header traceparent; OpenTelemetry semantic
        conventions 1.27 for the names of attributes.
    """

    def __init__(self, exporter: Any = None) -> None:
        sdk = optional_import("opentelemetry.sdk.trace", extra=EXTRA)
        export = optional_import("opentelemetry.sdk.trace.export", extra=EXTRA)
        api = optional_import("opentelemetry.trace", extra=EXTRA)
        wire = optional_import("opentelemetry.trace.propagation.tracecontext", extra=EXTRA)
        # No provider of the whole process: two applications in one process stay apart.
        self._provider = sdk.TracerProvider(resource=_resource())
        self._provider.add_span_processor(
            export.BatchSpanProcessor(_over_http() if exporter is None else exporter)
        )
        self._tracer = self._provider.get_tracer("faultlens", __version__)
        self._extract = wire.TraceContextTextMapPropagator().extract
        self._within = api.set_span_in_context
        self._server = api.SpanKind.SERVER
        self._failed = api.Status(api.StatusCode.ERROR)

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Tracing | None":
        """The traces that the settings ask for; None where they ask for none."""
        return cls() if settings.telemetry else None

    def start(self, headers: list[tuple[bytes, bytes]]) -> Any:
        """Begin the span of a request, under that of its client where it names one.

        Args:
            headers: of the request, as ASGI gives them.
        """
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in headers
            if name in (b"traceparent", b"tracestate")
        }
        return self._tracer.start_span("request", self._extract(carrier), kind=self._server)

    def finish(self, span: Any, about: RequestFacts, method: str, route: str, status: int) -> str:
        """End the span of a request, with one for each stage of each of its files.

        Args:
            span: of `start`.
            about: what became of the request.
            method: of HTTP.
            route: its template.
            status: of the answer.

        Returns:
            The trace's number in hex, for the log.
        """
        span.update_name(f"{method} {route}")
        span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
                "faultlens.request_id": about.request_id,
                "faultlens.account": about.account,
                "faultlens.files": len(about.judged),
            }
        )
        if status >= 500:
            span.set_status(self._failed)
        if span.is_recording():
            within = self._within(span)
            for judged in about.judged:
                self._stages(judged, within)
        span.end()
        return format(span.get_span_context().trace_id, "032x")

    def _stages(self, judged: Judged, within: Any) -> None:
        # The workers tell how long each stage took, not when: laid end to end before their answer.
        seconds = judged.answer.stage_seconds
        at_ns = judged.at_ns - int(1e9 * sum(seconds.values()))
        attributes = {"faultlens.verb": judged.verb, "faultlens.model": judged.answer.model}
        for stage in (x for x in STAGES if x in seconds):
            span = self._tracer.start_span(stage, within, start_time=at_ns, attributes=attributes)
            at_ns += int(1e9 * seconds[stage])
            span.end(at_ns)

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()


def _resource() -> Any:
    resources = optional_import("opentelemetry.sdk.resources", extra=EXTRA)
    facts = {"service.version": __version__}
    stated = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    if not os.environ.get("OTEL_SERVICE_NAME") and "service.name=" not in stated:
        facts["service.name"] = "faultlens"
    return resources.Resource.create(facts)


def _over_http() -> Any:
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if os.environ.get(name, "http/protobuf") != "http/protobuf":
            raise UsageError(
                f"{name} is '{os.environ[name]}'; the extra telemetry sends http/protobuf. Leave "
                "the variable out, and give the collector's HTTP port (4318 as a rule)."
            )
    module = optional_import("opentelemetry.exporter.otlp.proto.http.trace_exporter", extra=EXTRA)
    return module.OTLPSpanExporter()
