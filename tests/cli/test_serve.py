"""`faultlens serve` puts options over the environment, makes keys, and says why it cannot start."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faultlens.cli.main import app
from faultlens.core.errors import UsageError
from faultlens.hosting.accounts import Accounts
from faultlens.hosting.key_file import Role
from faultlens.service.settings import ServiceSettings

CALLED = "faultlens.service.serve.serve"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ServiceSettings]:
    """Settings with which the server was started."""
    seen: list[ServiceSettings] = []

    def serve(settings: ServiceSettings, *, ready: Any) -> None:
        seen.append(settings)
        ready("http://127.0.0.1:1")

    monkeypatch.setattr(CALLED, serve)
    return seen


def run(*arguments: str) -> None:
    app(["serve", *arguments], standalone_mode=False)


def test_an_option_beats_its_variable(
    asked: list[ServiceSettings],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FAULTLENS_PORT", "1234")
    monkeypatch.setenv("FAULTLENS_WORKERS", "7")
    run("--port", "0", "--model", "shaft", "--models", str(tmp_path), "--profiles", str(tmp_path))
    (settings,) = asked
    assert (settings.port, settings.workers) == (0, 7)
    assert (settings.inspect_model, settings.match_reference) == ("shaft", "shaft")
    assert (settings.models_dir, settings.profiles_dir) == (str(tmp_path), str(tmp_path))
    assert capsys.readouterr().out == "faultlens serves at http://127.0.0.1:1\n"


def test_quiet_is_quiet(asked: list[ServiceSettings], capsys: pytest.CaptureFixture[str]) -> None:
    run("--quiet")
    assert capsys.readouterr().out == ""
    assert asked == [ServiceSettings()]


@pytest.mark.parametrize(
    ("wanted", "name", "role"),
    [("line-3", "line-3", Role.INFER), ("chief:admin", "chief", Role.ADMIN)],
)
def test_a_key_is_made_and_shown_once(
    asked: list[ServiceSettings],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wanted: str,
    name: str,
    role: Role,
) -> None:
    file = tmp_path / "keys.toml"
    run("--keys", str(file), "--add-key", wanted)
    out, err = capsys.readouterr()
    account = Accounts(file).of(out.strip())
    assert account is not None
    assert (account.name, account.role) == (name, role)
    assert out.strip() not in err + file.read_text()
    assert asked == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--add-key", "line-3"], "--keys"),
        (["--add-key", "line-3:chief", "--keys", "keys.toml"], "read, infer, admin"),
        (["--port", "99999"], "PORT"),
        (["--device", "abacus"], "DEVICE"),
        (["--profiles", "no/such/folder"], "no/such/folder"),
    ],
)
def test_what_cannot_be_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], words: str
) -> None:
    # From an empty folder: were what is named there, a server would start here and not end.
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        run(*arguments)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(UsageError, match=f"port {port}: Address already in use"):
            run("--port", port)


def test_a_model_that_is_none_ends_the_start_with_words(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    command = [sys.executable, "-m", "faultlens", "serve", "--port", "0", "--workers", "1"]
    run = subprocess.run(
        [*command, "--model", str(mine)], capture_output=True, text=True, timeout=300
    )
    *logged, words = run.stderr.splitlines()
    assert words.startswith(f"faultlens: {mine} is no bundle")
    assert all(json.loads(x)["level"] == "warning" for x in logged)
    assert (run.returncode, run.stdout) == (3, "")
