"""A service that cannot start says why in words; what was made for it is gone."""

import asyncio

import pytest
from starlette.types import Message

from faultlens.core.errors import BundleError, UnknownNameError
from faultlens.service import app as module
from faultlens.service.app import create_app
from faultlens.service.settings import ServiceSettings
from tests.service.standin import StandInHost


def started(refusal: Exception) -> list[Message]:
    """What a server is told that starts an application whose host refuses."""
    host = StandInHost()
    host.refusal = refusal
    app = create_app(ServiceSettings(), host)  # type: ignore[arg-type]
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        told.append(message)

    with pytest.raises(type(refusal)):
        asyncio.run(app({"type": "lifespan"}, receive, send))
    return told


def test_an_error_of_ours_is_told_in_its_words() -> None:
    (told,) = started(BundleError("/srv/mine is no bundle."))
    assert told == {
        "type": "lifespan.startup.failed",
        "message": "faultlens: /srv/mine is no bundle.",
    }


def test_another_error_keeps_its_traceback() -> None:
    (told,) = started(ZeroDivisionError("nobody foresaw it"))
    assert "Traceback" in told["message"]


def test_settings_are_read_when_the_application_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAULTLENS_ROOT_PATH", "/lens")
    monkeypatch.delitem(vars(module), "app", raising=False)
    made = module.app
    assert made.state.service.settings.root_path == "/lens"
    assert module.app is made
    monkeypatch.delitem(vars(module), "app")


def test_a_wrong_setting_ends_the_server_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAULTLENS_WORKERS", "many")
    monkeypatch.delitem(vars(module), "app", raising=False)
    with pytest.raises(SystemExit, match="faultlens: FAULTLENS_WORKERS is 'many'"):
        module.app  # noqa: B018


def test_a_setting_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTLENS_WORKER", "2")
    with pytest.raises(UnknownNameError, match="FAULTLENS_WORKERS"):
        create_app()


def test_the_module_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="no attribute 'application'"):
        module.application  # noqa: B018
