"""A profile that learned from labelled defects names what alone fits, and says what else might."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from faultlens.images.read import read_image
from faultlens.inference.inspect import inspect
from faultlens.profiles.calibrate import calibrate
from faultlens.profiles.surface_profile import read_surface_profile
from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model

BETWEEN = (125, 20, 125)
"""A colour that is as much a crack as a scratch."""

Draw = Callable[..., Path]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "colours"
    write_coloured_model(folder)
    return folder


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Write pictures of 48 x 48 pixels with a spot of a colour, or none, into a folder."""
    root = tmp_path_factory.mktemp("pictures")

    def drawn(name: str, colour: Any, count: int, seed: int) -> Path:
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(seed, seed + count):
            # Far enough from one another to be no near-duplicates.
            top, left = (6 * x for x in divmod(number % 25, 5))
            spots = () if colour is None else ((colour, top, left, 24, 24),)
            made = picture(number, height=48, width=48, spots=spots)
            Image.fromarray(made.pixels).save(folder / f"{number}.png")
        return folder

    return drawn


@pytest.fixture(scope="module")
def normal(draw: Draw) -> Path:
    return draw("normal", None, 24, 0)


@pytest.fixture(scope="module")
def labelled(draw: Draw) -> Path:
    """Cracks and scratches, some of each of a colour between; and one clean picture."""
    draw("labelled/crack", CRACKED, 12, 100)
    draw("labelled/scratch", SCRATCHED, 12, 200)
    draw("labelled/crack", BETWEEN, 8, 312)
    draw("labelled/scratch", BETWEEN, 8, 412)
    return draw("labelled/good", None, 1, 500).parent


@pytest.fixture(scope="module")
def profile(model: Path, normal: Path, labelled: Path, tmp_path_factory: Any) -> Path:
    path: Path = tmp_path_factory.mktemp("profiles") / "plate.profile"
    made = calibrate(
        [read_image(x) for x in sorted(normal.iterdir())], model=str(model), name="plate",
        defects=["crack", "scratch"], labelled=labelled,
    )  # fmt: skip
    made.save(path)
    return path


def test_one_name_that_fits_is_given(
    profile: Path, model: Path, draw: Draw, tmp_path: Path
) -> None:
    made = read_surface_profile(profile)
    assert made.classes is not None and made.classes.samples == (20, 20)
    folder = draw("red", CRACKED, 1, 900)
    found = inspect(read_image(folder / "900.png"), model=str(model), profile=made)
    assert (found.verdict, found.alarm, found.candidates) == ("crack", True, ())


def test_two_names_that_fit_are_no_guess(profile: Path, model: Path, draw: Draw) -> None:
    made = read_surface_profile(profile)
    folder = draw("violet", BETWEEN, 1, 901)
    found = inspect(read_image(folder / "901.png"), model=str(model), profile=made)
    assert found.alarm and found.verdict == "unknown"
    assert sorted(found.candidates) == ["crack", "scratch"]
    assert any("not told apart" in x for x in found.warnings)
    assert found.sentence.startswith("A defect at the ")
    assert "crack or scratch" in found.sentence or "scratch or crack" in found.sentence
    assert json.loads(json.dumps(found.to_dict()))["candidates"] == list(found.candidates)
    without = inspect(
        read_image(folder / "901.png"), model=str(model), profile=made, defects=["crack", "hole"]
    )
    assert without.candidates == ()
    assert any("class thresholds of 'plate' are for other sentences" in x for x in without.warnings)


