"""`inspect` names what is on a picture of known truth and where, and says what it cannot know."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.inference.inspect import inspect
from faultlens.inference.inspection import Inspection
from faultlens.profiles.calibrate import calibrate
from faultlens.runtimes.bundle import Bundle
from tests.coloured_model import CRACKED, SCRATCHED, SOUND, picture, write_coloured_model

CRACK = ((CRACKED, 40, 80, 24, 64),)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The model that reads colours."""
    return write_coloured_model(tmp_path_factory.mktemp("models") / "colours")


@pytest.fixture
def look(bundle: Bundle) -> Any:
    """`inspect` with that model."""

    def with_it(image: Image, **options: Any) -> Inspection:
        return inspect(image, **{"model": str(bundle.folder), **options})

    return with_it


def test_a_crack_is_named_and_shown_where_it_is(look: Any) -> None:
    result = look(picture(spots=CRACK, name="plate.png"), defects=["a crack", "a scratch"])
    assert (result.verdict, result.alarm, result.best.defect) == ("a crack", True, "crack")
    assert sum(x.score for x in result.findings) == pytest.approx(1, abs=1e-6)
    (region,) = result.best.regions
    left, top, width, height = region.box
    assert (left, top) == pytest.approx((80, 40), abs=5)
    assert (width, height) == pytest.approx((64, 24), abs=8)
    truth = np.zeros((160, 240), bool)
    truth[40:64, 80:144] = True
    mask = result.best.mask
    assert mask.shape == (160, 240)
    assert (mask & truth).sum() / (mask | truth).sum() > 0.75
    assert result.heat.shape == (160, 240)
    assert result.heat[52, 110] > 0.9 > 0.2 > result.heat[120, 200]
    # The names of the contract, the same for every kind of finding.
    assert result.best.region.box == region.box and result.best.region.mask is mask
    assert result.best.evidence["heat"] is result.heat
    assert result.findings[-1].region is None
    assert "plate.png" not in result.sentence
    assert result.file == "plate.png"


def test_a_sound_surface_has_no_defect(look: Any) -> None:
    result = look(picture(3))
    assert (result.verdict, result.alarm, result.is_defect) == ("no defect", False, False)
    assert result.findings[-1].label in {x.label for x in result.findings}
    assert {"no defect", "unknown", "crack", "scratch"} <= {x.label for x in result.findings}
    assert all(not x.regions for x in result.findings)


def test_two_defects_on_one_picture_have_their_own_regions(look: Any) -> None:
    image = picture(spots=(*CRACK, (SCRATCHED, 120, 160, 16, 56)))
    result = look(image, defects=["crack", "scratch"])
    boxes = {x.label: x.boxes for x in result.findings}
    assert len(boxes["crack"]) == len(boxes["scratch"]) == 1
    assert boxes["crack"][0][1] < 64 < 100 < boxes["scratch"][0][1]


def test_a_size_is_measured_on_the_picture(look: Any) -> None:
    image = picture(spots=CRACK, mm_per_pixel=0.1)
    longer = look(image, defects=["crack longer than 5 mm"])
    assert longer.alarm
    assert longer.best.conditions[0].holds is True
    shorter = look(image, defects=["crack longer than 9 mm"])
    assert (shorter.verdict, shorter.alarm) == ("no defect", False)
    assert any("'longer than 9 mm' does not hold" in x for x in shorter.warnings)
    assert shorter.view.best is not None
    stated = look(image, defects=["crack longer than 9 mm"], mm_per_pixel=0.2)
    assert stated.alarm  # the call knows better than the file
    unknown = look(picture(spots=CRACK), defects=["crack longer than 9 mm"])
    assert unknown.alarm
    assert any("mm_per_pixel" in x for x in unknown.warnings)


def test_without_a_profile_it_says_where_the_threshold_comes_from(
    look: Any, tmp_path: Path
) -> None:
    assert any("rendered pictures" in x for x in look(picture()).warnings)
    unmeasured = write_coloured_model(tmp_path / "m", calibration={"temperature": 0.1})
    result = inspect(picture(), model=str(unmeasured.folder))
    assert any("Nobody measured" in x for x in result.warnings)
    assert result.false_alarm_rate is None


