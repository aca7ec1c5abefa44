"""A key opens what its role allows, as often as its rate allows; without one there is a 401."""

import logging
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from faultlens.core.errors import UsageError
from faultlens.hosting.accounts import Accounts
from faultlens.hosting.key_file import Account, Role, add_key
from faultlens.service.facts import new_facts
from faultlens.service.problems import tell_problems
from faultlens.service.refused import Refused
from faultlens.service.security import Gate, allow_origins, needs
from faultlens.service.settings import ServiceSettings

TODAY = date(2027, 1, 31)


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "keys.toml"
    keys = {x.word: add_key(file, x.word, x) for x in Role}
    keys["old"] = add_key(file, "old", Role.ADMIN, expires=date(2027, 1, 30))
    keys["last"] = add_key(file, "last", Role.ADMIN, expires=TODAY)
    keys["slow"] = add_key(file, "slow", Role.READ, requests_per_minute=4.0)
    return keys


@pytest.fixture
def gate(tmp_path: Path, keys: dict[str, str], clock: Clock) -> Gate:
    return Gate(Accounts(tmp_path / "keys.toml"), 60.0, clock, lambda: TODAY)


@pytest.fixture
def client(gate: Gate) -> TestClient:
    app = FastAPI()
    app.state.gate = gate
    tell_problems(app)

    @app.get("/read", dependencies=[needs(Role.READ)])
    async def read() -> str:
        return "read"

    @app.post("/infer", dependencies=[needs(Role.INFER)])
    async def infer(request: Request) -> int:
        return len(await request.body())

    @app.put("/admin", dependencies=[needs(Role.ADMIN)])
    async def admin() -> str:
        return "admin"

    return TestClient(app)


@pytest.mark.parametrize(
    ("role", "allowed"), [("read", (1, 0, 0)), ("infer", (1, 1, 0)), ("admin", (1, 1, 1))]
)
def test_a_role_opens_itself_and_those_before_it(
    client: TestClient, keys: dict[str, str], role: str, allowed: tuple[int, ...]
) -> None:
    for headers in ({"Authorization": f"Bearer {keys[role]}"}, {"X-API-Key": keys[role]}):
        asked = (("GET", "/read"), ("POST", "/infer"), ("PUT", "/admin"))
        for (method, path), opens in zip(asked, allowed, strict=True):
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == (200 if opens else 403)
            if not opens:
                assert answer.json()["type"] == "/problems/forbidden"
                assert f"has the role {role}" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": "Bearer wrong"}, {"X-API-Key": "wrong"}, {"X-API-Key": ""},
        {"Authorization": "Bearer "}, {"Authorization": "Basic YTpi"}, {"Authorization": "x"},
        {"X-API-Key": "x" * 100_000}, {"Authorization": "Bearer ü".encode()},
    ],
)  # fmt: skip
def test_without_a_right_key_there_is_a_401_that_says_how_to_send_one(
    client: TestClient, headers: dict[str, str | bytes]
) -> None:
    sent = [(k.encode(), v if isinstance(v, bytes) else v.encode()) for k, v in headers.items()]
    answer = client.get("/read", headers=sent)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="faultlens"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Authorization: Bearer KEY" in answer.json()["detail"]
    assert "wrong" not in answer.text


def test_a_key_works_on_its_last_day_and_not_after(gate: Gate, keys: dict[str, str]) -> None:
    assert gate.admit(keys["last"], "::1", Role.ADMIN).name == "last"
    with pytest.raises(Refused, match="'old' expired on 2027-01-30"):
        gate.admit(keys["old"], "::1", Role.READ)


def test_who_asks_too_often_is_told_when_to_come_again(
    client: TestClient, keys: dict[str, str], clock: Clock
) -> None:
    slow = {"X-API-Key": keys["slow"]}
    assert client.get("/read", headers=slow).status_code == 200
    refused = client.get("/read", headers=slow)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "15"
    assert "4 a minute are allowed" in refused.json()["detail"]
    # Another's rate is another matter, and the setting's holds for who states none: 60 a minute.
    others = [client.get("/read", headers={"X-API-Key": keys["read"]}) for _ in range(16)]
    assert [x.status_code for x in others] == [200] * 15 + [429]
    clock.now_s += 15
    assert client.get("/read", headers=slow).status_code == 200


