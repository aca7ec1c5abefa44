"""The dashboard and the alerts ask for metrics and labels that the service exposes, and load."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from faultlens.core.stages import STAGES
from faultlens.hosting.state import BatchFacts, HostState
from faultlens.hosting.task import Answer
from faultlens.service.metrics import Metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "faultlens.json").read_bytes())
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_bytes())["groups"]
    for rule in group["rules"]
]
BY_PROMETHEUS = {"up": {"job", "instance"}}
"""What Prometheus itself adds: one metric, and two labels of every series."""


def exposed() -> dict[str, set[str]]:
    """Each series that the service can expose, with its labels."""
    state = HostState(True, 1, 1, 1, {"inspect": "m@0"}, pids=(1,))
    metrics = Metrics(lambda: state)
    metrics.requested("/v1/inspect", "POST", 200, 0.1)
    metrics.problem("busy")
    seconds = dict.fromkeys(STAGES, 0.1)
    metrics.answered("inspect", Answer(b"", None, seconds, "defect", True, 0.9))
    metrics.batch(BatchFacts("inspect", 1, (0.1,), 0.1))
    found = {name: set(labels) for name, labels in BY_PROMETHEUS.items()}
    for family in metrics.registry.collect():
        for sample in family.samples:
            found[sample.name] = {*sample.labels, "job", "instance"}
    return found


def panels() -> list[dict[str, Any]]:
    return list(DASHBOARD["panels"])


def queries() -> Iterator[str]:
    for panel in panels():
        yield from (x["expr"] for x in panel.get("targets", ()))
    yield from (
        x["query"]["query"] for x in DASHBOARD["templating"]["list"] if x["type"] == "query"
    )
    yield from (x["expr"] for x in RULES)


WORDS_OF_PROMQL = {
    "sum", "min", "max", "rate", "increase", "histogram_quantile", "label_values", "by", "le", "or",
    "vector",
}  # fmt: skip
QUERIES = list(queries())


def asked(query: str) -> tuple[set[str], set[str]]:
    """The series and the labels that a query names."""
    bare = re.sub(r'"[^"]*"|\[[^]]*\]', "", query)
    labels = {x for group in re.findall(r"by \(([^)]*)\)", bare) for x in group.split(", ")}
    labels |= set(re.findall(r"(\w+)(?:=~|!=|=)", re.sub("[=!]= ", "", bare)))
    labels |= set(re.findall(r"label_values\([^)]*, (\w+)\)", bare))
    rest = re.sub(r"by \([^)]*\)|\{[^}]*\}|, \w+\)$", "", bare)
    return set(re.findall(r"[a-z_]{2,}", rest)) - WORDS_OF_PROMQL, labels


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_the_service_exposes(query: str) -> None:
    known = exposed()
    series, labels = asked(query)
    assert series, query
    assert series <= set(known)
    for name in series:
        assert labels <= known[name], f"{name} has no label {labels - known[name]}"


def test_the_reading_of_queries_finds_names_and_labels() -> None:
    query = 'sum by (le, verb) (rate(faultlens_x_bucket{instance=~"$instance", y="1"}[5m])) > 5'
    assert asked(query) == ({"faultlens_x_bucket"}, {"le", "verb", "instance", "y"})
    assert asked("up == 0") == ({"up"}, set())


@pytest.mark.parametrize("query", QUERIES)
def test_the_brackets_of_a_query_close(query: str) -> None:
    bare = re.sub(r'"[^"]*"', "", query)
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing)


def test_every_metric_of_ours_is_looked_at() -> None:
    ours = {x for x in exposed() if x.startswith("faultlens_")}
    text = " ".join(QUERIES)
    unseen = {re.sub("_(total|bucket|sum|count|created)$", "", x) for x in ours} - {
        x for x in {re.sub("_(total|bucket|sum|count|created)$", "", y) for y in ours} if x in text
    }
    assert unseen == {"faultlens_build_info"}


def test_the_dashboard_has_what_grafana_needs() -> None:
    assert DASHBOARD["schemaVersion"] >= 39
    assert DASHBOARD["title"] == DASHBOARD["uid"] == "faultlens"
    assert DASHBOARD["id"] is None  # Grafana gives it one
    assert {"time", "refresh", "templating", "annotations"} <= set(DASHBOARD)
    ids = [x["id"] for x in panels()]
    assert len(set(ids)) == len(ids)
    names = [x["name"] for x in DASHBOARD["templating"]["list"]]
    assert names == ["datasource", "job", "instance", "verb"]
    for panel in panels():
        assert panel["title"]
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert len({x["refId"] for x in panel["targets"]}) == len(panel["targets"]) > 0
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD)))
    assert used <= {*names, "__rate_interval", "__interval", "__all"}


def test_panels_stand_within_the_grid_and_none_on_another() -> None:
    taken = []
    for panel in panels():
        at = panel["gridPos"]
        assert 0 <= at["x"] < at["x"] + at["w"] <= 24
        assert at["h"] > 0
        taken.append((at["x"], at["y"], at["x"] + at["w"], at["y"] + at["h"], panel["title"]))
    for a, b in combinations(taken, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a[4], b[4])


def test_the_dashboard_shows_what_was_promised() -> None:
    kinds = {x["type"] for x in panels()}
    assert {"stat", "timeseries", "heatmap", "table", "row"} <= kinds
    (scores,) = [x for x in panels() if x["type"] == "heatmap"]
    assert "faultlens_score_bucket" in scores["targets"][0]["expr"]
    assert scores["targets"][0]["format"] == "heatmap"


def test_each_alert_says_how_bad_it_is_what_is_wrong_and_what_to_do() -> None:
    names = [x["alert"] for x in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert " · " in rule["annotations"]["summary"]  # in Chinese too
        assert rule["annotations"]["description"].endswith((".", "?"))


def test_the_rules_stand_where_prometheus_looks_for_them() -> None:
    stated = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_bytes())
    assert stated["rule_files"] == ["/etc/prometheus/alerts.yml"]
    assert stated["scrape_configs"][0]["job_name"] == "faultlens"
    down = next(x["expr"] for x in RULES if x["alert"] == "FaultlensDown")
    assert 'job="faultlens"' in down
