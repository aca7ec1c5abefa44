"""Answers to pictures are gathered in one order, whatever comes first, and kept on disk."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benches.surface.kept import read_judged, write_judged
from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.evaluation.surface.judged import grown, judge_pictures
from tests.evaluation.surface.conftest import answer


def test_scores_stand_in_the_column_of_their_sentence(tiles: PictureDataset, right: Any) -> None:
    found = judge_pictures(tiles.pictures, right, quiet=True).judged
    assert found.sentences == ("crack", "pit")
    truth = np.array(found.truth)
    called = found.scores.argmax(axis=1)
    assert (called[truth == "crack"] == 0).all()
    assert called[truth == "pit"].tolist().count(1) == 3
    assert found.no_defect[truth == "no defect"] == pytest.approx(0.81)
    assert found.alarm.sum() == 9 and found.threshold == 0.5
    assert sum(x.defect.sum() for x in found.counts if x) == 6 * 16 + 4 * 144


def test_a_picture_that_cannot_be_judged_is_named_and_the_rest_goes_on(
    tiles: PictureDataset, right: Any
) -> None:
    def ask(picture: Any) -> Any:
        if picture.file.endswith("crack/0.png"):
            raise UnreadableFileError("it is torn.")
        return right(picture)

    found = judge_pictures(tiles.pictures, ask, quiet=True)
    assert len(found.judged.file) == len(tiles.pictures) - 1
    assert [(x.file, x.reason) for x in found.failed] == [("test/crack/0.png", "it is torn.")]
    with pytest.raises(InputError, match=r"None of 1 pictures could be judged.*torn"):
        judge_pictures([x for x in tiles.pictures if x.file.endswith("crack/0.png")], ask)
    with pytest.raises(UsageError, match="give one at least"):
        judge_pictures([], ask)


def test_the_worst_are_kept_the_worst_first(tiles: PictureDataset) -> None:
    def ask(picture: Any) -> Any:
        score = (int(picture.path.stem) + 1) / 10
        return answer(picture, score, {"crack": 0.5}, threshold=0.35)

    found = judge_pictures(tiles.pictures, ask, shown=2, quiet=True)
    assert [x.inspection.alarm_score for x in found.false_alarms] == [0.8, 0.7]
    assert [x.picture.file for x in found.misses] == ["test/crack/0.png", "test/pit/0.png"]
    assert all(x is None for x in found.judged.counts), "no heat, no pixels"


def test_a_coarse_map_grows_linearly_and_keeps_its_range() -> None:
    coarse = np.array([[0.0, 1.0], [0.5, 0.5]], np.float32)
    fine = grown(coarse, 64, 80)
    assert fine.shape == (64, 80) and fine.min() == 0 and fine.max() == 1
    assert fine[0, 0] == 0 and fine[0, -1] == 1 and fine[-1].tolist() == [0.5] * 80
    assert grown(fine, 64, 80) is not None


def test_answers_are_the_same_after_a_night_on_disk(
    tmp_path: Path, tiles: PictureDataset, right: Any
) -> None:
    found = judge_pictures(tiles.pictures, right, quiet=True).judged
    write_judged(tmp_path / "a.npz", found)
    again = read_judged(tmp_path / "a.npz")
    assert (again.file, again.group, again.truth) == (found.file, found.group, found.truth)
    assert (again.scores == found.scores).all() and again.threshold == 0.5
    assert (again.counts[3].clean == found.counts[3].clean).all()
    (tmp_path / "b.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(UnreadableFileError, match="holds no answers"):
        read_judged(tmp_path / "b.npz")


def test_some_of_the_pictures_keep_their_answers(tiles: PictureDataset, right: Any) -> None:
    found = judge_pictures(tiles.pictures, right, quiet=True).judged
    some = found.chosen([3, 1])
    assert some.file == (found.file[3], found.file[1])
    assert some.alarm_score.tolist() == found.alarm_score[[3, 1]].tolist()
