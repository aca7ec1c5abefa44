"""What pip installs is the whole package: modules, tables, templates, fonts and py.typed."""

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return zipfile.ZipFile(next(folder.glob("faultlens-*.whl")))


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    source = {
        x.relative_to(ROOT / "src").as_posix()
        for x in (ROOT / "src" / "faultlens").rglob("*")
        if x.is_file() and "__pycache__" not in x.parts
    }
    packed = {x for x in wheel.namelist() if x.startswith("faultlens/")}
    assert packed == source
    assert "faultlens/py.typed" in packed


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    facts = next(x.split("/")[0] for x in wheel.namelist() if ".dist-info/" in x)
    points = wheel.read(f"{facts}/entry_points.txt").decode()
    assert "faultlens = faultlens.cli.main:main" in points
    assert f"{facts}/licenses/LICENSE" in wheel.namelist()


def test_the_wheel_is_light(wheel: zipfile.ZipFile) -> None:
    sizes = {x.filename: x.file_size for x in wheel.infolist()}
    models: Counter[str] = Counter()
    for name, size in sizes.items():
        if name.startswith("faultlens/builtin/"):
            models[name.split("/")[2]] += size
    # The rest is code, tables, and one font cut to the glyphs in use.
    assert sum(sizes.values()) - models.total() < 5e6
    assert max(models.values()) < 12e6, models
