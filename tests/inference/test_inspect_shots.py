"""Region, views, enhancement and infrared plug into `inspect`; results lie on the picture given."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal
from faultlens.images.write import write_image
from faultlens.inference.inspect import inspect, inspector
from faultlens.inference.inspect_batch import inspect_shots
from faultlens.inference.inspection import Inspection
from faultlens.inference.shot_files import ShotFiles, expand_infrared, shot_files
from faultlens.profiles.calibrate import calibrate
from faultlens.reports.inspection_overlay import overlay_pixels
from faultlens.runtimes.bundle import Bundle
from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model

BOTH = ((CRACKED, 40, 80, 24, 64), (SCRATCHED, 120, 176, 16, 48))
"""A crack at the upper middle and a scratch at the lower right of 240 x 160 px."""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The model that reads colours."""
    return write_coloured_model(tmp_path_factory.mktemp("models") / "colours")


@pytest.fixture
def look(bundle: Bundle) -> Any:
    """`inspect` with that model."""

    def with_it(image: Image | None, **options: Any) -> Inspection:
        asked = {"model": str(bundle.folder), "defects": ["crack", "scratch"], **options}
        return inspect(image, **asked)

    return with_it


def boxes(result: Inspection) -> dict[str, Any]:
    return {x.label: x.boxes[0] for x in result.findings if x.boxes}


def test_in_a_box_places_are_told_in_pixels_of_the_picture_given(look: Any) -> None:
    image = picture(spots=BOTH)
    whole, part = look(image), look(image, roi=(48, 16, 144, 80))
    assert set(boxes(whole)) == {"crack", "scratch"}
    assert set(boxes(part)) == {"crack"}
    assert boxes(part)["crack"] == pytest.approx(boxes(whole)["crack"], abs=3)
    mask = part.best.mask
    assert mask is not None
    assert mask.shape == part.heat.shape == (160, 240)
    assert mask[52, 110] and not mask[:16].any() and not mask[:, :48].any()
    assert part.heat[:, 192:].max() == 0
    told = part.to_dict()
    assert told["roi"]["corners"] == [[48, 16], [192, 16], [192, 96], [48, 96]]
    assert (told["picture"]["width_px"], told["picture"]["height_px"]) == (240, 160)
    assert "in the region 48,16,144,80" in part.history[0]
    # The region is drawn around: pixels of its rim differ from those without it.
    assert (overlay_pixels(part.view)[16, 60:180] != overlay_pixels(whole.view)[16, 60:180]).any()


def test_a_polygon_leaves_out_what_a_box_would_hold(look: Any) -> None:
    below = look(picture(spots=BOTH), roi=[(0, 60), (0, 160), (240, 160), (240, 110)])
    assert set(boxes(below)) == {"scratch"}
    assert boxes(below)["scratch"][:2] == pytest.approx((176, 120), abs=6)


def test_the_part_is_found_by_a_picture_of_it(look: Any) -> None:
    grain = gaussian_filter(np.random.default_rng(1).normal(size=(300, 400)), 3) * 400
    pixels = np.clip(picture(height=300, width=400).pixels + grain[..., None], 0, 255)
    pixels = pixels.astype(np.uint8)
    pixels[150:180, 220:280] = CRACKED
    template = Image(pixels[100:220, 180:340], name="bracket.png")
    found = look(Image(pixels), roi=template)
    assert found.roi is not None
    assert found.roi.bounds == pytest.approx((180, 100, 340, 220), abs=2)
    assert boxes(found)["crack"][:2] == pytest.approx((220, 150), abs=8)
    with pytest.raises(InputError, match=r"bracket\.png was not found"):
        look(picture(height=300, width=400), roi=template)


def test_views_enhancements_and_zoom_are_told_in_the_history(look: Any) -> None:
    first, second = picture(1, spots=BOTH), picture(2, spots=BOTH)
    pixels = first.pixels.copy()
    pixels[40:64, 80:144] = 255
    result = look(Image(pixels), views=[second], views_fixed=True, enhance=["contrast"], zoom=2)
    assert boxes(result)["crack"][:2] == pytest.approx((80, 40), abs=6)
    assert result.to_dict()["views"] == 2
    done = " ".join(result.history)
    assert "contrast x 1.2 + 0.1" in done
    assert "2 places again, enlarged" in done
    # What is drawn is the picture that was given.
    assert np.array_equal(result.view.pixels, pixels)


def test_a_profile_brings_its_zoom_and_its_enhancements(bundle: Bundle) -> None:
    normals = [picture(x, height=64, width=64) for x in range(12)]
    made = calibrate(
        normals, defects=["crack"], enhance=["contrast"], zoom=1, model=str(bundle.folder)
    )
    result = inspect(normals[0], profile=made, model=str(bundle.folder))
    assert any("contrast" in x for x in result.history)
    assert any("1 places again" in x for x in result.history)
    assert not any("made for other" in x for x in result.warnings)
    part = inspect(normals[0], profile=made, roi=(0, 0, 32, 32), model=str(bundle.folder))
    assert any("made of whole, single pictures" in x for x in part.warnings)
    held = inspect(normals[0], references=normals, roi=(0, 0, 32, 32), model=str(bundle.folder))
    assert not any("made of whole, single pictures" in x for x in held.warnings)
    plain = inspect(normals[0], profile=made, enhance=(), zoom=0, model=str(bundle.folder))
    assert any("made for other" in x for x in plain.warnings)


