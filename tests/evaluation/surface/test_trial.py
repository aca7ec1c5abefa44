"""A trial draws references by group, calibrates on them, and judges what shares no group."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.core.errors import UsageError
from faultlens.datasets.pictures.duplicates import grouped
from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.evaluation.surface.trial import PictureTrial, run_trial
from tests.coloured_model import CRACKED, picture, write_coloured_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_coloured_model(tmp_path_factory.mktemp("model") / "colours").folder)


@pytest.fixture(scope="module")
def plates(tmp_path_factory: pytest.TempPathFactory) -> PictureDataset:
    """Ten clean plates, each photographed twice, and four with a crack."""
    root = tmp_path_factory.mktemp("plates")
    for label, count in (("good", 10), ("crack", 4)):
        (root / label).mkdir()
        for i in range(count):
            spots = ((CRACKED, 8, 4 * i, 24, 24),) if label == "crack" else ()
            pixels = picture(i, height=64, width=64, spots=spots).pixels
            Image.fromarray(pixels).save(root / label / f"{i}a.png")
            brighter = np.clip(pixels.astype(int) + 2, 0, 255).astype(np.uint8)
            Image.fromarray(brighter).save(root / label / f"{i}b.png")
    found = open_pictures(root)
    return PictureDataset(found.name, grouped(found.pictures, quiet=True), found.card)


def test_what_looks_like_a_reference_is_neither_shown_nor_tested(
    plates: PictureDataset, model: str
) -> None:
    trial = PictureTrial(references=4, model=model, draws=2)
    tests = run_trial(plates, trial, quiet=True)
    assert [x.split.seed for x in tests] == [0, 1]
    for each in tests:
        shown = {plates.pictures[i].path.stem[0] for i in each.split.references}
        tested = {x for x in each.judgement.judged.file if x.startswith("good")}
        assert len(shown) == 4 and not {Path(x).stem[0] for x in tested} & shown
        assert len(each.judgement.judged.file) == 12 + 8
        assert each.judgement.judged.alarm_score[~each.judgement.judged.defective].max() < 1
    assert tests[0].split.references != tests[1].split.references


def test_without_references_one_draw_says_it_all(plates: PictureDataset, model: str) -> None:
    (only,) = run_trial(plates, PictureTrial(model=model, draws=5), quiet=True, pixels=False)
    judged = only.judgement.judged
    assert len(judged.file) == 28 and judged.sentences == ("crack",)
    assert judged.alarm_score[judged.defective].min() > judged.alarm_score[~judged.defective].max()
    assert only.model.startswith("mine/colours@") and only.stated_rate == 0.01


def test_a_profile_and_references_are_one_too_many(plates: PictureDataset, model: str) -> None:
    profile: Any = object()
    with pytest.raises(UsageError, match="Give one of them"):
        run_trial(plates, PictureTrial(references=2, profile=profile, model=model))
