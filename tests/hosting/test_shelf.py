"""Profiles are found by name alone, and a name never leaves their folder."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.hosting import shelf as shelf_module
from faultlens.hosting.shelf import Shelf, profile_names, profile_path
from faultlens.profiles.profile import Profile


def save(folder: Path, name: str) -> None:
    Profile(name, "builtin/bearing@0", 0.4, 0.5, 0.5, 1, (0.2,), "6205").save(
        folder / f"{name}.profile"
    )


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a", "a/b", "/a", ".hidden", "a\0", "a" * 101, "-rf", "a\n", "泵"]
)
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a profile"):
        profile_path(tmp_path, name)


def test_profiles_are_listed_by_name_and_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pump-7", "pump-8"):
        save(tmp_path, name)
    (tmp_path / ".pump-9.profile").write_text("half written")
    assert profile_names(tmp_path) == ("pump-7", "pump-8")
    shelf = Shelf(str(tmp_path))
    assert shelf.of_recordings("pump-7").name == "pump-7"
    monkeypatch.setattr(shelf_module, "read_profile", lambda _: pytest.fail("read again"))
    assert shelf.of_recordings("pump-7").name == "pump-7"


def test_an_unknown_one_lists_the_known_ones(tmp_path: Path) -> None:
    save(tmp_path, "pump-7")
    with pytest.raises(UnknownNameError, match=r"'pump-70'. Nearest: pump-7. Known: pump-7"):
        Shelf(str(tmp_path)).of_recordings("pump-70")
    with pytest.raises(UnknownNameError, match="Known: none"):
        Shelf("").of_recordings("pump-7")
    with pytest.raises(UnknownNameError, match="Known: none"):
        Shelf(str(tmp_path / "nowhere")).of_recordings("pump-7")


def test_only_some_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "KEPT", 2)
    shelf = Shelf(str(tmp_path))
    for number in range(5):
        save(tmp_path, f"pump-{number}")
        shelf.of_recordings(f"pump-{number}")
    assert len(shelf._kept) == 2
