"""What the files of deploy/ state, read for the tests."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def text_of(name: str) -> str:
    """A file of deploy/ as it stands."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def table_of(name: str) -> Any:
    """A YAML file of deploy/."""
    return yaml.safe_load(text_of(name))


def without_comments(text: str) -> str:
    """Lines that say something to a machine."""
    return "\n".join(x for x in text.splitlines() if not x.lstrip().startswith("#"))


def settings_named(text: str) -> set[str]:
    """Every FAULTLENS_* that is set there, comments and all: they name settings, too."""
    return set(re.findall(r"\bFAULTLENS_([A-Z_]+[A-Z])\b", text))
