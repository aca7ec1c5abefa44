"""Own labels and what the renderer draws make the classes; captions are drawn, names make means."""

import numpy as np

from faultlens.runtimes.loaded import load_model
from faultlens.training.surface.experiment import PictureText
from faultlens.training.surface.picture_classes import picture_classes, picture_words

PLAIN = PictureText(("{}",), knowledge=False)


def test_own_labels_take_the_place_of_what_the_renderer_calls_otherwise() -> None:
    made = picture_classes(["pitted surface", "no defect"], with_rendered=True)
    assert made.names[0] == "no defect"
    assert made.drawn["pitting"] == made.names.index("pitted surface")
    assert "pitting" not in made.names and "scratch" in made.names
    assert len(set(made.names)) == len(made.names) == 27


def test_what_two_labels_mean_is_not_rendered() -> None:
    made = picture_classes(["weld crack", "weld porosity"], with_rendered=True)
    assert made.concepts[1:3] == (None, None)
    assert "weld_defect" not in made.drawn


def test_prototypes_come_from_names_and_captions_are_drawn_beside_them() -> None:
    tower = load_model("builtin/text")
    classes = picture_classes(["crack", "purple slime"], with_rendered=False)
    said = {"crack": ["a crack 3 mm long at the weld, upper left of the picture", "a crack"]}
    words = picture_words(classes, said, PLAIN, tower)
    bare = picture_words(classes, {}, PLAIN, tower)
    assert words.concepts == ("no defect", "crack", "purple slime")
    assert np.allclose(words.means, bare.means), "what one picture is called moves no class"
    assert [len(x) for x in words.captions] == [1, 3, 1]
    assert np.allclose(np.linalg.norm(words.means, axis=1), 1)


def test_the_knowledge_base_adds_names_in_both_languages() -> None:
    tower = load_model("builtin/text")
    classes = picture_classes(["crack"], with_rendered=False)
    known = picture_words(classes, {}, PictureText(("{}",)), tower)
    asked = tower.encode_text(["裂纹"])[0]
    assert np.isclose(known.captions[1], asked, atol=1e-5).all(axis=1).any()
    assert len(known.captions[1]) > 4
