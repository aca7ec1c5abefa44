"""Every route of the application needs the role that it should; figures follow what was asked."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from faultlens.hosting.key_file import Role, add_key
from faultlens.service.app import create_app
from faultlens.service.settings import ServiceSettings
from tests.service.standin import StandInHost

OPEN = {"/health", "/livez", "/readyz", "/problems", "/problems/{slug}", "/docs", "/openapi.json"}
"""What tells nothing of anybody's parts or models; probes and browsers bring no key."""

BY_METHOD = {"get": Role.READ, "post": Role.INFER, "put": Role.ADMIN, "delete": Role.ADMIN}


DOCUMENT = create_app(ServiceSettings(), StandInHost()).openapi()  # type: ignore[arg-type]
ROUTES = [(method, path) for path, item in DOCUMENT["paths"].items() for method in item]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keys(folder: Path) -> dict[Role, str]:
    return {role: add_key(folder / "keys.toml", role.word, role) for role in Role}


@pytest.fixture(scope="module")
def client(folder: Path, keys: dict[Role, str]) -> Iterator[TestClient]:
    profiles = folder / "profiles"
    profiles.mkdir()
    settings = ServiceSettings(
        api_keys_file=str(folder / "keys.toml"), profiles_dir=str(profiles), log_level="error"
    )
    with TestClient(create_app(settings, StandInHost())) as client:  # type: ignore[arg-type]
        yield client


def test_the_table_of_routes_is_the_contracts() -> None:
    paths = {path for _, path in ROUTES}
    assert paths >= {
        "/health", "/livez", "/readyz", "/metrics", "/match-image-text", "/v1/inspect",
        "/v1/diagnose", "/v1/models", "/v1/faults", "/v1/profiles",
    }  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_opens_to_its_role_and_to_no_less(
    client: TestClient, keys: dict[Role, str], method: str, path: str
) -> None:
    def status(key: str | None) -> int:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return client.request(method, re.sub(r"\{\w+\}", "x", path), headers=headers).status_code

    needed = Role.READ if path == "/metrics" else BY_METHOD[method]
    if path in OPEN:
        assert status(None) not in (401, 403)
        return
    assert status(None) == 401
    assert status("wrong") in (401, 429)
    for role, key in keys.items():
        assert (status(key) == 403) == (role < needed), f"{role.word} for {method} {path}"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_document_says_which_routes_need_a_key(method: str, path: str) -> None:
    asks = DOCUMENT["paths"][path][method].get("security")
    assert asks == (None if path in OPEN else [{"bearer": []}, {"key": []}])


def test_figures_and_log_follow_what_was_asked(
    client: TestClient, keys: dict[Role, str], caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("faultlens")
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.INFO)
    try:
        for name in ("secret-a.png", "secret-b.png"):
            answer = client.post(
                "/v1/inspect?secret=1",
                files={"file": (name, b"secret content", "image/png")},
                data={"request": json.dumps({"defects": ["secret crack"]})},
                headers={"Authorization": f"Bearer {keys[Role.INFER]}"},
            )
            assert answer.status_code == 200
    finally:
        logger.removeHandler(caplog.handler)
    lines = [vars(x) for x in caplog.records if x.name == "faultlens.requests"]
    assert [(x["route"], x["account"], x["files"]) for x in lines] == [
        ("/v1/inspect", "infer", 1), ("/v1/inspect", "infer", 1),
    ]  # fmt: skip
    told = json.dumps([vars(x) for x in caplog.records], default=str)
    assert "secret" not in told
    assert not any(key in told for key in keys.values())
    page = client.get("/metrics", headers={"X-API-Key": keys[Role.READ]}).text
    assert 'faultlens_requests_total{method="POST",route="/v1/inspect",status="200"} 2.0' in page
    assert 'faultlens_verdicts_total{alarm="false",verb="inspect",verdict="defect"} 2.0' in page
    assert 'faultlens_model_info{model="builtin/surface@0",verb="inspect"} 1.0' in page
    assert "secret" not in page


def test_a_page_of_a_named_origin_may_ask_and_can_read_why_it_was_refused(folder: Path) -> None:
    add_key(folder / "others.toml", "a", Role.READ)
    settings = ServiceSettings(
        api_keys_file=str(folder / "others.toml"), cors_origins="https://plant.example"
    )
    client = TestClient(create_app(settings, StandInHost()))  # type: ignore[arg-type]
    asks = {
        "Origin": "https://plant.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }  # fmt: skip
    preflight = client.options("/v1/inspect", headers=asks)
    assert preflight.status_code == 200
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    refused = client.get("/v1/models", headers={"Origin": "https://plant.example"})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "https://plant.example"
    assert "X-Request-ID" in refused.headers["Access-Control-Expose-Headers"]
    other = client.options("/v1/inspect", headers={**asks, "Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
