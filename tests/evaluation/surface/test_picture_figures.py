"""Figures of judged pictures: known truths, intervals over groups, and several draws as one."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.evaluation.surface.judged import judge_pictures
from faultlens.evaluation.surface.picture_figures import (
    drawn_groups,
    image_figures,
    naming,
    pixel_figures_of,
    share_figure,
)
from faultlens.metrics.localisation import pixel_auroc, region_overlap_area

MEANT = {"crack": "crack", "pit": "pit"}


@pytest.fixture
def judged(tiles: PictureDataset, right: Any) -> Any:
    test = [x for x in tiles.pictures if x.split == "test"]
    return judge_pictures(test, right, quiet=True).judged


def test_image_figures_are_those_of_the_scores(judged: Any) -> None:
    found = image_figures([judged], drawn_groups([judged], draws=200))
    # All defects score higher than all clean pictures.
    assert found["auroc"].value == 1 and found["auroc"].n == 18
    assert found["auroc"].low <= 1 <= found["auroc"].high
    worse = replace(judged, alarm_score=np.where(judged.defective, 0.2, 0.8))
    assert image_figures([worse], drawn_groups([worse], draws=50))["auroc"].value == 0


def test_pixel_figures_are_the_exact_ones(tiles: PictureDataset, right: Any, judged: Any) -> None:
    from faultlens.datasets.pictures.masks import defect_mask

    test = [x for x in tiles.pictures if x.split == "test"]
    maps = [right(x).heat for x in test]
    masks = [defect_mask(x) for x in test]
    found = pixel_figures_of([judged], drawn_groups([judged], draws=200))
    assert found["auroc"].value == pytest.approx(pixel_auroc(maps, masks), abs=1e-3)
    exact = region_overlap_area(maps, masks)
    assert found["region_overlap_area"].value == pytest.approx(exact, abs=2e-3)
    assert found["region_overlap_area"].low < exact <= found["region_overlap_area"].high


def test_names_count_among_defects_that_were_asked_for(judged: Any) -> None:
    hits, among = naming(judged, MEANT)
    assert (hits.sum(), among.sum()) == (9, 10)
    drawn = drawn_groups([judged], draws=200)
    plain = share_figure([judged], drawn, [hits], [among])
    balanced = share_figure([judged], drawn, [hits], [among], balanced=True)
    assert plain is not None and balanced is not None
    assert plain.value == 0.9 and balanced.value == pytest.approx((1 + 0.75) / 2)
    assert plain.low < 0.9 < plain.high
    hits, among = naming(judged, {"pit": "pit"})
    assert (hits.sum(), among.sum()) == (3, 4)


def test_a_share_that_never_varies_has_an_interval_of_its_groups(judged: Any) -> None:
    clean = ~judged.defective
    found = share_figure([judged], drawn_groups([judged], draws=100), [judged.alarm], [clean])
    assert found is not None
    assert found.value == 0 and found.high == pytest.approx(0.324, abs=1e-3), "0 of 8"
    nothing = np.zeros_like(clean)
    assert share_figure([judged], drawn_groups([judged]), [judged.alarm], [nothing]) is None


def test_several_draws_are_one_figure_whose_interval_holds_both(judged: Any) -> None:
    worse = replace(judged, alarm_score=np.where(judged.defective, 0.5, 0.5))
    drawn = drawn_groups([judged, worse], draws=300)
    found = image_figures([judged, worse], drawn)["auroc"]
    assert found.value == 0.75 and found.low == 0.5 and found.high == 1


def test_copies_of_one_part_count_as_one(judged: Any) -> None:
    rng = np.random.default_rng(0)
    alone = replace(judged, alarm_score=rng.random(len(judged.file)))
    together = replace(alone, group=tuple(f"{x}{i % 2}" for i, x in enumerate(alone.truth)))
    wide = image_figures([together], drawn_groups([together]))["auroc"]
    narrow = image_figures([alone], drawn_groups([alone]))["auroc"]
    assert drawn_groups([together]).units < drawn_groups([alone]).units
    assert wide.value == narrow.value


def test_without_masks_or_without_clean_pictures_there_are_no_such_figures(judged: Any) -> None:
    bare = replace(judged, counts=(None,) * len(judged.file))
    assert pixel_figures_of([bare], drawn_groups([bare], draws=10)) == {}
    defects = judged.chosen(np.flatnonzero(judged.defective))
    assert image_figures([defects], drawn_groups([defects], draws=10)) == {}
