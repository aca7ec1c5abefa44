"""Pictures in, an encoder of surfaces out, by the commands that a user types."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.images.read import read_image
from faultlens.images.write import write_image
from faultlens.models.checkpoint import read_checkpoint
from faultlens.models.restored import RestoredModel
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.tuned_pictures import tuned_pictures

SMALL = ("--epochs", 1, "--batch-size", 8, "--set", "judged=50", "--set", "crop_px=64")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rendered_pictures_with_captions_become_a_model_for_every_verb(
    run: Any, here: Path
) -> None:
    made = run("simulate", "surface", "--defect", "no defect, crack", "--size", 96, "--grey",
               "--part", "sheet", "--count", 12, "--out", "shop", "--quiet")  # fmt: skip
    assert made.code == 0
    write_image(here / "shop" / "images" / "later.png", np.full((96, 96), 90, np.uint8))
    trained = run("train", "--train-data", "shop", *SMALL, "--set", "rendered=0", "--json")
    assert trained.code == 0, trained.err
    told = json.loads(trained.out)
    assert told["encoder"] == "surface" and told["start"] == "builtin/surface"
    assert told["pictures"] == 12 and told["classes"] == ["no defect", "crack"]
    exported = run("export", told["checkpoint"], "--out", "mine", "--json")
    assert json.loads(exported.out)["asked_in_words"] is True
    files = [str(x) for x in sorted((here / "shop" / "images").glob("crack*"))[:2]]
    seen = run("inspect", *files, "--model", "mine", "--defects", "crack", "--json")
    assert seen.code == 0 and "zero_shot_model@" in seen.out
    sound = here / "shop" / "images" / "no_defect*.png"
    profile = run("calibrate", str(sound), "--model", "mine", "--out", "shop.profile", "--quiet")
    assert profile.code == 0, profile.err
    tested = run("evaluate", "--test-data", "shop", "--model", "mine", "--json")
    assert json.loads(tested.out)["pictures"] == 12
    card = load_model("mine").card
    assert "crack (6), no defect (6)" in card.training_data
    assert sha256(Path(files[0]).read_bytes()).hexdigest() in tuned_pictures(here / "mine")
    assert [x.name.partition("@")[0] for x in card.sources][1:] == ["builtin/surface"]
    assert difference(here / "mine", Path(told["checkpoint"]), Path(files[0])) < 1e-3


def difference(bundle: Path, checkpoint: Path, picture: Path) -> float:
    """Of the points of a picture, by the bundle and by the module that it was exported from."""
    image = read_image(picture)
    pixels = torch.from_numpy(np.repeat(image.grey()[None, None], 3, axis=1))
    module = RestoredModel(read_checkpoint(checkpoint)).model.eval()
    with torch.inference_mode():
        expected = module.points(pixels).numpy()
    return float(np.abs(load_model(bundle).encode(image) - expected).max())


def test_a_folder_that_nobody_labelled_is_painted_on(run: Any, here: Path) -> None:
    draw = np.random.default_rng(0)
    for x in range(3):
        write_image(here / "parts" / f"{x}.png", draw.integers(90, 120, (96, 96)).astype(np.uint8))
    (here / "parts" / "x.png").write_bytes(b"nothing")
    trained = run("train", "--train-data", "parts", *SMALL, "--set", "rendered=0",
                  "--set", "painted=8")  # fmt: skip
    assert trained.code == 3, "all was done but for one file"
    assert "parts/x.png is a text file" in trained.err
    assert "4 pictures have neither label nor caption" in trained.err
    assert "0 labelled pictures" in trained.out and "faultlens export" in trained.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--train-data", "rendered", "--start", "nowhere"), "Unknown model 'nowhere'"),
        (("--train-data", "rendered", "--mode", "adapter"), "faultlens tune"),
        (("--train-data", "rendered", "--text-model", "lstm"), "trained into builtin/text"),
        (("--train-data", ".", "--encoder", "surface"), "holds no pictures"),
        (("--train-data", "rendered", "--set", "rendered=0"), "nothing to learn from"),
        (("--train-data", "rendered", "--where", "x", "--set", "window=3"), "Unknown setting"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_rendered(
    run: Any, options: tuple[str, ...], words: str
) -> None:
    found = run("train", *options)
    assert found.code in (2, 3)
    assert words in " ".join(found.err.split())
