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
    models: Counter[str] = Counter()
    line: Counter[str] = Counter()
    surfaces: Counter[str] = Counter()
    others = {}
    for file in wheel.infolist():
        if file.filename.startswith("faultlens/builtin/"):
            models[file.filename.split("/")[2]] += file.file_size
        elif not file.filename.endswith("/RECORD"):  # pip's list of the files
            others[file.filename] = file
        if file.filename.startswith(("faultlens/line/", "faultlens/store/")):
            line[file.filename] = file.file_size
        if file.filename.startswith("faultlens/surfaces/"):
            surfaces[file.filename] = file.file_size
    # The rest is code, tables, and one font cut to the glyphs in use, which is weighed by itself,
    # and so are the rooms of the line and of scans; no other file may be large, so that no data
    # slips in.
    font = "faultlens/reports/fonts/faultlens-han.ttf"
    assert others[font].file_size < 1.1e6
    assert line.total() < 1.5e6
    assert surfaces.total() < 0.7e6
    rooms = others[font].file_size + line.total() + surfaces.total()
    assert sum(x.file_size for x in others.values()) - rooms < 5e6
    assert sum(x.compress_size for x in others.values()) < 3e6
    large = [x for x, file in others.items() if file.file_size > 50_000]
    assert large == [font]
    assert max(models.values()) < 12e6, models
