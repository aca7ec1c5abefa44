"""Prompts filled with the names of classes, and one point per class from several sentences."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

from faultlens.core.errors import UsageError
from faultlens.text.knowledge import load_faults
from faultlens.training.class_sentences import class_sentences, sentence_features


@pytest.mark.parametrize("prompts", [[], ["bearing"], ["A {} {}"], ["{}", "no gap"]])
def test_a_prompt_without_its_one_gap_is_refused(prompts: list[str]) -> None:
    with pytest.raises(UsageError, match="where the name of the class stands"):
        class_sentences(["healthy"], prompts)


def test_what_the_knowledge_base_says_is_added_for_classes_that_it_knows() -> None:
    known = next(x for x in load_faults() if x.names.en == "inner race fault")
    said = class_sentences(["inner race fault", "gremlin"], ["A {} bearing"], knowledge=True)
    assert said[1] == ("A gremlin bearing",)
    assert said[0][0] == "A inner race fault bearing"
    assert set(known.sayings()) <= set(said[0]) and len(set(said[0])) == len(said[0])
    assert class_sentences(["inner race fault"], ["{}"]) == (("inner race fault",),)


def test_a_name_with_braces_or_a_percent_sign_is_only_a_name() -> None:
    assert class_sentences(["50 % {worn}"], ["A {} one"]) == (("A 50 % {worn} one",),)


def test_a_sentence_of_two_classes_is_asked_once_and_given_to_both() -> None:
    asked: list[str] = []

    def points(sentences: object) -> np.ndarray:
        asked.extend(sentences)  # type: ignore[call-overload]
        return np.eye(len(asked), 3, dtype=np.float32)

    found = sentence_features([["a", "b"], ["b", "c"]], points)
    assert asked == ["a", "b", "c"]
    assert np.array_equal(found.captions[0][1], found.captions[1][0])


def test_centred_prototypes_lose_what_all_share_and_stay_unit_rows() -> None:
    rng = np.random.default_rng(0)
    rows = (10 + rng.normal(size=(4, 16))).astype(np.float32)

    def points(_: object) -> np.ndarray:
        return rows

    said = [["a"], ["b"], ["c"], ["d"]]
    plain, centred = (sentence_features(said, points, centred=x).prototypes for x in (False, True))
    assert (plain @ plain.T).min() > 0.95
    off = (centred @ centred.T)[~np.eye(4, dtype=bool)]
    assert off.max() < 0.3
    for each in (plain, centred):
        assert np.linalg.norm(each, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