def test_references_see_what_no_sentence_names(look: Any) -> None:
    dark = picture(7, spots=((tuple(x // 9 for x in SOUND), 40, 80, 40, 40),))
    alone = look(dark)
    assert not alone.alarm
    held = look(dark, references=[picture(x) for x in range(20, 40)])
    assert (held.alarm, held.verdict) == (True, "unknown")
    (region,) = held.best.regions
    assert region.box[:2] == pytest.approx((80, 40), abs=10)
    assert held.references == 20
    assert any("20 normal parts, too few for 0.01 false alarms" in x for x in held.warnings)
    good = look(picture(77), references=[picture(x) for x in range(20, 40)])
    assert not good.alarm


def test_one_reference_works_and_says_that_it_cannot_know_the_spread(look: Any) -> None:
    result = look(picture(spots=CRACK), references=[picture(1)])
    assert result.alarm
    assert result.false_alarm_rate is None
    assert any("one normal part: how parts vary cannot be known" in x for x in result.warnings)
    with pytest.raises(UsageError, match="give one at least"):
        look(picture(), references=[])


def test_a_profile_brings_threshold_sentences_part_and_scale(bundle: Bundle) -> None:
    images = [picture(x, height=64, width=64) for x in range(25)]
    made = calibrate(
        images, false_alarms=0.05, defects=["crack", "scratch"], part="bracket",
        mm_per_pixel=0.1, model=str(bundle.folder), name="bracket",
    )  # fmt: skip
    result = inspect(
        picture(50, height=64, width=64, spots=((CRACKED, 16, 16, 16, 32),)),
        profile=made,
        model=str(bundle.folder),
    )
    assert (result.verdict, result.profile, result.part) == ("crack", "bracket", "bracket")
    assert (result.threshold, result.false_alarm_rate) == (made.threshold, 0.05)
    assert result.view.mm_per_pixel == 0.1
    assert result.warnings == ()
    other = inspect(images[0], profile=made, defects=["dent"], model=str(bundle.folder))
    assert any("made for other sentences" in x for x in other.warnings)
    with pytest.raises(UsageError, match="was made with builtin/other"):
        inspect(images[0], profile=replace(made, model="builtin/other"), model=str(bundle.folder))
    with pytest.raises(UsageError, match="holds references of its own"):
        inspect(images[0], profile=made, references=images, model=str(bundle.folder))


def test_the_same_picture_gives_the_same_result(look: Any) -> None:
    image = picture(spots=CRACK)
    one, two = (look(image, references=[picture(x) for x in range(3)]) for _ in range(2))
    for each in (one, two):
        assert each.seconds > 0
    assert {**one.to_dict(), "seconds": 0} == {**two.to_dict(), "seconds": 0}
    assert np.array_equal(one.heat, two.heat)


def test_a_large_picture_is_looked_at_in_tiles(look: Any) -> None:
    image = picture(height=700, width=1500, spots=((CRACKED, 300, 1400, 40, 24),))
    result = look(image)
    assert result.alarm
    assert result.best.boxes[0][:2] == pytest.approx((1400, 300), abs=6)
    assert any("in 6 tiles" in x for x in result.history)


def test_small_scales_are_looked_at_too(look: Any) -> None:
    result = look(picture(spots=CRACK), scales=(0.5, 1, 1.5))
    assert result.verdict == "crack"
    assert "at scale 0.5, 1, 1.5" in result.history[-1]


def test_grey_pictures_of_sixteen_bits_and_masked_ones_are_judged(look: Any) -> None:
    grey = Image(np.random.default_rng(0).integers(0, 65535, (64, 64)).astype(np.uint16))
    assert look(grey).verdict
    valid = np.ones((160, 240), bool)
    valid[:, 70:160] = False
    masked = look(Image(picture(spots=CRACK).pixels, valid=valid))
    assert not masked.alarm


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.full((64, 64), 128, np.uint8), "same grey all over"),
        (np.where(np.arange(4096) % 3, 255, 90).reshape(64, 64).astype(np.uint8), "67 % .* over"),
        (np.where(np.arange(4096) % 2, 0, 90).reshape(64, 64).astype(np.uint8), "50 % .* black"),
    ],
)
def test_what_speaks_against_a_picture_is_said(look: Any, pixels: Any, words: str) -> None:
    warnings = " ".join(look(Image(pixels)).warnings)
    assert __import__("re").search(words, warnings)


def test_a_picture_that_shows_nothing_is_unknown_and_not_sound(look: Any) -> None:
    result = look(Image(np.zeros((64, 64), np.uint8)))
    assert (result.verdict, result.findings[0].score) == ("unknown", 1.0)


def test_chinese_in_chinese_out(look: Any) -> None:
    result = look(picture(spots=CRACK), defects=["裂纹", "划痕"], lang="zh")
    assert result.verdict == "裂纹"
    assert not [x for x in result.warnings if x.isascii()]
    assert "裂纹" in result.sentence
    assert {x.label for x in result.view.findings} == {"裂纹", "划痕", "无缺陷", "无法判定"}
    ours = look(picture(spots=CRACK), part="磁瓦", lang="zh")
    assert {"裂纹", "气孔", "破损"} <= {x.label for x in ours.findings}


def test_the_result_is_plain_values_and_is_saved(look: Any, tmp_path: Path) -> None:
    result = look(picture(spots=CRACK, name="a.png"), defects=["crack"])
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert {"schema", "file", "verdict", "alarm", "threshold", "findings", "model"} <= set(told)
    best = told["findings"][0]
    assert best["label"] == "crack"
    assert best["region"]["boxes"][0]["width"] > 40
    assert best["region"]["mask"]["size"] == [160, 240]
    assert told["picture"] == {"width_px": 240, "height_px": 160, "mm_per_pixel": None}
    for suffix in ("json", "png", "html"):
        result.save(tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").stat().st_size > 500
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == told
    with pytest.raises(UsageError, match=r"end it in \.json, \.png or \.html"):
        result.save(tmp_path / "a.bmp")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"infrared": picture()}, r"not a Image: read a file with read_thermal\(path\)"),
        ({"fusion": "loudest"}, "Unknown level of fusion 'loudest'"),
        ({"roi": (0, 0, 5)}, "give a box .x, y, width, height., a polygon"),
        ({"enhance": ["sharper"]}, "Unknown enhancement 'sharper'"),
        ({"views_by": "loudest"}, "Unknown way to fuse views 'loudest'"),
        ({"zoom": -1}, "from 0 .none. to 100"),
        ({"defects": []}, "No sentence was given"),
        ({"defects": ["crack", " "]}, "Sentence 2 is empty"),
        ({"defects": "crack"}, r"give a list of sentences, such as \['crack'\]"),
        ({"defects": ["no defect"]}, "name one defect at least"),
        ({"defects": ["unknown"]}, "stands in every result"),
        ({"defects": ["crack"] * 10_000}, "10000 sentences were given; at most"),
        ({"part": " "}, "say what is on the picture"),
        ({"mm_per_pixel": 0.0}, "must be a positive number of mm"),
        ({"scales": (0,)}, "from 0.1 to 4"),
        ({"lang": "fr"}, "'fr'"),
        ({"model": "builtin/text"}, "takes text, not pictures"),
        ({"references": ["a.png"]}, "references holds an Image, not a str"),
    ],
)
def test_what_cannot_be_asked_is_refused(look: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        look(picture(), **options)


def test_what_is_no_picture_is_refused(look: Any) -> None:
    with pytest.raises(UsageError, match=r"read a file with read_image\(path\)"):
        look("a.png")
    with pytest.raises(InputError, match="1 x 1 pixels: too small to judge"):
        look(Image(np.zeros((1, 1), np.uint8)))