def test_wrong_keys_from_one_network_are_slowed_and_a_right_one_there_is_served(
    gate: Gate, keys: dict[str, str], clock: Clock
) -> None:
    def status(key: str, peer: str) -> int:
        try:
            gate.admit(key, peer, Role.READ)
        except Refused as error:
            return error.problem.status
        return 200

    # 20 a minute: a burst of 5.
    assert [status("wrong", "10.0.0.1") for _ in range(6)] == [401] * 5 + [429]
    assert status("wrong", "10.0.0.2") == 401
    assert status(keys["read"], "10.0.0.1") == 200
    # Whoever has an address of IPv6 has the 2**64 beside it.
    assert [status("wrong", f"2001:db8::{n}") for n in range(1, 7)] == [401] * 5 + [429]
    assert status("wrong", "2001:db8:0:1::1") == 401
    clock.now_s += 3
    assert status("wrong", "10.0.0.1") == 401


def test_the_account_is_noted_for_the_log(gate: Gate, keys: dict[str, str]) -> None:
    with new_facts() as about:
        gate.admit(keys["read"], "::1", Role.READ)
    assert about.account == "read"


def test_a_refused_request_is_refused_before_its_body_is_read(
    client: TestClient, keys: dict[str, str]
) -> None:
    def body() -> object:
        raise AssertionError("the body was read")
        yield b""

    answer = client.post("/infer", content=body(), headers={"X-API-Key": keys["read"]})
    assert answer.status_code == 403


def test_the_openapi_document_asks_for_a_key(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"] == {
        "bearer": {
            "type": "http", "scheme": "bearer", "description": "`Authorization: Bearer KEY`",
        },
        "key": {
            "type": "apiKey", "in": "header", "name": "X-API-Key",
            "description": "`X-API-Key: KEY`",
        },
    }  # fmt: skip
    # Two entries: either will do.
    assert document["paths"]["/infer"]["post"]["security"] == [{"bearer": []}, {"key": []}]


def test_without_a_file_everybody_may_do_everything_and_the_log_warns(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate.of(ServiceSettings())
    gate.warn_if_open()
    assert gate.open
    assert gate.admit(None, "", Role.ADMIN) == Account("", Role.ADMIN)
    assert "There are no API keys" in caplog.text


def test_a_file_that_is_named_and_absent_is_no_open_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UsageError, match="There is no file of keys"):
        Gate.of(ServiceSettings(api_keys_file=str(tmp_path / "keys.toml")))
    add_key(tmp_path / "keys.toml", "a", Role.READ)
    gate = Gate.of(ServiceSettings(api_keys_file=str(tmp_path / "keys.toml")))
    gate.warn_if_open()
    assert not gate.open
    assert caplog.text == ""


def test_no_key_is_in_what_is_logged_or_told(
    client: TestClient, keys: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    for key in (*keys.values(), "fl_" + "w" * 43):
        for method, path in (("GET", "/read"), ("PUT", "/admin")):
            answer = client.request(method, path, headers={"Authorization": f"Bearer {key}"})
            told += answer.text + str(answer.headers)
    for key in (*keys.values(), "fl_" + "w" * 43):
        assert key not in told
        assert key not in caplog.text


def test_pages_of_other_origins_may_ask_only_where_the_settings_name_them() -> None:
    def asked(cors_origins: str, origin: str) -> str | None:
        app = FastAPI()
        allow_origins(app, ServiceSettings(cors_origins=cors_origins))
        headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        answer = TestClient(app).options("/x", headers=headers)
        found: str | None = answer.headers.get("Access-Control-Allow-Origin")
        return found

    assert asked("", "https://a.example") is None
    assert asked("https://a.example", "https://a.example") == "https://a.example"
    assert asked("https://a.example", "https://b.example") is None
    assert asked("*", "https://b.example") == "*"
