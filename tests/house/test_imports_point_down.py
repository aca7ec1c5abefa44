"""A folder imports only from rows below its own, never sideways, also inside functions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.rows import ROWS, TOP

PACKAGE = Path(__file__).parents[2] / "src" / "faultlens"


def imported_modules(file: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything of ours that a file imports, wherever it stands."""
    own = (package.name, *file.relative_to(package).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = own[: len(own) - node.level + 1] if node.level else ()
            start = ".".join((*base, *filter(None, [node.module])))
            names = [f"{start}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and called(node).endswith("import_module"):
            names = [x.value for x in node.args if isinstance(x, ast.Constant)]
        else:
            continue
        yield from ((node.lineno, x) for x in names if x.split(".")[0] == package.name)


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def violations(package: Path) -> list[str]:
    """Every import of the tree that does not point down, and every folder without a row."""
    found = []
    for file in sorted(package.rglob("*.py")):
        where = file.relative_to(package)
        folder = where.parts[0] if len(where.parts) > 1 else ""
        if folder not in ("", *ROWS) or (not folder and where.name[:2] != "__"):
            found.append(f"{where}: stands in no room; tools/rows.py lists them with their rows")
            continue
        for line, module in imported_modules(file, package):
            room = [*module.split("."), ""][1]
            target = room if (package / room).is_dir() else ""
            lower = ROWS.get(target, TOP) < ROWS.get(folder, TOP)
            if target != folder and not lower:
                found.append(f"{where}:{line}: '{folder or package.name}' imports {module}")
    return found


def test_every_import_of_the_package_points_down() -> None:
    assert violations(PACKAGE) == []


def test_the_package_runs_without_what_stands_beside_it() -> None:
    beside = re.compile(r"^\s*(?:from|import) (?:benches|making|tools|tests)\b", re.MULTILINE)
    assert [x for x in PACKAGE.rglob("*.py") if beside.search(x.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("signals/a.py", "from faultlens.text import words"),
        ("signals/a.py", "import faultlens.cli.main"),
        ("signals/a.py", "def f():\n    from faultlens.reports.page import page"),
        ("signals/a.py", "from faultlens import text"),
        ("signals/a.py", "from ..text import words"),
        ("signals/deep/a.py", "from ...text.words import word"),
        ("signals/a.py", "import importlib\nimportlib.import_module('faultlens.text.words')"),
        ("core/a.py", "if True:\n    import faultlens.signals"),
        ("core/a.py", "from faultlens import Signal"),
        ("cellar/a.py", "x = 1"),
        ("stray.py", "x = 1"),
    ],
)
def test_the_check_finds_a_bad_import(tmp_path: Path, file: str, code: str) -> None:
    package = made_up(tmp_path, {file: code})
    assert [x.split(":")[0] for x in violations(package)] == [file]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("signals/a.py", "import numpy\nfrom faultlens.core.errors import UsageError"),
        ("signals/a.py", "from faultlens.signals.b import c\nfrom . import b\nfrom .b import c"),
        ("reports/a.py", "from faultlens import signals\nfrom ..text import words"),
        ("__init__.py", "from faultlens.cli.main import main"),
    ],
)
def test_the_check_lets_a_good_import_pass(tmp_path: Path, file: str, code: str) -> None:
    assert violations(made_up(tmp_path, {file: code})) == []


def made_up(folder: Path, files: dict[str, str]) -> Path:
    package = folder / "faultlens"
    for room in ("core", "signals", "text", "reports", "cli"):
        (package / room).mkdir(parents=True)
    for name, code in files.items():
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(code, encoding="utf-8")
    return package
