"""Each event counts where it should, labels are bounded, and scrapers of both forms can read it."""

import os

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from faultlens.core.stages import STAGES
from faultlens.hosting.state import BatchFacts, HostState
from faultlens.hosting.task import VERBS, Answer
from faultlens.service.metrics import REFUSALS, SCORE_BUCKETS, Metrics
from faultlens.service.problems import KINDS


def state() -> HostState:
    models = {"inspect": "builtin/surface@0123", "diagnose": "builtin/bearing@4567"}
    return HostState(True, 2, 1, 3, models, "cpu", (os.getpid(), 2**30), 4)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(state)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_a_request_counts_under_its_template_method_and_status(metrics: Metrics) -> None:
    for _ in range(3):
        metrics.requested("/v1/profiles/{name}", "PUT", 200, 0.07)
    labels = {"route": "/v1/profiles/{name}", "method": "PUT"}
    assert value(metrics, "faultlens_requests_total", status="200", **labels) == 3
    assert value(metrics, "faultlens_request_seconds_count", **labels) == 3
    assert value(metrics, "faultlens_request_seconds_bucket", le="0.05", **labels) == 0
    assert value(metrics, "faultlens_request_seconds_bucket", le="0.1", **labels) == 3


def test_an_answer_counts_its_stages_verdict_and_score(metrics: Metrics) -> None:
    seconds = {"decode": 0.001, "prepare": 0.002, "model": 0.03, "post": 0.004}
    metrics.answered("inspect", Answer(b"{}", None, seconds, "defect", True, 0.93))
    metrics.answered("inspect", Answer(b"{}", None, seconds, "no defect", False, 0.02))
    metrics.answered("match", Answer(b"{}"))
    for stage in STAGES:
        labels = {"verb": "inspect", "stage": stage}
        assert value(metrics, "faultlens_stage_seconds_count", **labels) == 2
        summed = value(metrics, "faultlens_stage_seconds_sum", **labels)
        assert summed == pytest.approx(2 * seconds[stage])
    counted = {"verb": "inspect", "verdict": "defect", "alarm": "true"}
    assert value(metrics, "faultlens_verdicts_total", **counted) == 1
    assert value(metrics, "faultlens_score_bucket", verb="inspect", le="0.9") == 1
    assert value(metrics, "faultlens_score_bucket", verb="inspect", le="0.95") == 2
    assert value(metrics, "faultlens_stage_seconds_count", verb="match", stage="model") == 0


def test_the_score_is_told_in_twentieths() -> None:
    assert list(SCORE_BUCKETS) == [x / 20 for x in range(1, 21)]


def test_problems_count_and_refusals_among_them_twice(metrics: Metrics) -> None:
    metrics.problem("busy")
    metrics.problem("unreadable-file")
    assert value(metrics, "faultlens_problems_total", slug="busy") == 1
    assert value(metrics, "faultlens_problems_total", slug="unreadable-file") == 1
    assert value(metrics, "faultlens_refused_total", reason="busy") == 1
    assert value(metrics, "faultlens_refused_total", reason="unreadable-file") is None
    assert {"busy", "stopping", "unauthorized", "forbidden", "too-many-requests"} <= REFUSALS


def test_a_batch_counts_its_size_and_the_wait_of_each(metrics: Metrics) -> None:
    metrics.batch(BatchFacts("diagnose", 3, (0.001, 0.02, 0.3), 0.1))
    assert value(metrics, "faultlens_batch_size_sum", verb="diagnose") == 3
    assert value(metrics, "faultlens_queue_wait_seconds_count") == 3
    assert value(metrics, "faultlens_queue_wait_seconds_sum") == pytest.approx(0.321)


def test_the_host_is_asked_at_each_scrape(metrics: Metrics) -> None:
    assert value(metrics, "faultlens_ready") == 1
    assert value(metrics, "faultlens_queue_depth") == 3
    assert value(metrics, "faultlens_workers") == 2
    assert value(metrics, "faultlens_workers_busy") == 1
    assert value(metrics, "faultlens_worker_restarts_total") == 4
    labels = {"verb": "inspect", "model": "builtin/surface@0123"}
    assert value(metrics, "faultlens_model_info", **labels) == 1
    assert value(metrics, "process_resident_memory_bytes") is not None


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_memory_of_workers_is_told_and_one_that_is_gone_is_left_out(metrics: Metrics) -> None:
    ours = value(metrics, "faultlens_worker_memory_bytes", worker="0")
    assert ours is not None
    assert 1e7 < ours < 4e9
    assert value(metrics, "faultlens_worker_memory_bytes", worker="1") is None


def test_what_clients_say_never_becomes_a_label(metrics: Metrics) -> None:
    before = len(list(metrics.registry.collect()))
    for n in range(50):
        metrics.requested("/v1/inspect", f"M{n}", 405, 0.0)
        metrics.problem(f"slug-{n}")
        metrics.answered(f"verb-{n}", Answer(verdict=f"crack {n}", stage_seconds={f"s{n}": 1.0}))
        metrics.batch(BatchFacts(f"verb-{n}", 1, (0.0,), 0.0))
    assert len(list(metrics.registry.collect())) == before
    for family in metrics.registry.collect():
        series = {tuple(x.labels.items()) for x in family.samples if "le" not in x.labels}
        assert len(series) <= len(KINDS) + len(VERBS) * len(STAGES) + 5, family.name
    other = {"verb": "other", "verdict": "other", "alarm": "false"}
    assert value(metrics, "faultlens_verdicts_total", **other) == 50


def test_scrapers_of_both_forms_can_read_the_page(metrics: Metrics) -> None:
    metrics.requested("/v1/inspect", "POST", 200, 0.1)
    page, media_type = metrics.page("text/plain;version=0.0.4")
    assert media_type.startswith("text/plain")
    assert "faultlens_requests" in {x.name for x in plain_text(page.decode())}
    page, media_type = metrics.page("application/openmetrics-text; version=1.0.0,text/plain")
    assert media_type.startswith("application/openmetrics-text")
    assert page.endswith(b"# EOF\n")
    assert "faultlens_requests" in {x.name for x in open_metrics(page.decode())}


@pytest.mark.parametrize("accept", ["", "*/*", "x", "text/plain;version=x", ";;,=", "版本"])
def test_any_accept_gets_a_page(metrics: Metrics, accept: str) -> None:
    assert metrics.page(accept)[1].startswith("text/plain")


def test_two_applications_in_one_process_count_apart() -> None:
    first, second = Metrics(state), Metrics(state)
    first.problem("busy")
    assert value(second, "faultlens_problems_total", slug="busy") == 0
