"""What is learned from: never the test pictures, never a group on both sides, nothing unproven."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UsageError
from faultlens.training.surface.experiment import PictureExperiment
from faultlens.training.surface.material import gathered

HOW = PictureExperiment(rendered=0, painted=6, judged=50, validation=0.34)


def test_test_pictures_and_unnamed_defects_are_left_out_and_said(
    rendered: Any, tmp_path: Path
) -> None:
    pictures = [
        *(rendered("crack", x, group=f"c{x}") for x in range(3)),
        *(rendered("no defect", x, group=f"s{x}") for x in range(3)),
        rendered("crack", 8, group="t", split="test"),
        replace(rendered("crack", 9, group="u"), label="defect"),
    ]
    made = gathered(pictures, [], replace(HOW, painted=0), tmp_path / "cache")
    assert {x.key for x in made.pictures} == {"c0", "c1", "c2", "s0", "s1", "s2"}
    told = " ".join(x.en for x in made.notices)
    assert "1 pictures are kept for testing" in told and "defect that nobody named" in told
    assert not set(made.learned.key) & set(made.held.key), "no group on both sides"
    assert len(set(made.held.key)) == 2, "one of three groups of each label"
    assert made.classes.names == ("no defect", "crack")
    assert made.weight.sum() == pytest.approx(1)
    assert (made.judged.chunk.concept == 0).any()


def test_validation_pictures_of_the_data_set_are_the_ones_held_out(
    rendered: Any, tmp_path: Path
) -> None:
    pictures = [
        rendered(label, x, group=f"{label}{x}", split="validation" if x == 1 else "train")
        for label in ("crack", "no defect")
        for x in range(3)
    ]
    made = gathered(pictures, [], replace(HOW, painted=0), tmp_path / "cache")
    assert set(made.held.key) == {"crack1", "no defect1"}


def test_unlabelled_pictures_are_painted_on_and_nothing_else_of_them_is_known(
    rendered: Any, tmp_path: Path
) -> None:
    files = [rendered("no defect", x).path for x in range(2)]
    made = gathered([], files, HOW, tmp_path / "cache")
    assert set(made.counts) == {"painted"} and "painted on them" in made.notices[-1].en
    windows = made.learned
    assert windows.is_marked.all() and not windows.rest_is_sound.any()
    assert (windows.chunk.concept > 0).all() and windows.chunk.mask.any(axis=(1, 2)).all()
    assert made.held is made.judged, "nothing of one's own to choose by"


def test_a_few_pictures_of_a_class_are_drawn_less_than_many(rendered: Any, tmp_path: Path) -> None:
    pictures = [rendered("crack", 0, group="c")]
    pictures += [rendered("no defect", x, group=f"s{x}") for x in range(4)]
    made = gathered(pictures, [], replace(HOW, painted=0, validation=0.0), tmp_path / "cache")
    cracks = made.weight[made.learned.chunk.concept == 1].sum()
    assert cracks == pytest.approx(1 / 5), "a group each counts alike while there are few"


@pytest.mark.parametrize(
    ("labels", "words"),
    [((), "nothing to learn from"), (("crack",), "All pictures are 'crack'")],
)
def test_nothing_to_tell_apart_is_refused(
    rendered: Any, tmp_path: Path, labels: tuple[str, ...], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        gathered([rendered(x, 1) for x in labels], [], HOW, tmp_path / "cache")
