"""The Dockerfile holds what a linter asks for, copies what there is, and is nobody's root.

No engine builds it here; `python -m tools.image_size` does its first stage by hand.
"""

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.deploy.stated import DEPLOY, ROOT, text_of, without_comments
from tools.image_size import instructions

HADOLINT = Path(sys.executable).parent / "hadolint"


def rows() -> list[tuple[str, str]]:
    """Instructions of both stages."""
    text = text_of("Dockerfile")
    second = re.sub(r"FROM (\S+)$", r"FROM \1 AS last", text, flags=re.MULTILINE)
    return [*instructions(text, "build"), *instructions(second, "last")]


def values(word: str) -> list[str]:
    return [rest for each, rest in rows() if each == word]


def copied() -> list[str]:
    """What is copied out of the repository."""
    lines = [x for x in values("COPY") if not x.startswith("--from=")]
    return [source for line in lines for source in line.split()[:-1]]


def reaches_the_builder(path: str) -> bool:
    """As .dockerignore says: the last line that fits decides."""
    reaches = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if not line or line.startswith("#"):
            continue
        fits = any(fnmatch(x, pattern) for x in (path, *map(str, Path(path).parents)))
        reaches = line.startswith("!") if fits else reaches
    return reaches


@pytest.mark.skipif(not HADOLINT.is_file(), reason="hadolint comes with the extra dev")
def test_the_linter_finds_nothing() -> None:
    run = subprocess.run([HADOLINT, DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "")


@pytest.mark.parametrize("path", copied())
def test_what_is_copied_is_there_and_reaches_the_builder(path: str) -> None:
    assert (ROOT / path).exists()
    assert reaches_the_builder(path)


def test_nothing_else_reaches_the_builder() -> None:
    for path in (".git", ".venv/bin/python", "deploy/secrets/keys.toml", "tests", "docs"):
        assert not reaches_the_builder(path)


def test_what_the_wheel_is_made_of_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {project["readme"], *project["license-files"], "constraints.txt"} <= set(copied())


def test_the_extra_that_is_installed_exists_and_brings_no_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extra,) = [x.removeprefix("EXTRAS=") for x in values("ARG") if x.startswith("EXTRAS=")]
    needs = [*project["dependencies"], *project["optional-dependencies"][extra]]
    assert not [x for x in needs if x.startswith(("torch", "transformers", "onnx>"))]


def test_the_modules_that_the_build_tries_exist() -> None:
    (tried,) = re.findall(r'-c "import ([^"]+)"', " ".join(values("RUN")))
    assert all(find_spec(x.strip()) for x in tried.split(","))


def test_both_stages_have_the_python_that_our_figures_were_made_with() -> None:
    text = without_comments(text_of("Dockerfile"))
    bases = re.findall(r"^FROM (\S+)", text, flags=re.MULTILINE)
    assert bases == ["python:${PYTHON}", "python:${PYTHON}"]
    assert re.search(r"^ARG PYTHON=3\.11-slim", text, flags=re.MULTILINE)


def test_nobody_is_root_and_process_1_gets_the_signals() -> None:
    (user,) = values("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user), "a number, which Kubernetes can judge"
    # The words of a list are the process; a string would put a shell before it.
    assert values("ENTRYPOINT") == ['["faultlens"]']
    assert values("CMD") == ['["serve"]']
    order = [each for each, _ in rows()]
    assert order.index("USER") < order.index("ENTRYPOINT")


def test_the_health_check_calls_a_file_that_was_copied() -> None:
    (check,) = values("HEALTHCHECK")
    assert "COPY deploy/healthcheck.py /opt/faultlens/healthcheck.py" in text_of("Dockerfile")
    assert '["python", "-IS", "/opt/faultlens/healthcheck.py"]' in check
