"""Both clients and the service's HTTP understand each other, in success, refusal and restart.

The host stands in for workers; docs/deployment.md's test asks real ones.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from faultlens.core.errors import ServiceError
from faultlens.hosting.key_file import Role, add_key
from faultlens.hosting.refusals import Busy
from faultlens.hosting.task import Answer, Problem
from faultlens.service.app import create_app
from faultlens.service.listener import listening_socket
from faultlens.service.settings import ServiceSettings
from tests.client.asking import Asking
from tests.service.standin import StandInHost
from tests.timing import eventually


@contextmanager
def running(settings: ServiceSettings, host: StandInHost) -> Iterator[int]:
    """The service with a host that stands in; its port."""
    listener = listening_socket("127.0.0.1", settings.port)
    config = uvicorn.Config(create_app(settings, host), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        eventually(lambda: server.started)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    return {x.word: add_key(tmp_path / "keys.toml", x.word, x) for x in Role}


@pytest.fixture
def host() -> StandInHost:
    return StandInHost()


@pytest.fixture
def service(host: StandInHost, keys: dict[str, str], tmp_path: Path) -> Iterator[str]:
    settings = ServiceSettings(port=0, api_keys_file=str(tmp_path / "keys.toml"))
    with running(settings, host) as port:
        yield f"http://127.0.0.1:{port}"


def test_what_is_asked_arrives_and_what_is_answered_comes_back(
    ask: Asking, service: str, host: StandInHost, keys: dict[str, str]
) -> None:
    client = {"url": service, "key": keys["infer"]}
    bearing = {
        "rolling_elements": 9, "ball_diameter_mm": 7.94, "pitch_diameter_mm": 39.04,
        "contact_angle_deg": 0.0,
    }  # fmt: skip
    options: dict[str, Any] = {
        "faults": ["外圈点蚀", "worn cage"], "shaft_rpm": 1772, "bearing": bearing,
        "speed_tolerance": 0.01, "sample_rate_hz": 12000, "channel": 1, "lang": "zh",
    }  # fmt: skip
    result = ask(None, "diagnose", ("line 3/pump 7.csv", b"1\n2\n"), client=client, **options)
    assert (result.file, result.verdict) == ("pump 7.csv", "crack")
    assert host.contents[-1] == b"1\n2\n"
    sent = host.tasks[-1].options
    assert {name: sent[name] for name in options} == options

    options = {"defects": ["rust"], "part": "shaft", "scales": [0.5, 1.0], "mm_per_pixel": 0.05}
    ask(None, "inspect", b"P", client=client, **options)
    sent = host.tasks[-1].options
    assert {name: sent[name] for name in options} == options
    assert ask(None, "overlay", b"P", client=client).startswith(b"\x89PNG")
    assert ask(None, "figure", ("a.csv", b"1"), client=client).startswith(b"\x89PNG")

    matches = ask(None, "match", b"P", ["a crack", "rust"], client=client)
    assert [(x.prompt, x.similarity_score) for x in matches] == [("a crack", 0.5), ("rust", 0.5)]
    assert ask(None, "health", client=client)["status"] == "healthy"
    assert ask(None, "faults", client=client)["faults"]
    assert ask(None, "profiles", client=client) == {"profiles": []}


def test_a_batch_names_what_the_service_refused(
    ask: Asking, service: str, host: StandInHost, keys: dict[str, str]
) -> None:
    said = Problem(422, "unusable-signal", "Nothing can be concluded", "b.csv is silent.")
    host.answers["b.csv"] = Answer(problem=said)
    files = [(f"{x}.csv", b"1") for x in "abc"]
    outcomes = ask(None, "diagnose_many", files, client={"url": service, "key": keys["infer"]})
    assert [x.result.file if x.result else None for x in outcomes] == ["a.csv", None, "c.csv"]
    error = outcomes[1].error
    assert (error.status, error.slug, error.detail) == (422, "unusable-signal", "b.csv is silent.")
    assert len(error.request_id) == 16


def test_roles_are_told_apart(
    ask: Asking, service: str, host: StandInHost, keys: dict[str, str]
) -> None:
    for key, status in ((None, 401), ("fl_wrong", 401), (keys["read"], 403)):
        with pytest.raises(ServiceError) as error:
            ask(None, "diagnose", b"1", client={"url": service, "key": key})
        assert error.value.status == status
    admin = {"url": service, "key": keys["admin"]}
    told = ask(None, "use_model", "inspect", "builtin/surface", client=admin)
    assert host.swapped == [("inspect", "builtin/surface")]
    assert told["model"] == "builtin/surface@1"


def test_a_busy_service_is_asked_again_after_as_long_as_it_says(
    ask: Asking, service: str, host: StandInHost, keys: dict[str, str]
) -> None:
    host.refusal = Busy(7)

    def free() -> None:
        host.refusal = None

    ask.on_wait = free
    result = ask(None, "diagnose", b"1", client={"url": service, "key": keys["infer"]})
    assert result.verdict == "crack"
    assert len(ask.waits_s) == 1
    assert ask.waits_s[0] == pytest.approx(7, abs=0.01)


def test_a_service_that_starts_anew_is_met_again(ask: Asking, host: StandInHost) -> None:
    with running(ServiceSettings(port=0), host) as port:
        pass
    with pytest.raises(ServiceError, match="Is it running"):
        ask(None, "health", client={"url": f"http://127.0.0.1:{port}"})
    client = {"url": f"http://127.0.0.1:{port}"}
    with ExitStack() as again:

        def third_time() -> None:
            if len(ask.waits_s) == 2:
                again.enter_context(running(ServiceSettings(port=port), host))

        ask.on_wait = third_time
        result = ask(None, "diagnose", b"1", client=client)
    assert (result.verdict, len(ask.waits_s)) == ("crack", 2)
