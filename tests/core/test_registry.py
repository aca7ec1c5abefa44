"""A table lists what it holds, refuses a second thing of one name, and lets outsiders add rows."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from faultlens.core import registry
from faultlens.core.errors import DuplicateNameError, FaultlensError, UnknownNameError
from faultlens.core.registry import Registry

Filter = Callable[[list[float]], list[float]]


@pytest.fixture
def filters() -> Registry[Filter]:
    table: Registry[Filter] = Registry("filter", group="faultlens.toy_filters")
    table.add("identity", lambda samples: samples)
    return table


@pytest.fixture
def _outsider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package, as pip would leave it, with one filter."""
    facts = tmp_path / "toy-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[faultlens.toy_filters]\ndouble = toy_filter:double\n")
    (tmp_path / "toy_filter.py").write_text("def double(x):\n    return [2 * v for v in x]\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_a_plugin_is_added_and_used(filters: Registry[Filter]) -> None:
    filters.add("negative", lambda samples: [-x for x in samples])
    assert filters["negative"]([1.0, 2.0]) == [-1.0, -2.0]
    assert list(filters) == ["identity", "negative"]
    assert "negative" in filters


def test_the_rows_are_listed_by_name(filters: Registry[Filter]) -> None:
    for name in ("zoom", "average"):
        filters.add(name, lambda samples: samples)
    assert list(filters) == ["average", "identity", "zoom"]


def test_an_unknown_name_lists_the_known_ones(filters: Registry[Filter]) -> None:
    assert "identty" not in filters
    with pytest.raises(UnknownNameError, match="filter 'identty'\\. Nearest: identity"):
        filters["identty"]


def test_a_second_thing_of_one_name_is_refused(filters: Registry[Filter]) -> None:
    with pytest.raises(DuplicateNameError, match="'identity' exists already; choose another"):
        filters.add("identity", lambda samples: samples)


@pytest.mark.usefixtures("_outsider")
def test_an_installed_package_adds_a_row_by_entry_point(filters: Registry[Filter]) -> None:
    assert list(filters) == ["double", "identity"]
    assert filters["double"]([1.5]) == [3.0]


@pytest.mark.usefixtures("_outsider")
def test_an_outsider_cannot_take_a_name_of_ours() -> None:
    table: Registry[Filter] = Registry("filter", group="faultlens.toy_filters")
    table.add("double", lambda samples: samples)
    with pytest.raises(DuplicateNameError, match="filter 'double' exists already"):
        list(table)


@pytest.mark.usefixtures("_outsider")
def test_a_table_without_a_group_is_closed_to_outsiders() -> None:
    table: Registry[Filter] = Registry("filter")
    assert list(table) == []


def broken_plugin(folder: Path) -> None:
    """A second installed package, whose module fails when it is imported."""
    facts = folder / "worn-2.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: worn\nVersion: 2.0\n")
    (facts / "entry_points.txt").write_text("[faultlens.toy_filters]\nworn = worn_filter:apply\n")
    (folder / "worn_filter.py").write_text("import a_package_that_nobody_has\n")


@pytest.mark.usefixtures("_outsider")
def test_a_plugin_that_fails_is_named_each_time_and_never_hides_the_others(
    filters: Registry[Filter], tmp_path: Path
) -> None:
    broken_plugin(tmp_path)
    words = "filter 'worn' of 'worn' .* cannot be loaded: ModuleNotFoundError.*uninstall it"
    for _ in range(2):
        with pytest.raises(FaultlensError, match=words):
            list(filters)
    (tmp_path / "worn_filter.py").write_text("def apply(x):\n    return x\n")
    importlib.invalidate_caches()
    assert list(filters) == ["double", "identity", "worn"]


def test_a_plugin_may_look_into_the_table_while_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table: Registry[list[str]] = Registry("list", group="faultlens.toy_lists")
    table.add("ours", [])
    point = SimpleNamespace(name="theirs", value="m:x", dist=None, load=lambda: list(table))
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    assert table["theirs"] == ["ours"]
