"""A folder is there whole, old or new, whatever goes wrong while the new one is written."""

from pathlib import Path

import pytest

from faultlens.core import whole_folder
from faultlens.core.whole_folder import folder_written_whole


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with folder_written_whole(target) as temporary:
        (temporary / "old").touch()
        assert not target.exists()
    with pytest.raises(KeyboardInterrupt), folder_written_whole(target) as temporary:
        (temporary / "new").touch()
        raise KeyboardInterrupt
    assert [x.relative_to(tmp_path).as_posix() for x in tmp_path.rglob("*")] == [
        "model",
        "model/old",
    ]


def test_the_old_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, rename = tmp_path / "model", Path.rename
    target.mkdir()
    (target / "old").touch()

    def full(self: Path, to: Path) -> Path:
        if self.suffix == ".new":
            raise OSError("no room")
        return rename(self, to)

    monkeypatch.setattr(whole_folder, "_exchanged", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="no room"), folder_written_whole(target):
        pass
    assert [x.name for x in tmp_path.rglob("*")] == ["model", "old"]
