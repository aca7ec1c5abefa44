"""A sentence is asked once; a cache that is damaged or cannot be written costs time only."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

from faultlens.training.text_cache import remembered_points


class Model:
    """Gives rows that tell the sentence, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.asked += sentences
        return np.array([[len(x), ord(x[0])] for x in sentences], np.float32)


def test_each_sentence_is_asked_once_and_rows_come_in_order(tmp_path: Path) -> None:
    path, model = tmp_path / "deep" / "points.npz", Model()
    first = remembered_points(path, ["ab", "c", "ab"], width=2, encode=model)
    again = remembered_points(path, ["c", "外圈", "ab"], width=2, encode=model)
    assert model.asked == ["ab", "c", "外圈"]
    assert first.tolist() == [[2, 97], [1, 99], [2, 97]]
    assert again.tolist() == [[1, 99], [2, ord("外")], [2, 97]]
    assert again.dtype == np.float32


def damage(path: Path, how: str) -> None:
    whole = path.read_bytes()
    if how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "array":
        with path.open("wb") as stream:
            np.save(stream, np.zeros((1, 2)))
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "bit":
        at = whole.index(np.float32(97).tobytes())
        path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
    elif how == "pickle":
        np.savez(path, keys=np.array([{}], dtype=object), points=np.zeros((1, 2)))
    elif how == "nan":
        np.savez(path, keys=np.load(path)["keys"], points=np.full((1, 2), np.nan))
    elif how == "width":
        np.savez(path, keys=np.load(path)["keys"], points=np.zeros((1, 3), np.float32))
    elif how == "names":
        np.savez(path, other=np.zeros(1))


@pytest.mark.parametrize("how", ["cut", "array", "empty", "bit", "pickle", "nan", "width", "names"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, how: str) -> None:
    path, model = tmp_path / "points.npz", Model()
    remembered_points(path, ["ab"], width=2, encode=model)
    damage(path, how)
    for _ in range(2):
        assert remembered_points(path, ["ab"], width=2, encode=model).tolist() == [[2, 97]]
    assert model.asked == ["ab", "ab"]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "points.npz"
    assert remembered_points(path, ["ab"], width=2, encode=Model()).tolist() == [[2, 97]]


def test_what_another_process_asked_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "points.npz"

    def slow(sentences: Sequence[str]) -> NDArray[np.float32]:
        remembered_points(path, ["c"], width=2, encode=Model())
        return Model()(sentences)

    remembered_points(path, ["ab"], width=2, encode=slow)
    last = Model()
    remembered_points(path, ["ab", "c"], width=2, encode=last)
    assert last.asked == []
