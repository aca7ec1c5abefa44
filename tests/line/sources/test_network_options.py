"""line.toml fills the options of sources over the network, and says each fault with its line."""

from pathlib import Path

import pytest

from faultlens.line.configuration.faults import WrongLineFile
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.sources.http import HttpOptions
from faultlens.line.sources.mqtt import MqttSourceOptions
from faultlens.line.sources.registry import SOURCES


def written(folder: Path, *tables: str) -> Path:
    path = folder / "line.toml"
    path.write_text("\n".join(('[line]\nname = "press"', *tables)), encoding="utf-8")
    return path


def test_both_kinds_are_filled_and_made_without_connecting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINE_SECRET", "s3cret-s3cret-s3cret")
    hall = """
[source.hall]
kind = "mqtt"
host = "broker.plant"
user = "line"
password = "env:LINE_SECRET"
ca = "plant.pem"
topic = "plant/{channel}/blocks"
window_s = 1.0
[source.hall.channels.pump]
rpm = 1480
"""
    gate = """
[source.gate]
kind = "http"
host = "0.0.0.0"
key = "env:LINE_SECRET"
mm_per_pixel = 0.05
"""
    config = read_line_config(written(tmp_path, hall, gate))
    mqtt, http = config.sources
    assert isinstance(mqtt.options, MqttSourceOptions)
    assert (mqtt.options.place, mqtt.options.ca) == (
        "mqtts://broker.plant:8883", tmp_path / "plant.pem",
    )  # fmt: skip
    assert isinstance(http.options, HttpOptions)
    assert http.options.key == "s3cret-s3cret-s3cret"
    assert "s3cret" not in repr(config)
    for source in (mqtt, http):
        SOURCES[source.kind].opened(source)


def test_faults_come_all_at_once_each_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[source.hall]\nkind = "mqtt"\nhost = "broker"\ntopic = "p"\ngap_s = 0\nversion = "4"',
        '[source.gate]\nkind = "http"\nhost = "0.0.0.0"\nport = 70000\nbody = 1',
    )
    with pytest.raises(WrongLineFile) as raised:
        read_line_config(path)
    lines = {fault.line: fault.message for fault in raised.value.faults}
    assert "gap_s is 0" in lines[7]
    assert "version is '4'" in lines[8]
    assert "port is 70000" in lines[12]
    assert "Unknown key 'body'" in lines[13]
