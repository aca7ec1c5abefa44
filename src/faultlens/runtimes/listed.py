"""The models of this machine, built in and cached, with their cards; damaged ones say why."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from faultlens.core.errors import BundleError
from faultlens.models import shipped
from faultlens.runtimes.bundle import read_bundle
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.loaded import builtin_folders

RULE = "rule"
"""Kind of the training-free rule, which is no bundle."""


@dataclass(frozen=True)
class ListedModel:
    """One model of this machine.

    Args:
        name: as it is asked for; a cached bundle is asked for by its folder.
        reference: name and hash; None if the bundle is damaged.
        kind: what it takes in; None if the bundle is damaged.
        size_mb: of all its files, MB.
        card: what a user must know of it; None if the bundle is damaged.
        where: its folder.
        problem: why it cannot be used; None if it can.
    """

    name: str
    reference: str | None
    kind: str | None
    size_mb: float
    card: ModelCard | None
    where: str
    problem: str | None = None


def list_models() -> tuple[ListedModel, ...]:
    """Every built-in model and every bundle of the cache, built-in ones first.

    Raises:
        BundleError: the card of the training-free rule is damaged.

    Example:
        >>> [x.kind for x in list_models() if x.name == "builtin/physics"]
        ['rule']
    """
    found = [_listed(folder, name) for name, folder in builtin_folders().items()]
    found.append(_rule())
    return (*sorted(found, key=lambda x: x.name), *_cached())


def list_bundle(folder: str | Path) -> ListedModel:
    """What the list says of one bundle, wherever it lies.

    Example:
        >>> list_bundle("/nowhere").problem
        '/nowhere is no bundle: ...'
    """
    return _listed(Path(folder), Path(folder).name)


def cache_folder() -> Path:
    """Where models that were fetched lie: FAULTLENS_CACHE, or the custom of the system.

    Example:
        >>> cache_folder().is_absolute()
        True
    """
    if given := os.environ.get("FAULTLENS_CACHE"):
        return Path(given).absolute()
    home = Path(os.path.expanduser("~"))
    custom = {
        "darwin": home / "Library" / "Caches",
        "win32": Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")),
    }
    other = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return (custom.get(sys.platform, other) / "faultlens").absolute()


def _cached() -> Iterator[ListedModel]:
    for folder in sorted((cache_folder() / "models").glob("*")):
        # Hidden ones are half-done downloads.
        if folder.is_dir() and not folder.name.startswith("."):
            yield _listed(folder, folder.name)


def _listed(folder: Path, name: str) -> ListedModel:
    where, size_mb = str(folder), _size_mb(folder)
    try:
        bundle = read_bundle(folder)
    except BundleError as error:
        return ListedModel(name, None, None, size_mb, None, where, str(error))
    return ListedModel(bundle.name, bundle.reference, bundle.kind, size_mb, bundle.card, where)


def _rule() -> ListedModel:
    folder = Path(str(files("faultlens"))) / shipped.NAME
    table = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return ListedModel(
        name=shipped.NAME,
        reference=shipped.reference(),
        kind=RULE,
        size_mb=_size_mb(folder),
        card=ModelCard.from_dict(table, shipped.NAME),
        where=str(folder),
    )


def _size_mb(folder: Path) -> float:
    return sum(x.stat().st_size for x in folder.glob("*") if x.is_file()) / 1e6
