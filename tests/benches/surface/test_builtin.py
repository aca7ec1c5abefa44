"""The bench asks sets of known truth, keeps its answers, and says what is held and what is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benches.surface import questions
from benches.surface.answers import CASTINGS, STRIP, TILES, Bench
from benches.surface.builtin import held_table, page_of, parts
from benches.surface.questions import (
    ALARMS,
    AUROC,
    CASTING,
    CHANCE,
    FALSE,
    NAMING,
    OWN_WORDS,
    PARAPHRASED,
    PIXEL_AUROC,
    RIGHT,
    SHOWN,
    TILE,
    read_surface_paraphrases,
)
from faultlens.core.errors import UnreadableFileError
from faultlens.evaluation.figures import Figure, Section
from faultlens.evaluation.surface.floors import NEAREST
from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model

WORDS = """
[en.1]
crack = "a hairline crack"
scratch = "scratch marks"
[en.2]
crack = "cracks"
scratch = "a scrape"
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The three sets of the bench, small: cracks are red and scratches are blue."""
    root = tmp_path_factory.mktemp("images")
    rows = ["dataset,split,image,label,defective,mask,boxes,group"]

    def add(subset: str, label: str, number: int, colour: Any, mask: bool = True) -> None:
        seed = len(rows)
        top, left = (int(x) for x in np.random.default_rng(seed).integers(0, 24, 2))
        spots = () if colour is None else ((colour, top, left, 24, 24),)
        name = f"{subset}/{label}{number}.png"
        (root / subset).mkdir(exist_ok=True)
        Image.fromarray(picture(seed, height=48, width=48, spots=spots).pixels).save(root / name)
        masked = ""
        if colour is not None and mask:
            where = np.zeros((48, 48), np.uint8)
            where[top : top + 24, left : left + 24] = 255
            masked = f"{subset}/{label}{number}m.png"
            Image.fromarray(where).save(root / masked)
        group = f"g{seed}" if subset == TILES else ""
        rows.append(f"{subset},,{name},{label},{int(colour is not None)},{masked},,{group}")

    for i in range(4):
        add(STRIP, "crack", i, CRACKED, mask=False)
        add(STRIP, "scratch", i, SCRATCHED, mask=False)
        add(TILES, "crack", i, CRACKED)
        add(TILES, "scratch", i, SCRATCHED)
        add(CASTINGS, "def_front", i, CRACKED, mask=False)
    for i in range(10):
        add(TILES, "free", i, None)
        add(CASTINGS, "ok_front", i, None)
    (root / "manifest.csv").write_text("\n".join(rows) + "\n")
    model = write_coloured_model(tmp_path_factory.mktemp("model") / "colours").folder
    return Bench(root, tmp_path_factory.mktemp("out"), str(model), draws=2, quiet=True)


def found(section: Section) -> dict[tuple[str, str, str], Figure]:
    return {(x.subject, x.name, x.model.partition("@")[0]): x for x in section.figures}


def test_names_are_asked_in_their_own_and_in_other_words(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text(WORDS)
    rows = found(questions.naming_section(bench, path))
    model = "mine/colours"
    assert rows[OWN_WORDS, RIGHT, model].value == 1 and rows[OWN_WORDS, RIGHT, CHANCE].value == 0.5
    assert rows[PARAPHRASED, RIGHT, model].n == 16
    assert (PARAPHRASED, f"{RIGHT}, set 2", model) in rows
    assert (OWN_WORDS, f"{RIGHT}, crack", model) in rows


def test_references_text_and_alarms_have_their_figures_and_floors(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "REFERENCES", 4)
    monkeypatch.setattr(questions, "CALIBRATION", 5)
    text = found(questions.text_section(bench))
    assert text[TILE, AUROC, "mine/colours"].value == 1
    assert text[TILE, PIXEL_AUROC, "mine/colours"].value > 0.9
    assert text[CASTING, AUROC, "mine/colours"].value == 1
    assert (CASTING, PIXEL_AUROC, "mine/colours") not in text
    shown = found(questions.references_section(bench))
    assert shown[TILE, AUROC, "mine/colours"].n == 2 * 14
    assert 0 <= shown[TILE, AUROC, NEAREST].value <= 1
    alarms = found(questions.alarms_section(bench))
    assert alarms[TILE, FALSE, "mine/colours"].n == 2 * 5
    assert alarms[TILE, "defects missed, crack", "mine/colours"].n == 8


def test_answers_come_from_disk_the_second_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "words.toml"
    path.write_text(WORDS)
    first = questions.naming_section(bench, path)
    monkeypatch.setattr("benches.surface.answers.run_draw", lambda *x, **y: pytest.fail("asked"))
    assert questions.naming_section(bench, path) == first


def test_what_is_not_held_is_said_with_the_floor_beside_it() -> None:
    figures = (
        Figure(ALARMS, TILE, FALSE, "m@1", 0.03, 100, 0.01, 0.06),
        Figure(NAMING, OWN_WORDS, RIGHT, "m@1", 0.9, 600, 0.88, 0.92),
        Figure(NAMING, OWN_WORDS, RIGHT, CHANCE, 1 / 6, 600),
        Figure(SHOWN, TILE, AUROC, "m@1", 0.8, 600, 0.7, 0.85),
        Figure(SHOWN, TILE, AUROC, NEAREST, 0.6, 600, 0.5, 0.7),
    )
    lines = held_table([Section("", "", figures)], questions.AIMS).splitlines()
    assert "| at most 0.02 | 0.030 [0.010, 0.060] | no; within its interval | - |" in lines[2]
    assert "| 0.88 | 0.900 [0.880, 0.920] | yes | 0.167 (chance) |" in lines[3]
    assert lines[4].endswith("| no | 0.600 [0.500, 0.700] (nearest grey thumbnail) |")
    assert "make bench-surface" in page_of([Section(SHOWN, "Note.", figures[3:])])


def test_the_held_out_names_of_the_repository_are_whole() -> None:
    read = read_surface_paraphrases(Path(__file__).parents[3] / questions.PARAPHRASES)
    assert len(read["en"]) == 5 and len(next(iter(read["en"].values()))) == 6
    sentences = [x for draw in read["en"].values() for x in draw.values()]
    assert len(set(sentences)) == 30
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_surface_paraphrases(Path("/nowhere.toml"))


def test_parts_that_can_be_measured_are_named(bench: Bench) -> None:
    assert list(parts(bench)) == ["naming", "text", "references", "alarms", "speed"]
