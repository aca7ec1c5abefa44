"""What is served besides judgements: models, profiles, the knowledge base, health and pages."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from faultlens.core.errors import UnknownNameError
from faultlens.hosting.host import Host
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import Answer, Problem
from faultlens.profiles.profile import Profile
from faultlens.service.app import create_app
from faultlens.service.problems import KINDS
from faultlens.service.settings import ServiceSettings
from tests.service.standin import StandInHost

MADE = Profile("pump-7", "builtin/bearing@0", 0.9, 0.01, 0.01, 1, (0.2,), "6205")


@pytest.fixture
def host() -> StandInHost:
    host = StandInHost()
    host.plan = HostPlan()
    return host


@pytest.fixture
def client(host: StandInHost, tmp_path: Path) -> Iterator[TestClient]:
    settings = ServiceSettings(profiles_dir=str(tmp_path))
    with TestClient(create_app(settings, host)) as client:  # type: ignore[arg-type]
        yield client


def test_health_is_what_the_guides_check_expects(client: TestClient) -> None:
    told = client.get("/health").json()
    assert told["status"] == "healthy"
    assert told["model_loaded"] is True
    assert told["device"] == "cpu"


def test_head_is_answered_where_get_is(client: TestClient) -> None:
    for path in ("/health", "/livez", "/readyz", "/metrics", "/docs", "/openapi.json"):
        assert client.head(path).status_code == 200
    assert client.head("/nowhere").status_code == 404
    refused = client.head("/v1/inspect")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert client.post("/health").headers["allow"] == "GET, HEAD"


def test_what_is_not_ready_says_so(client: TestClient, host: StandInHost) -> None:
    host.state = replace(host.state, ready=False)
    for path in ("/health", "/readyz"):
        got = client.get(path)
        assert (got.status_code, got.json()["type"]) == (503, "/problems/not-ready")
        assert got.headers["retry-after"] == "1"
    assert client.get("/livez").status_code == 200


def test_a_service_that_is_about_to_stop_is_not_ready_but_answers(client: TestClient) -> None:
    client.app.state.service.drain.begun = True  # type: ignore[attr-defined]
    assert client.get("/readyz").json()["type"] == "/problems/stopping"
    got = client.post("/v1/inspect", files={"file": b"1"})
    assert (got.status_code, got.headers["connection"]) == (200, "close")


def test_models_are_listed_with_their_cards(client: TestClient) -> None:
    table = client.get("/v1/models").json()
    models = {x["name"]: x for x in table["models"]}
    assert set(models) == {"builtin/bearing", "builtin/physics", "builtin/scan", "builtin/surface"}
    assert models["builtin/surface"]["card"]["licence"]
    assert models["builtin/bearing"]["reference"].startswith("builtin/bearing@")
    assert table["verbs"]["diagnose"]["names"] == ["builtin/bearing", "builtin/physics"]
    assert table["verbs"]["inspect"]["model"] == "builtin/surface@0"


def test_a_damaged_model_says_so_without_its_place(tmp_path: Path, host: StandInHost) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "manifest.json").write_text("{")
    host.plan = HostPlan(models_dir=str(tmp_path))
    with TestClient(create_app(ServiceSettings(), host)) as client:  # type: ignore[arg-type]
        mine = next(x for x in client.get("/v1/models").json()["models"] if x["name"] == "mine")
    assert mine["card"] is None
    assert "manifest.json" in mine["problem"]
    assert str(tmp_path) not in mine["problem"]


def test_a_verb_gets_another_model(client: TestClient, host: StandInHost) -> None:
    got = client.put("/v1/models/inspect", json={"model": "shaft-2026"})
    assert got.json() == {"verb": "inspect", "model": "shaft-2026@1"}
    assert host.swapped == [("inspect", "shaft-2026")]


def test_a_model_that_is_none_changes_nothing(client: TestClient, host: StandInHost) -> None:
    host.refusal = UnknownNameError("model", "shaft", ["builtin/surface"])
    got = client.put("/v1/models/inspect", json={"model": "shaft"})
    assert (got.status_code, got.json()["type"]) == (422, "/problems/unknown-name")
    assert client.put("/v1/models/measure", json={"model": "shaft"}).status_code == 422
    assert client.put("/v1/models/inspect", json={"model": "/etc"}).status_code == 422
    assert client.put("/v1/models/inspect", content=b"{").status_code == 422
    assert client.put("/v1/models/inspect", content=b" " * 10_001).status_code == 413


def test_a_profile_is_checked_kept_listed_and_removed(
    client: TestClient, host: StandInHost, tmp_path: Path
) -> None:
    MADE.save(tmp_path / "made")
    body = (tmp_path / "made").read_bytes()
    host.answers["line 1.profile"] = Answer(b"{}")
    host.answers["pump-7.profile"] = Answer(json.dumps({"of": "recordings"}).encode())
    put = client.put("/v1/profiles/pump-7", content=body)
    assert put.json() == {"of": "recordings", "name": "pump-7"}
    assert (host.tasks[0].verb, host.contents[0]) == ("check-profile", body)
    assert (tmp_path / "pump-7.profile").read_bytes() == body
    (listed,) = client.get("/v1/profiles").json()["profiles"]
    assert (listed["name"], listed["threshold"], listed["of"]) == ("pump-7", 0.9, "recordings")
    assert client.delete("/v1/profiles/pump-7").status_code == 204
    assert client.get("/v1/profiles").json() == {"profiles": []}
    assert client.delete("/v1/profiles/pump-7").status_code == 404


def test_what_is_no_profile_leaves_the_one_that_is_there(
    client: TestClient, host: StandInHost, tmp_path: Path
) -> None:
    MADE.save(tmp_path / "pump-7.profile")
    before = (tmp_path / "pump-7.profile").read_bytes()
    problem = Problem(422, "unreadable-file", "The file cannot be used", "It is no profile.")
    host.answers["pump-7.profile"] = Answer(problem=problem)
    got = client.put("/v1/profiles/pump-7", content=b"x")
    assert (got.status_code, got.json()["detail"]) == (422, "It is no profile.")
    assert (tmp_path / "pump-7.profile").read_bytes() == before


def test_a_profile_that_is_damaged_is_listed_with_its_problem(
    client: TestClient, tmp_path: Path
) -> None:
    (tmp_path / "pump-8.profile").write_text("{}")
    (listed,) = client.get("/v1/profiles").json()["profiles"]
    assert listed["name"] == "pump-8"
    assert "pump-8.profile is not a profile" in listed["problem"]
    assert str(tmp_path) not in listed["problem"]


@pytest.mark.parametrize("name", ["..%2f..%2fetc", ".hidden", "a%20b", "a" * 101])
def test_the_name_of_a_profile_is_no_path(client: TestClient, name: str) -> None:
    assert client.put(f"/v1/profiles/{name}", content=b"x").status_code in (404, 422)
    assert client.delete(f"/v1/profiles/{name}").status_code in (404, 422)


def test_without_a_folder_there_are_no_profiles(host: StandInHost) -> None:
    with TestClient(create_app(ServiceSettings(), host)) as client:  # type: ignore[arg-type]
        assert client.get("/v1/profiles").json() == {"profiles": []}
        got = client.put("/v1/profiles/pump-7", content=b"x")
        assert (got.status_code, "FAULTLENS_PROFILES_DIR" in got.text) == (404, True)


def test_the_knowledge_base_is_told_in_both_languages(client: TestClient) -> None:
    known = client.get("/v1/faults").json()
    faults = {x["key"]: x for x in known["faults"]}
    assert faults["inner_race"]["names"] == {"en": "inner race fault", "zh": "内圈故障"}
    assert faults["inner_race"]["description"]["zh"]
    defects = {x["key"]: x for x in known["defects"]}
    assert defects["crack"]["names"]["zh"] == "裂纹"
    assert defects["crack"]["sets"][0] in [x["key"] for x in known["sets"]]


@pytest.mark.parametrize("path", ["/problems/busy", "/problems"])
def test_the_type_of_a_problem_leads_to_what_it_means(client: TestClient, path: str) -> None:
    got = client.get(path)
    assert got.headers["content-type"].startswith("text/plain")
    assert "503 Busy" in got.text
    assert client.get("/problems/none").status_code == 404


def test_every_kind_of_problem_has_an_advice() -> None:
    assert all(x.advice.endswith(".") and not x.title.endswith(".") for x in KINDS.values())


def test_a_path_or_a_method_that_is_none_is_a_problem(client: TestClient) -> None:
    missing = client.get("/v1/%C2%84x")
    assert (missing.status_code, missing.json()["instance"]) == (404, "/v1/%C2%84x")
    wrong = client.post("/v1/profiles/pump-7")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "DELETE, PUT")
    assert client.get("/v1/inspect/").status_code == 404


def test_metrics_count_what_was_asked(client: TestClient) -> None:
    client.post("/v1/inspect", files={"file": b"1"})
    page = client.get("/metrics").text
    assert 'route="/v1/inspect"' in page


def test_settings_reach_the_host() -> None:
    settings = ServiceSettings(batch_wait_ms=5, workers=3, inspect_model="a", diagnose_model="b",
                               measure_model="c")  # fmt: skip
    service = create_app(settings).state.service
    assert isinstance(service.host, Host)
    plan = service.host.plan
    assert (plan.batch_wait_s, plan.workers) == (0.005, 3)
    assert plan.models == {"match": "a", "inspect": "a", "diagnose": "b", "measure": "c"}
