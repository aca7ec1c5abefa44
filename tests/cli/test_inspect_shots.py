"""`faultlens inspect` with a region, views, infrared, enhancements and zoom."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from faultlens.images.write import write_image
from tests.coloured_model import CRACKED, picture, write_coloured_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model that reads colours."""
    return write_coloured_model(tmp_path_factory.mktemp("models") / "colours").folder


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Two parts, grainy enough to be found, one with a crack at 220, 150."""
    for name, spots in (("p1", ((CRACKED, 150, 220, 30, 60),)), ("p2", ())):
        grain = gaussian_filter(np.random.default_rng(1).normal(size=(300, 400)), 3) * 400
        pixels = picture(height=300, width=400, spots=spots).pixels + grain[..., None]
        write_image(tmp_path / "shots" / f"{name}.png", np.clip(pixels, 0, 255).astype(np.uint8))
    return tmp_path / "shots"


def told(said: Any) -> list[dict[str, Any]]:
    assert said.code == 0, said.err
    return [json.loads(x) for x in said.out.splitlines()]


def asked(shots: Path, model: Path, *options: object) -> tuple[object, ...]:
    return ("inspect", shots, "--model", model, "--defects", "crack", "--json", *options)


def test_a_region_and_a_zoom_are_told_in_the_json(run: Any, shots: Path, model: Path) -> None:
    roi = "160,100;340,100;340,220;160,220"
    first, second = told(run(*asked(shots, model, "--roi", roi, "--zoom", "2")))
    assert first["roi"]["corners"][0] == [160, 100]
    assert first["findings"][0]["region"]["boxes"][0]["x"] == pytest.approx(220, abs=8)
    assert any("2 places again" in x for x in second["history"])


def test_the_part_is_found_on_each_by_the_file_of_a_picture(
    run: Any, shots: Path, model: Path, tmp_path: Path
) -> None:
    from faultlens.images.read import read_image

    template = tmp_path / "template.png"
    write_image(template, read_image(shots / "p2.png").pixels[60:260, 120:380])
    for result in told(run(*asked(shots, model, "--roi", template))):
        assert result["roi"]["quality"] > 0.5
        assert result["roi"]["corners"][0] == pytest.approx([120, 60], abs=2)


def test_views_and_infrared_belong_by_name(
    run: Any, shots: Path, model: Path, tmp_path: Path
) -> None:
    from faultlens.images.read import read_image

    pixels = read_image(shots / "p1.png").pixels
    write_image(tmp_path / "views" / "p1_left.png", (pixels * 0.9).astype(np.uint8))
    write_image(tmp_path / "heat" / "p1.png", pixels[..., 1])
    first, second = told(
        run(
            *asked(shots, model, "--views", tmp_path / "views", "--views-fixed"),
            "--infrared", tmp_path / "heat", "--fusion", "decision:0.1", "--enhance", "contrast",
        )
    )  # fmt: skip
    assert any("contrast x 1.2" in x for x in first["history"])
    assert first["fusion"] == {"level": "decision", "weight": 0.1}
    assert first["hot_spot_alarm"] is not None
    assert second["hot_spot_alarm"] is None
    assert any("no infrared file of this picture's name" in x for x in second["warnings"])
    assert any("looked at alone" in x for x in second["warnings"])


def test_infrared_alone_needs_no_picture(run: Any, model: Path, tmp_path: Path) -> None:
    scene = gaussian_filter(np.random.default_rng(3).normal(size=(160, 240)), 3) * 30 + 25
    scene[60:68, 100:110] = 90
    file = tmp_path / "busbar.png"
    write_image(file, np.rint((scene + 273.15) * 100).astype(np.uint16))
    (result,) = told(
        run(
            "inspect", "--infrared", file, "--celsius-per-step", "0.01",
            "--celsius-at-zero=-273.15", "--model", model, "--json",
        )
    )  # fmt: skip
    assert result["file"] == str(file)
    assert result["hot_spots"][0]["celsius"] == pytest.approx(90, abs=1)


def test_nothing_at_all_is_refused(run: Any, model: Path) -> None:
    said = run("inspect", "--model", model)
    assert said.code == 2
    assert "No picture was given" in said.err