def warm(shape: tuple[int, int] = (160, 240), seed: int = 3) -> Thermal:
    """25 degC with a structure of its own, and one spot of 90."""
    scene = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 3) * 60 + 25
    scene[60:68, 100:110] = 90
    return Thermal(scene.astype(np.float32), name="busbar.tiff")


@pytest.mark.parametrize("fusion", [None, "feature", "decision:0.2"])
def test_hot_spots_stand_beside_the_verdict_at_every_level(look: Any, fusion: str | None) -> None:
    thermal = warm()
    grey = thermal.picture()
    image = Image((grey.pixels // 257).astype(np.uint8), name="busbar.png")
    result = look(image, infrared=thermal, fusion=fusion, roi=(40, 20, 160, 120))
    spot = result.hot_spots[0]
    assert spot.spot.celsius == pytest.approx(90, abs=1)
    assert spot.box is not None
    assert spot.box[:2] == pytest.approx((100, 60), abs=3)
    told = result.to_dict()
    assert told["hot_spots"][0]["celsius"] == pytest.approx(90, abs=1)
    assert told["fusion"] == (None if fusion is None else result.infrared.fusion.to_dict())
    assert told["hot_spot_alarm"]["false_alarm_rate"] is None
    assert result.view.hot_spots[0].words.startswith("90 °C")
    assert any("measured without infrared" in x for x in result.warnings) == bool(fusion)


def test_infrared_alone_and_of_another_scene(look: Any) -> None:
    alone = look(None, infrared=warm())
    assert alone.hot_spots
    assert alone.file == "busbar.tiff"
    assert any("no visible picture" in x for x in alone.warnings)
    other = gaussian_filter(np.random.default_rng(9).normal(size=(160, 240)), 3) * 400 + 128
    with pytest.raises(InputError, match="quality"):
        look(Image(np.clip(other, 0, 255).astype(np.uint8)), infrared=warm())
    with pytest.raises(UsageError, match="There is no picture"):
        look(None)


def test_the_adapter_at_test_time_keeps_what_is_plain(look: Any) -> None:
    plain, adapted = (look(picture(spots=BOTH), adapt=x) for x in (False, True))
    assert adapted.verdict == plain.verdict
    assert boxes(adapted)["crack"] == pytest.approx(boxes(plain)["crack"], abs=8)
    assert adapted.alarm_score != plain.alarm_score


def test_without_options_nothing_is_added(look: Any) -> None:
    told = look(picture(spots=BOTH)).to_dict()
    assert (told["roi"], told["fusion"], told["hot_spots"]) == (None, None, [])
    assert (told["hot_spot_alarm"], told["candidates"]) == (None, [])


def test_a_shot_that_cannot_be_looked_at_fails_alone(bundle: Bundle, tmp_path: Path) -> None:
    for name, size in (("a", (160, 240)), ("small", (64, 64)), ("z", (160, 240))):
        write_image(tmp_path / f"{name}.png", picture(height=size[0], width=size[1]).pixels)
    files = [str(tmp_path / f"{x}.png") for x in ("a", "small", "z")]
    ready = inspector(roi="100,100,100,50", model=str(bundle.folder))
    outcomes = list(inspect_shots(ready, map(ShotFiles, files)))
    assert [x.result is None for x in outcomes] == [False, True, False]
    assert "64 x 64 pixels" in str(outcomes[1].reason)


def test_views_and_infrared_find_their_picture_by_name(tmp_path: Path) -> None:
    found = shot_files(
        ["s/p1.png", "s/p2.png"],
        views=["v/p1_b.png", "v/P1-c.jpg", "v/p10.png", "s/p1.png"],
        infrared=["ir/p1.tiff", "ir/p3.tiff"],
    )
    assert found[0].views == ("v/p1_b.png", "v/P1-c.jpg")
    assert (found[0].infrared, found[1].infrared) == ("ir/p1.tiff", None)
    assert len(found[1].notices) == 2
    (one,) = shot_files(["a.png"], views=["x.png", "y.png"], infrared=["heat.fff"])
    assert (one.views, one.infrared) == (("x.png", "y.png"), "heat.fff")
    (alone,) = shot_files([], infrared=["heat.fff"])
    assert (alone.file, alone.name) == (None, "heat.fff")
    with pytest.raises(UsageError, match="No view belongs to a picture"):
        shot_files(["a.png", "b.png"], views=["c.png"])
    for name in ("b.tiff", "a.json", "a.tiff"):
        (tmp_path / name).write_bytes(b"x")
    assert [Path(x).name for x in expand_infrared(str(tmp_path))] == ["a.tiff", "b.tiff"]
    with pytest.raises(InputError, match="No infrared file in"):
        expand_infrared(str(tmp_path / "*.fff"))
