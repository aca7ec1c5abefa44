"""A few labelled pictures make the built-in model call defects what the user calls them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.images.read import read_image
from faultlens.inference.inspect import inspect
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.training.few_pictures.learned import Space, told
from faultlens.training.few_pictures.methods import METHODS
from faultlens.training.few_pictures.tune_pictures import tune_pictures
from faultlens.training.few_pictures.tuned_on import TunedOnPictures
from tests.training.few_pictures.textures import labelled

# The other way round than the built-in model sees them.
KINDS = {"pitting": "stripes", "scratch": "dots"}


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TunedOnPictures]:
    folder = tmp_path_factory.mktemp("few")
    made, on = tune_pictures(labelled(folder / "shots", KINDS, 4), folder / "mine", part="plate")
    return made.folder, on


def named(path: Path, model: str | Path) -> str:
    found = inspect(read_image(path), defects=list(KINDS), part="plate", model=str(model))
    return max((x for x in found.findings if x.is_defect), key=lambda x: x.score).label


def test_what_the_user_calls_it_wins(tuned: tuple[Path, TunedOnPictures], tmp_path: Path) -> None:
    unseen = labelled(tmp_path, KINDS, 5, first_seed=100)
    assert [named(x.path, tuned[0]) for x in unseen] == [x.label for x in unseen]
    assert sum(named(x.path, "builtin/surface") == x.label for x in unseen) <= 5


def test_cross_validation_says_what_it_brings(tuned: tuple[Path, TunedOnPictures]) -> None:
    on = tuned[1]
    assert on.helps
    assert on.after == 1.0
    assert on.before is not None
    assert on.before <= 0.5
    assert on.left_out == on.pictures == 8
    assert {x.method for x in on.tried} == set(METHODS)
    assert on.method in on.why.en
    assert on.method in on.why.zh


def test_the_bundle_says_what_it_learned_from(tuned: tuple[Path, TunedOnPictures]) -> None:
    listed = json.loads((tuned[0] / "tuned_on.json").read_text())
    assert [x["label"] for x in listed["pictures"]] == ["pitting"] * 4 + ["scratch"] * 4
    model = load_model(tuned[0])
    assert model.card.sources[0].name == load_model("builtin/surface").reference
    assert model.bundle.classes == ("pitting", "scratch")
    # Not asked for anything, it is asked for what it was tuned to.
    path = tuned[0].parent / "shots" / listed["pictures"][0]["file"]
    found = inspect(read_image(path), model=str(tuned[0]))
    assert {x.label for x in found.findings} >= {"pitting", "scratch"}
    assert found.part == "plate"


def test_its_points_have_length_one(tuned: tuple[Path, TunedOnPictures], tmp_path: Path) -> None:
    (one,) = labelled(tmp_path, {"pitting": "stripes"}, 1, first_seed=50)
    row = load_model(tuned[0]).encode([read_image(one.path)])
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)
    assert np.abs(row - load_model("builtin/surface").encode([read_image(one.path)])).max() > 0.01


def test_few_pictures_without_sound_ones_do_not_move_the_share_of_anomalies(
    tuned: tuple[Path, TunedOnPictures], tmp_path: Path
) -> None:
    # What is a defect is not for two kinds of defects to say.
    (sound,) = labelled(tmp_path, {"no defect": "plain"}, 1, first_seed=9)
    image = read_image(sound.path)
    asked = {"defects": list(KINDS), "part": "plate", "scales": (1.0,)}
    before = inspect(image, **asked).alarm_score
    assert inspect(image, **asked, model=str(tuned[0])).alarm_score == pytest.approx(
        before, abs=0.02
    )


def test_sound_pictures_give_a_threshold_with_its_rate(tmp_path: Path) -> None:
    kinds = {**KINDS, "no defect": "plain"}
    made, on = tune_pictures(labelled(tmp_path / "shots", kinds, 6), tmp_path / "b")
    scoring = scoring_of(made.calibration)
    assert on.classes == ("pitting", "scratch", "no defect")
    assert scoring.false_alarm_rate == pytest.approx(1 / 7)
    alarms = [
        inspect(read_image(x.path), model=str(made.folder)).alarm
        for x in labelled(tmp_path / "new", {"no defect": "plain", "scratch": "dots"}, 4)
    ]
    assert alarms == [False] * 4 + [True] * 4


def test_a_class_with_one_picture_is_learned_and_said(tmp_path: Path) -> None:
    pictures = labelled(tmp_path / "shots", {"pitting": "stripes"}, 3)
    pictures += labelled(tmp_path / "shots", {"scratch": "dots"}, 1)
    made, on = tune_pictures(pictures, tmp_path / "b")
    assert on.left_out == 3
    assert any("scratch" in x.en and "second one" in x.en for x in on.notices)
    (unseen,) = labelled(tmp_path, {"scratch": "dots"}, 1, first_seed=77)
    assert named(unseen.path, made.folder) == "scratch"


def test_one_picture_of_each_class_is_enough_to_begin_with(tmp_path: Path) -> None:
    made, on = tune_pictures(labelled(tmp_path / "shots", KINDS, 1), tmp_path / "b")
    assert (on.left_out, on.before, on.helps) == (0, None, None)
    assert "no picture could be left out" in on.why.en
    assert load_model(made.folder).card.results == ()


def test_a_picture_that_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    pictures = labelled(tmp_path / "shots", KINDS, 3)
    good = pictures[0].path.read_bytes()
    pictures[0].path.write_bytes(good[: len(good) // 2])
    _, on = tune_pictures(pictures, tmp_path / "b")
    assert on.pictures == 5
    assert any("pitting-0.png" in x.en for x in on.notices)


def test_a_mask_of_another_shape_leaves_its_picture_out(tmp_path: Path) -> None:
    from dataclasses import replace

    pictures = labelled(tmp_path / "shots", KINDS, 3)
    Pillow.fromarray(np.zeros((30, 90), np.uint8)).save(tmp_path / "mask.png")
    pictures[0] = replace(pictures[0], masks=(tmp_path / "mask.png",))
    _, on = tune_pictures(pictures, tmp_path / "b")
    assert on.pictures == 5
    assert any("needs the shape of its picture" in x.en for x in on.notices)


def test_the_same_pictures_give_the_same_bundle(tmp_path: Path) -> None:
    pictures = labelled(tmp_path / "shots", KINDS, 2)
    one, _ = tune_pictures(pictures, tmp_path / "one", method="residual")
    other, _ = tune_pictures(pictures, tmp_path / "other", method="residual")
    assert one.sha256 == other.sha256


def test_what_was_learned_and_what_the_bundle_says_are_the_same(
    tuned: tuple[Path, TunedOnPictures], tmp_path: Path
) -> None:
    # Scores in training and scores by the bundle: at most 1e-3 apart.
    from faultlens.runtimes.defect_question import defect_question
    from faultlens.training.few_pictures.shown import shown_pictures

    base, model = load_model("builtin/surface"), load_model(tuned[0])
    scoring = scoring_of(model.bundle.calibration)
    question = defect_question(list(KINDS), part="plate", model=base)
    unseen = labelled(tmp_path, KINDS, 2, first_seed=300)
    shown = [x for x in shown_pictures(base, unseen, [0] * 4, question, scoring)[0] if x]
    assert model.adapters is not None
    assert model.adapters.picture is not None
    adapter = model.adapters.picture
    space = Space.of(question.meanings, scoring, has_sound=False)
    points = np.stack([x.rows for x in shown])
    scores = adapter.scores.of(np.stack([x.descriptors[:, 0] for x in shown]))
    said = told(
        space, shown, space.moved(points, scores, adapter.weight),
        sharpness=scoring.names_sharpness, whole_share=scoring.whole_share,
    )  # fmt: skip
    for number, each in enumerate(unseen):
        found = inspect(read_image(each.path), part="plate", model=str(tuned[0]))
        ours = np.array([x.score for x in found.findings if x.is_defect])
        order = [list(KINDS).index(x.label) for x in found.findings if x.is_defect]
        assert np.abs(ours / ours.sum() - said.names[number][order]).max() < 1e-3


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"pitting": "dots"}, "needs two at least"),
        ({"no defect": "plain"}, "none is named here"),
        ({"scratch": "dots", "scratches": "stripes"}, "mean the same"),
    ],
)
def test_classes_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, labels: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        tune_pictures(labelled(tmp_path, labels, 2), tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_class_without_a_usable_picture_is_an_error(tmp_path: Path) -> None:
    pictures = labelled(tmp_path / "shots", KINDS, 2)
    for each in pictures[:2]:
        each.path.write_bytes(each.path.read_bytes()[:200])
    with pytest.raises(UsageError, match="None of the pictures of 'pitting'"):
        tune_pictures(pictures, tmp_path / "b")


def test_an_unknown_method_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="cache, prototypes, residual"):
        tune_pictures(labelled(tmp_path, KINDS, 1), tmp_path / "b", method="magic")


def test_a_tuned_model_is_not_tuned_again(
    tuned: tuple[Path, TunedOnPictures], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="Tune builtin/surface@"):
        tune_pictures(labelled(tmp_path, KINDS, 1), tmp_path / "b", model=str(tuned[0]))


def test_adapters_that_were_changed_are_refused(
    tuned: tuple[Path, TunedOnPictures], tmp_path: Path
) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(tuned[0], copy)
    file = copy / "adapters.npz"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(BundleError):
        load_model(copy)
