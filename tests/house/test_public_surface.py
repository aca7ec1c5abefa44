"""`import faultlens` gives every public name, sorted, and fetches nothing before it is used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import faultlens

CONTRACT = {
    "BearingGeometry",
    "Diagnosis",
    "FaultOrders",
    "FaultlensError",
    "Finding",
    "Profile",
    "Signal",
    "calibrate",
    "diagnose",
    "read_signal",
    "simulate",
}
"""Names that users and measurements rely on. Add; never remove."""


def test_the_public_names_are_sorted_and_keep_the_contract() -> None:
    assert faultlens.__all__ == sorted(faultlens.__all__)
    assert set(faultlens.__all__) >= CONTRACT


@pytest.mark.parametrize("name", faultlens.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(faultlens, name).__name__ == name
    assert name in dir(faultlens)


def test_an_editor_sees_the_same_names_as_python() -> None:
    source = Path(faultlens.__file__).read_text(encoding="utf-8")
    seen = {
        (alias.name, node.module)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name != "__version__"
    }
    assert seen == set(faultlens._HOME.items())


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'diagnoze'"):
        faultlens.diagnoze  # noqa: B018


def test_importing_faultlens_imports_nothing_of_weight() -> None:
    code = "import sys, faultlens; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "faultlens" in loaded
    assert loaded.isdisjoint({"numpy", "scipy", "matplotlib", "h5py", "typer", "faultlens.signals"})
