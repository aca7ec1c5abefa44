"""What is asked of pictures: sentences understood, placed among words, distractors taken off."""

from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.runtimes.defect_question import defect_question
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.surface_scores import ensemble, without_directions
from faultlens.text.prompts import anomalous_sentences, normal_sentences, sentences_for
from tests.coloured_model import write_coloured_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model in the space of builtin/text."""
    return load_model(write_coloured_model(tmp_path_factory.mktemp("models") / "m").folder)


class Tower:
    """A model with a text tower of its own, which counts what it is asked."""

    brings_text = True

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_text(self, sentences: list[str]) -> np.ndarray:
        """Rows drawn by the sentence alone."""
        self.asked += sentences
        rows = np.stack(
            [np.random.default_rng(abs(hash(x)) % 2**32).normal(size=8) for x in sentences]
        )
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return rows.astype(np.float32)


def test_the_set_of_the_part_is_asked_for_where_nobody_says(model: Model) -> None:
    asked = defect_question(None, part="rear axle", model=model)
    assert {x.defect.key for x in asked.asked if x.defect} >= {"keyway_crack", "spline_scratch"}
    assert asked.sound == ("no defect",)
    assert defect_question(None, part="磁瓦", model=model, lang="zh").sound == ("无缺陷",)
    assert asked.meanings.defects.shape == (len(asked.asked), 256)
    assert asked.meanings.anomalous is None


def test_a_part_that_no_set_is_known_for_is_said(model: Model) -> None:
    (notice,) = defect_question(None, part="kettle", model=model).notices
    assert "for 'kettle'; those of any metal surface" in notice.en
    assert "“kettle”" in notice.zh
    for part, defects in (("drive shaft", None), (None, None), ("kettle", ["crack"])):
        assert defect_question(defects, part=part, model=model).notices == ()


def test_names_of_one_defect_in_any_words_lie_together(model: Model) -> None:
    points = defect_question(
        ["crack", "hairline fissures", "裂纹", "dent"], model=model
    ).meanings.defects
    assert (points[:3] @ points[:3].T).min() > 0.8
    assert (points[:3] @ points[3]).max() < 0.6
    assert np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5)


def test_a_users_own_words_say_more_than_the_name_that_they_hold(model: Model) -> None:
    mesh, crack, crazing = defect_question(
        ["fine cracks that join up into a mesh", "crack", "crazing"], model=model
    ).meanings.defects
    assert mesh @ crazing > crack @ crazing + 0.1


def test_sizes_are_not_embedded(model: Model) -> None:
    plain, sized = defect_question(
        ["crack", "crack longer than 5 mm"], model=model
    ).meanings.defects
    assert np.allclose(plain, sized, atol=1e-5)


def test_glare_is_harmless_unless_it_is_asked_for(model: Model) -> None:
    assert defect_question(["crack"], model=model).meanings.harmless.shape == (1, 256)
    assert defect_question(["crack", "glare"], model=model).meanings.harmless.size == 0


def test_what_a_sentence_denies_is_taken_off(model: Model) -> None:
    plain, denied = defect_question(
        ["crack", "not a scratch, but a crack"], model=model
    ).meanings.defects
    scratch = defect_question(["scratch"], model=model).meanings.defects[0]
    assert denied @ scratch < plain @ scratch
    assert denied @ plain > 0.95


def test_a_tower_of_the_world_is_asked_in_many_wordings() -> None:
    tower = Tower()
    made: Any = defect_question(
        ["crack", "not a scratch, but a dent"],
        part="drive shaft",
        model=tower,  # type: ignore[arg-type]
    )
    crack, dent = (sentences_for(x, "drive shaft") for x in made.asked)
    assert {*crack, *dent, *normal_sentences("drive shaft")} <= set(tower.asked)
    assert len(tower.asked) == len(set(tower.asked))
    assert np.allclose(made.meanings.defects[0], ensemble(tower.encode_text(list(crack))))
    damaged = tower.encode_text(list(anomalous_sentences("drive shaft")))
    assert np.allclose(made.meanings.anomalous, ensemble(damaged))
    assert made.meanings.harmless.size == 0
    whole = ensemble(tower.encode_text(list(dent)))
    assert not np.allclose(made.meanings.defects[1], whole)
    scratch = ensemble(tower.encode_text([x for x in tower.asked if "scratch" in x]))
    assert np.allclose(made.meanings.defects[1], without_directions(whole, scratch[None]))


def test_a_defect_that_nobody_knows_is_looked_for_by_its_words(model: Model) -> None:
    made = defect_question(["purple slime"], model=model)
    assert made.asked[0].defect is None
    assert "'purple slime' names no defect" in made.notices[0].en


@pytest.mark.parametrize(
    ("sentences", "words"),
    [
        ([], "No sentence was given"),
        (["crack", "crack"], "are the same"),
        (["no defect", "无缺陷"], "name one defect at least"),
        (["Unknown"], "stands in every result"),
        ("crack", r"give a list of sentences, such as \['crack'\]"),
    ],
)
def test_what_asks_for_nothing_is_refused(model: Model, sentences: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        defect_question(sentences, model=model)
