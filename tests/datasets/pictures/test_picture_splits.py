"""References, calibration and test never share a group, and stated splits are kept."""

from pathlib import Path

import pytest

from faultlens.core.errors import UsageError
from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.datasets.pictures.splits import ALL, DRAWN, STATED, draws_of, split_pictures


def picture(
    name: str, label: str = "no defect", group: str = "", split: str = ""
) -> LabelledPicture:
    return LabelledPicture(
        Path(name), name, label, label != "no defect", 4, 6, group=group, split=split
    )


PICTURES = [
    *(picture(f"clean{i}", group=f"g{i // 3}") for i in range(30)),
    *(picture(f"crack{i}", "crack", group=f"g{i}") for i in range(5)),
    *(picture(f"pit{i}", "pit") for i in range(5)),
]


@pytest.mark.parametrize("seed", range(8))
def test_no_group_is_on_two_sides(seed: int) -> None:
    found = split_pictures(PICTURES, references=5, calibration=4, seed=seed)
    parts = (found.references, found.calibration, found.test)
    keys = [{PICTURES[i].key for i in x} for x in parts]
    assert not keys[0] & keys[1] and not (keys[0] | keys[1]) & keys[2]
    assert [len(x) for x in parts[:2]] == [5, 4]
    assert not any(PICTURES[i].defective for i in (*found.references, *found.calibration))
    assert len(keys[0]) == 5 and len(keys[1]) == 4, "one picture to a group"
    everything = [*found.references, *found.calibration, *found.test, *found.left_out]
    assert sorted(everything) == list(range(40)), "every picture is somewhere, once"
    assert found.protocol == DRAWN


def test_seeds_draw_differently_and_again_the_same() -> None:
    first, second = draws_of(PICTURES, 2, references=6)
    assert first.references != second.references
    assert first == split_pictures(PICTURES, references=6, seed=0)


def test_a_stated_test_is_kept_and_references_come_from_training() -> None:
    pictures = [
        *(picture(f"train{i}", split="train") for i in range(9)),
        *(picture(f"test{i}", split="test") for i in range(3)),
        picture("crack", "crack", split="test"),
        picture("copy", split="test", group="twin"),
        picture("twin", split="train", group="twin"),
    ]
    found = split_pictures(pictures, references=10)
    assert found.protocol == STATED
    assert {pictures[i].split for i in found.references} == {"train"}
    assert [pictures[i].file for i in found.test] == ["test0", "test1", "test2", "crack"]
    assert [pictures[i].file for i in found.left_out] == ["copy"]


def test_without_references_all_pictures_test() -> None:
    found = split_pictures(PICTURES)
    assert (found.protocol, len(found.test)) == (ALL, 40)


def test_more_than_there_are_is_refused_with_what_there_is() -> None:
    with pytest.raises(UsageError, match="30 clean pictures in 10 groups"):
        split_pictures(PICTURES, references=3, calibration=11)
    with pytest.raises(UsageError, match="Nothing is left to test on"):
        split_pictures(PICTURES[:30], references=10)
