"""The list holds every model of this machine; a damaged one is listed with its reason."""

import sys
from pathlib import Path
from typing import Any

import pytest

from faultlens.models import shipped
from faultlens.runtimes import listed
from faultlens.runtimes.listed import cache_folder, list_bundle, list_models


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


def test_the_rule_is_listed_with_a_card_of_its_own(cache: Path) -> None:
    (rule,) = [x for x in list_models() if x.name == shipped.NAME]
    assert rule.reference == shipped.reference()
    assert rule.kind == "rule"
    assert 0 < rule.size_mb < 0.1
    assert rule.card is not None and rule.card.limits
    assert any("CWRU fan end" in x.what and x.command for x in rule.card.results)


def test_every_builtin_model_can_be_used() -> None:
    found = [x for x in list_models() if x.name.startswith("builtin/")]
    assert [x.problem for x in found if x.problem] == []
    assert [x.name for x in found] == sorted(x.name for x in found)


def test_cached_bundles_are_listed_and_damaged_ones_say_why(cache: Path, make: Any) -> None:
    good = make(cache / "good")
    make(cache / "bad").path("text.onnx").unlink()
    (cache / "empty").mkdir()
    (cache / ".half-done").mkdir()
    (cache / "notes.txt").touch()
    found = {x.name: x for x in list_models() if not x.name.startswith("builtin/")}
    assert set(found) == {"bad", "empty", "mine/tower"}
    assert found["mine/tower"] == list_bundle(good.folder)
    assert found["mine/tower"].reference == good.reference
    assert found["mine/tower"].where == str(good.folder)
    assert found["mine/tower"].size_mb * 1e6 == sum(x.stat().st_size for x in good.folder.iterdir())
    assert (found["bad"].reference, found["bad"].card) == (None, None)
    assert "the file 'text.onnx' is missing" in (found["bad"].problem or "")
    assert "is no bundle" in (found["empty"].problem or "")


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "/home/u/.cache/faultlens"),
        ("linux", {"XDG_CACHE_HOME": "/tmp/c"}, "/tmp/c/faultlens"),
        ("linux", {"FAULTLENS_CACHE": "/data/models"}, "/data/models"),
        ("darwin", {}, "/home/u/Library/Caches/faultlens"),
        ("win32", {}, "/home/u/AppData/Local/faultlens"),
    ],
)
def test_the_cache_lies_where_the_system_has_it(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], folder: str
) -> None:
    for name in ("FAULTLENS_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/u", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == Path(folder)


def test_no_cache_is_no_error(cache: Path) -> None:
    assert not cache.exists()
    assert {x.name for x in listed.list_models()} >= {shipped.NAME}