def test_the_command_tells_what_is_confused_and_what_is_left_out(
    run: Any, model: Path, normal: Path, labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "plate.profile"
    told = run(
        "calibrate", normal, "--labelled", labelled, "--model", model, "--out", out,
        "--defects", "crack,scratch", "--missed", 0.2, "--matrix", tmp_path / "matrix.png",
    )  # fmt: skip
    assert told.code == 0
    assert "What is said of 40 labelled pictures" in told.out
    assert "--missed 0.2: " in told.out and "given a name" in told.out
    assert "1 labelled pictures have no defect" in told.err
    with Image.open(tmp_path / "matrix.png") as drawn:
        assert drawn.width > 600
    made = read_surface_profile(out)
    assert made.classes is not None and made.classes.wanted == 0.2


def test_evaluate_counts_names_given_and_wrong_ones(
    run: Any, model: Path, profile: Path, labelled: Path, tmp_path: Path
) -> None:
    told = run("evaluate", "--test-data", labelled, "--model", model, "--profile", profile,
               "--defects", "crack,scratch", "--out", tmp_path)  # fmt: skip
    assert told.code == 0, told.err
    record = json.loads((tmp_path / "metrics.json").read_text("utf-8"))["naming"]
    assert 0.5 < record["named"] < 1 and record["named_wrongly"] < 1 - record["accuracy"]
    assert "given a wrong name" in told.out


def test_a_profile_goes_on_learning_from_corrections(
    run: Any, model: Path, profile: Path, draw: Draw, tmp_path: Path
) -> None:
    folder = tmp_path / "corrections"
    for label, colour, seed in (("crack", CRACKED, 600), ("scratch", SCRATCHED, 700)):
        shots = draw(f"new-{label}", colour, 5, seed)
        of_set = ("--corrections", folder, "--model", model, "--by", "anna")
        assert run("correct", shots, "--label", label, *of_set).code == 0
    out = tmp_path / "newer.profile"
    told = run("calibrate", "--profile", profile, "--labelled", folder, "--model", model,
               "--out", out)  # fmt: skip
    assert told.code == 0 and "Too few labelled pictures for 0.1 missed names" in told.err
    made, before = read_surface_profile(out), read_surface_profile(profile)
    assert made.classes is not None and made.classes.samples == (5, 5)
    assert made.threshold == before.threshold


def test_pictures_that_the_model_was_tuned_on_teach_no_thresholds(
    run: Any, model: Path, normal: Path, labelled: Path, tmp_path: Path
) -> None:
    shots = sorted((labelled / "crack").iterdir())
    files = {x: (model / x).read_bytes() for x in ("image.onnx", "golden.npz")}

    def told(name: str, seen: list[Path]) -> Any:
        rows = [{"sha256": sha256(x.read_bytes()).hexdigest()} for x in seen]
        listed = json.dumps({"pictures": rows}).encode()
        write_coloured_model(tmp_path / name, files={**files, "tuned_on.json": listed})
        return run("calibrate", normal, "--labelled", labelled, "--model", tmp_path / name,
                   "--defects", "crack,scratch", "--out", tmp_path / "x.profile")  # fmt: skip

    some = told("some", shots[:5])
    assert some.code == 0 and "5 labelled pictures are, or look like, those" in some.err
    made = read_surface_profile(tmp_path / "x.profile").classes
    assert made is not None and made.samples == (15, 20)
    every = told("every", [*shots, *(labelled / "scratch").iterdir()])
    assert every.code == 2 and "All 40 labelled pictures are, or look like" in every.err


def test_wrong_calls_are_usage_errors(
    run: Any, model: Path, profile: Path, normal: Path, labelled: Path, tmp_path: Path
) -> None:
    out = ("--out", tmp_path / "x.profile")
    assert "Give healthy recordings" in run("calibrate", *out).err
    told = run("calibrate", normal, "--profile", profile, "--labelled", labelled, *out)
    assert told.code == 2 and "keeps its own normal parts" in told.err
    told = run("calibrate", "--profile", profile, *out)
    assert told.code == 2 and "--profile goes with --labelled" in told.err
    told = run("calibrate", "--profile", profile, "--labelled", labelled, *out)
    assert told.code == 2 and "was made with mine/colours" in told.err
    one = tmp_path / "one"
    (one / "crack").mkdir(parents=True)
    Image.fromarray(picture(1, height=48, width=48).pixels).save(one / "crack" / "1.png")
    told = run("calibrate", "--profile", profile, "--labelled", one, "--model", model, *out)
    assert told.code == 2 and "two defects at least" in told.err
    told = run("calibrate", normal, "--missed", 0.2, *out)
    assert told.code == 2 and "--missed goes with --labelled" in told.err
    assert not (tmp_path / "x.profile").exists()
