"""The systemd units are such, are confined, and let what they run finish."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from faultlens.line.watch import SHIP_S
from faultlens.service.settings import ServiceSettings
from tests.deploy.stated import text_of

ANALYZE = shutil.which("systemd-analyze")
WORST_EXPOSURE = 2.0
"""Of 10, as `systemd-analyze security` counts; below 2 it says "OK"."""


UNITS = ("faultlens.service", "faultlens-watch.service")


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit, with a program that is on this machine."""
    path = tmp_path / str(request.param)
    text = text_of(path.name).replace("/opt/faultlens/bin/faultlens", "/bin/true")
    path.write_text(text, encoding="utf-8")
    return path


def said(unit: Path, *words: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *words, str(unit)], capture_output=True, text=True)


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze comes with systemd")
def test_systemd_understands_every_line(unit: Path) -> None:
    run = said(unit, "verify")
    assert run.returncode == 0
    assert unit.name not in run.stderr


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze comes with systemd")
def test_little_of_the_machine_is_exposed(unit: Path) -> None:
    told = said(unit, "security", "--offline=true").stdout
    found = re.search(r"Overall exposure level \D*([\d.]+)", told)
    if found is None:
        pytest.skip("this systemd-analyze judges no files")
    assert float(found[1]) <= WORST_EXPOSURE


def test_the_service_gets_its_time_and_its_workers_no_signal_of_their_own() -> None:
    text = text_of("faultlens.service")
    stop = re.search(r"^TimeoutStopSec=(\d+)$", text, flags=re.MULTILINE)
    settings = ServiceSettings()
    assert stop is not None
    assert int(stop[1]) > settings.drain_s + settings.stop_timeout_s + 5
    assert "\nKillMode=mixed\n" in text
    assert "\nDynamicUser=yes\n" in text


def test_a_line_goes_on_after_a_crash_and_waits_for_a_person_after_a_fault_of_its_file() -> None:
    text = text_of("faultlens-watch.service")
    assert "\nRestart=always\nRestartSec=2\n" in text and "\nRestartPreventExitStatus=2\n" in text
    stop = re.search(r"^TimeoutStopSec=(\d+)$", text, flags=re.MULTILINE)
    assert stop is not None and int(stop[1]) > SHIP_S + 15
