"""What is slow to import is imported where it is used, so that the command starts at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "faultlens"
HEAVY = (
    "h5py", "huggingface_hub", "jinja2", "matplotlib", "mlflow", "nptdms", "onnxruntime", "peft",
    "pyarrow", "pyuff", "scipy.signal", "sklearn", "tensorboard", "tokenizers", "torch",
    "transformers",
)  # fmt: skip
ROOTS = {x.partition(".")[0] for x in HEAVY}
FILES_OF_TORCH = ("runtimes/to_onnx.py", "runtimes/parity.py", "runtimes/with_torch.py")
ROOMS_OF_TORCH = ("models/", "training/", "making/", "scaleout/", *FILES_OF_TORCH)


def heavy_at_import(package: Path) -> list[str]:
    """Every heavy package that is imported when its module is, not when it is used."""
    found = []
    for file in sorted(package.rglob("*.py")):
        where = file.relative_to(package).as_posix()
        if where.startswith(ROOMS_OF_TORCH):
            continue
        code = file.read_text(encoding="utf-8")
        if not any(x in code for x in ROOTS):
            continue  # to parse each file takes seconds in all
        for node in run_at_import(ast.parse(code)):
            for name in imported(node):
                if any(name == x or name.startswith(f"{x}.") for x in HEAVY):
                    found.append(f"{where}:{node.lineno}: {name}")
    return found


def run_at_import(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        # Functions run later, and no expression holds a statement.
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.stmt):
            yield child
        yield from run_at_import(child)


def imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [x.name for x in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{x.name}" for x in node.names]
    return []


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    assert heavy_at_import(PACKAGE) == []


@pytest.mark.parametrize(
    "code",
    [
        "import matplotlib.pyplot as plt",
        "from scipy import signal",
        "from scipy.signal import welch",
        "try:\n    import h5py\nexcept ImportError:\n    pass",
        "import onnxruntime",
        "from tokenizers import Tokenizer",
        "import torch",
    ],
)
def test_the_check_finds_a_heavy_import(tmp_path: Path, code: str) -> None:
    for where in ("runtimes/a.py", "making/a.py", "runtimes/parity.py"):
        (tmp_path / where).parent.mkdir(exist_ok=True)
        (tmp_path / where).write_text(code, encoding="utf-8")
    assert len(heavy_at_import(tmp_path)) == 1  # making/ and parity.py are rooms of torch


@pytest.mark.parametrize(
    "code",
    [
        "import numpy\nfrom scipy import fft, ndimage",
        "def f():\n    from scipy import signal",
        "if TYPE_CHECKING:\n    from matplotlib.figure import Figure",
    ],
)
def test_the_check_lets_a_late_import_pass(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.py").write_text(code, encoding="utf-8")
    assert heavy_at_import(tmp_path) == []
