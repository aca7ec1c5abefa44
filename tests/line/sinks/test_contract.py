"""Every kind of sink: options of line.toml, made without connecting, and a failure is an error."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import FaultlensError
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.secret import Secret
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.registry import SINKS
from tests.line.alarm_steps import alarm_step
from tests.mosquitto_server import free_port

OPTIONS = {
    "email": 'host = "127.0.0.1"\nport = {port}\nsender = "line@plant.example"\n'
    'to = ["anna@plant.example"]\nsecurity = "none"\nuser = "line"\npassword = "env:LINE_SECRET"',
    "log": 'path = "secret.txt/alarms.jsonl"',
    "mqtt": 'host = "127.0.0.1"\nport = {port}\nuser = "line"\npassword = "file:secret.txt"',
    "opcua": 'url = "opc.tcp://127.0.0.1:{port}"\nnode_active = "ns=2;s=Alarm"',
    "webhook": 'url = "http://127.0.0.1:{port}/alarms"\nkey = "env:LINE_SECRET"',
}
"""Of each kind, with a receiver that is not there."""


def line_of(folder: Path, kind: str) -> Any:
    (folder / "secret.txt").write_text("s3cret-s3cret-s3cret\n", encoding="utf-8")
    path = folder / "line.toml"
    options = OPTIONS[kind].replace("{port}", str(free_port()))
    path.write_text(
        '[line]\nname = "press"\n[source.belt]\nkind = "folder"\npath = "in"\n'
        f'[sink.out]\nkind = "{kind}"\nsteps = ["raised"]\n{options}\n',
        encoding="utf-8",
    )
    return read_line_config(path)


def test_each_kind_has_a_line_here() -> None:
    assert set(SINKS) == set(OPTIONS)


@pytest.mark.parametrize("kind", OPTIONS)
def test_line_toml_fills_its_options_and_shows_no_secret(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINE_SECRET", "s3cret-s3cret-s3cret")
    (config,) = line_of(tmp_path, kind).sinks
    assert is_dataclass(config.options)
    secrets = [x for x in vars(config.options).values() if isinstance(x, Secret)]
    assert all(x == "s3cret-s3cret-s3cret" for x in secrets)
    assert "s3cret" not in repr(config)
    for field in fields(config.options):
        assert field.name not in ("name", "kind", "steps", "sources")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", OPTIONS)
def test_with_no_receiver_it_is_made_and_then_says_why_it_cannot_send(
    kind: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINE_SECRET", "s3cret-s3cret-s3cret")
    (config,) = line_of(tmp_path, kind).sinks
    sink = SINKS[kind].opened(config, language, tmp_path / "own")
    assert isinstance(sink, AbstractSink)
    with pytest.raises((FaultlensError, OSError)) as raised:
        sink.send(alarm_step())
    assert "s3cret" not in str(raised.value)
