"""What Prometheus may scrape: requests, stages, batches, the queue, verdicts, workers."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from faultlens.core.stages import STAGES
from faultlens.core.version import __version__
from faultlens.hosting.state import BatchFacts, HostState
from faultlens.hosting.task import CHECK_PROFILE, VERBS, Answer
from faultlens.service.problems import KINDS

KNOWN_VERBS = (*VERBS, CHECK_PROFILE)
VERDICTS = ("fault", "defect", "healthy", "no defect", "unknown")
"""Kinds of verdicts. A user's own words are never a label: each would be a series for ever."""

REFUSALS = frozenset(slug for slug, x in KINDS.items() if x.status in (401, 403, 429, 503))
"""Problems of requests that nothing was computed for."""

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"))
OTHER = "other"

REQUEST_BUCKETS_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STAGE_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
WAIT_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
SIZE_BUCKETS = (1, 2, 4, 8, 12, 16, 24, 32, 64, 128, 256)
SCORE_BUCKETS = tuple(step / 20 for step in range(1, 21))


_Metric = TypeVar("_Metric", Counter, Histogram)


class _Series(dict[tuple[str, ...], _Metric]):
    """The series of a metric by their labels: the library's own search costs as much as a count."""

    def __init__(self, metric: _Metric) -> None:
        super().__init__()
        self._metric: _Metric = metric

    def __missing__(self, labels: tuple[str, ...]) -> _Metric:
        self[labels] = self._metric.labels(*labels)
        return self[labels]


@final
class Metrics:
    """The metrics of one application, in a registry of its own.

    Args:
        state: how the host stands, asked at each scrape.
    """

    def __init__(self, state: Callable[[], HostState]) -> None:
        self.registry = registry = CollectorRegistry()
        self._requests = _Series(Counter(
            "faultlens_requests", "Requests answered.", ["route", "method", "status"],
            registry=registry,
        ))  # fmt: skip
        self._seconds = _Series(Histogram(
            "faultlens_request_seconds", "From a request's head to the end of its answer.",
            ["route", "method"], buckets=REQUEST_BUCKETS_S, registry=registry,
        ))  # fmt: skip
        self._problems = Counter(
            "faultlens_problems", "Problems told to clients.", ["slug"], registry=registry
        )
        self._refused = Counter(
            "faultlens_refused", "Requests for which nothing was computed.", ["reason"],
            registry=registry,
        )  # fmt: skip
        self._stages = _Series(Histogram(
            "faultlens_stage_seconds", "Of one file: decoding, preparing, the model, the rest.",
            ["verb", "stage"], buckets=STAGE_BUCKETS_S, registry=registry,
        ))  # fmt: skip
        self._verdicts = Counter(
            "faultlens_verdicts", "Results by kind of verdict.", ["verb", "verdict", "alarm"],
            registry=registry,
        )  # fmt: skip
        self._scores = Histogram(
            "faultlens_score", "Alarm score of each result.", ["verb"], buckets=SCORE_BUCKETS,
            registry=registry,
        )  # fmt: skip
        self._sizes = Histogram(
            "faultlens_batch_size", "Files that shared a pass.", ["verb"], buckets=SIZE_BUCKETS,
            registry=registry,
        )  # fmt: skip
        self._waits = Histogram(
            "faultlens_queue_wait_seconds", "From a file's arrival to the start of its batch.",
            buckets=WAIT_BUCKETS_S, registry=registry,
        )  # fmt: skip
        # Series that begin at 0 have a rate from their first event on, not from their second.
        for slug in KINDS:
            self._problems.labels(slug)
        for reason in REFUSALS:
            self._refused.labels(reason)
        for verb in VERBS:
            self._sizes.labels(verb)
            for stage in STAGES:
                self._stages[verb, stage]
        registry.register(_HostCollector(state))
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request.

        Args:
            route: its template, never its path.
            method: of HTTP.
            status: of the answer.
            seconds: it took.
        """
        known = method if method in METHODS else OTHER
        self._requests[route, known, str(status)].inc()
        self._seconds[route, known].observe(seconds)

    def problem(self, slug: str) -> None:
        """Count one problem that a client was told of."""
        self._problems.labels(slug if slug in KINDS else OTHER).inc()
        if slug in REFUSALS:
            self._refused.labels(slug).inc()

    def answered(self, verb: str, answer: Answer) -> None:
        """Count one answer of the workers."""
        if verb not in KNOWN_VERBS:
            verb = OTHER
        for stage in STAGES:
            if stage in answer.stage_seconds:
                self._stages[verb, stage].observe(answer.stage_seconds[stage])
        if answer.verdict is not None:
            verdict = answer.verdict if answer.verdict in VERDICTS else OTHER
            self._verdicts.labels(verb, verdict, "true" if answer.alarm else "false").inc()
        if answer.score is not None:
            self._scores.labels(verb).observe(answer.score)

    def batch(self, facts: BatchFacts) -> None:
        """Count one batch; for `Host.observe`."""
        self._sizes.labels(facts.verb if facts.verb in KNOWN_VERBS else OTHER).observe(facts.size)
        for waited_s in facts.waited_s:
            self._waits.observe(waited_s)

    def page(self, accept: str = "") -> tuple[bytes, str]:
        """Every metric, in the form that the scraper prefers, and that form's media type.

        Args:
            accept: the scraper's header Accept.
        """
        try:
            encode, media_type = choose_encoder(accept)
        except (TypeError, ValueError):  # a version that is no number
            encode, media_type = choose_encoder("")
        return encode(self.registry), media_type


@final
class _HostCollector(Collector):
    """What the host says of itself at the moment of a scrape."""

    def __init__(self, state: Callable[[], HostState]) -> None:
        self._state = state

    def describe(self) -> list[Metric]:
        # Asked when it is registered, before there is a host to ask.
        return []

    def collect(self) -> Iterator[Metric]:
        state = self._state()
        for name, about, value in (
            ("faultlens_ready", "1 while requests are taken.", state.ready),
            ("faultlens_queue_depth", "Files that wait.", state.queued),
            ("faultlens_workers", "Processes that can compute.", state.workers),
            ("faultlens_workers_busy", "Those of them that do.", state.busy),
        ):
            yield GaugeMetricFamily(name, about, value=float(value))
        yield CounterMetricFamily(
            "faultlens_worker_restarts", "Workers that died or were too slow.", state.restarts
        )
        memory = GaugeMetricFamily(
            "faultlens_worker_memory_bytes", "Resident memory of a worker.", labels=["worker"]
        )
        for place, pid in enumerate(state.pids):
            if (held := _resident_bytes(pid)) is not None:
                memory.add_metric([str(place)], held)
        yield memory
        models = GaugeMetricFamily(
            "faultlens_model_info", "Models that judge.", labels=["verb", "model"]
        )
        for verb, model in state.models.items():
            models.add_metric([verb, model], 1.0)
        yield models
        build = GaugeMetricFamily(
            "faultlens_build_info", "What runs.", labels=["version", "device"]
        )
        build.add_metric([__version__, state.device], 1.0)
        yield build


def _resident_bytes(pid: int) -> float | None:
    """Memory of a process; None where it has gone, or the system has no /proc."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return None
    return float(pages) * os.sysconf("SC_PAGE_SIZE")
