"""The pictures of a model show its own facts, each text in its box and no box over another."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.reports.diagram import DPI, grid_figures, model_figures, write_figures
from faultlens.reports.diagram_facts import (
    DiagramFacts,
    GridFacts,
    LayerFacts,
    PartFacts,
    StageFacts,
    TowerFacts,
)
from faultlens.reports.diagram_stages import stages_figure
from faultlens.reports.svg import write_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

LAYERS = (
    LayerFacts("Conv1d (kernel 64, stride 8) · BatchNorm1d · ReLU", (16, 128), 1056),
    LayerFacts("2 Conv1d · 2 BatchNorm1d · 2 Linear · ReLU · Sigmoid", (64, 16), 99_000, 3),
    LayerFacts("Linear", (256,), 131_328),
)
STAGES = tuple(
    StageFacts(
        name,
        (
            PartFacts("encoder", 231_384, *(("trained", 231_384) if first else ("frozen", 0))),
            PartFacts("text_encoder", 6_320_303, "lora" if first else "frozen", 4096 * first),
            PartFacts("scale", 1, "trained" if first else "frozen", int(first)),
            PartFacts("adapter", 33_088, *(("absent", 0) if first else ("trained", 33_088))),
        ),
        (("epochs", "20"), ("learning_rate", "0.002"), ("batch_size", "128")),
    )
    for name, first in (("zero_shot", True), ("adapter", False))
)
FACTS = DiagramFacts(
    name="adapter_tuned_model@0123456789ab",
    dim=256,
    data=(("dataset", "bearingset"), ("windows", "960")),
    preparation=(("kind", "waveform"), ("window", "1024")),
    towers=(TowerFacts("conv1d", (1, 1024), LAYERS, 231_384, "frozen"),),
    text=TowerFacts("distilbert-base-uncased", (), (), None, "frozen", about=(("width", "768"),)),
    prompts=(("", "“A {} bearing”"),),
    classes=("healthy", "inner race fault", "outer race fault"),
    contrast=(("loss", "captions"), ("scale", "14.3")),
    adapter=(LayerFacts("Linear · GELU", (64,), 16_448), LayerFacts("Linear", (256,), 16_640)),
    judging=(("temperature", "1.31"),),
    stages=STAGES,
    likeness=((1.0, 0.2, -0.1), (0.2, 1.0, 0.6), (-0.1, 0.6, 1.0)),
)
LONG = "a-very-long-name/of-a-model-that-nobody-would-choose-but-somebody-will " * 2
CROWDED = replace(
    FACTS,
    name=LONG,
    data=tuple((f"{LONG}{i}", LONG) for i in range(12)),
    towers=tuple(
        TowerFacts(f"{LONG}{i}", (1, 25600), LAYERS * 6, 999_999_999, "lora", members=12)
        for i in range(3)
    ),
    classes=tuple(f"{LONG}{i}" for i in range(22)),
    prompts=(("", LONG), (LONG, LONG)),
    adapter=(LayerFacts(LONG, (64,), 16_448),),
    judging=tuple((f"{LONG}{i}", f"{i}") for i in range(22)),
    stages=tuple(
        replace(x, settings=tuple((f"{LONG}{i}", LONG) for i in range(22))) for x in STAGES
    ),
)
SPARSE = DiagramFacts(
    "m", 8, (), (), (TowerFacts("a", (), (), None, "trained"),),
    TowerFacts("b", (), (), None, "frozen"), (), (), (), (), (), (),
)  # fmt: skip
GRID = GridFacts(
    "text.toml",
    (("text_model", ("distilbert-base-uncased", LONG, "lstm")), ("prompt", ("A {} bearing", "{}"))),
    (("epochs", "20"), ("encoder", LONG)),
)
MANY = GridFacts("many.toml", tuple((f"axis{i}", tuple("abcdefghijklmn")) for i in range(6)), ())


def every_figure(lang: str) -> Iterator[tuple[str, "Figure"]]:
    for label, facts in (("full", FACTS), ("crowded", CROWDED), ("sparse", SPARSE)):
        for name, figure in model_figures(facts, lang).items():
            yield f"{label} {name}", figure
    for grid in (GRID, MANY):
        yield from grid_figures(grid, lang).items()


def inside(inner: "Bbox", outer: "Bbox", slack: float = 1.0) -> bool:
    return bool(
        inner.x0 >= outer.x0 - slack
        and inner.x1 <= outer.x1 + slack
        and inner.y0 >= outer.y0 - slack
        and inner.y1 <= outer.y1 + slack
    )


def over(one: "Bbox", other: "Bbox", slack: float = 1.0) -> bool:
    return bool(
        min(one.x1, other.x1) - max(one.x0, other.x0) > slack
        and min(one.y1, other.y1) - max(one.y0, other.y0) > slack
    )


def complaints(figure: "Figure") -> list[str]:
    """Every text that leaves its box or lies over another, every box over another."""
    figure.set_dpi(DPI)
    paper = figure.axes[0]
    boxes = {
        str(x.get_gid()): x.get_window_extent() for x in paper.patches if x.get_gid() is not None
    }
    texts = {str(x.get_gid()): x.get_window_extent() for x in paper.texts}
    found = [] if len(texts) == len(paper.texts) else ["two texts of one name"]
    for name, extent in texts.items():
        home = boxes.get(name.rpartition("-")[0], figure.bbox)
        found += [] if inside(extent, home) else [f"{name} leaves its box"]
    for kind in (texts, boxes):
        names = sorted(x for x in kind if not x.startswith("lane_"))
        for i, one in enumerate(names):
            found += [f"{one} over {x}" for x in names[i + 1 :] if over(kind[one], kind[x])]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_text_lies_in_its_box_and_nothing_overlaps(lang: str) -> None:
    found = {name: complaints(figure) for name, figure in every_figure(lang)}
    assert {name: x for name, x in found.items() if x} == {}


def test_the_check_finds_a_text_that_leaves_its_box() -> None:
    figure = model_figures(FACTS)["1_main_workflow"]
    text = next(x for x in figure.axes[0].texts if x.get_gid() == "data-1")
    text.set_text("a title that is far too long for its box")
    assert any("data-1 leaves" in x for x in complaints(figure))


def words(facts: DiagramFacts, folder: Path, lang: str = "en") -> str:
    """The SVG of all pictures."""
    for name, figure in model_figures(facts, lang).items():
        write_svg(folder / f"{name}.svg", figure)
    return "\n".join(x.read_text(encoding="utf-8") for x in sorted(folder.glob("*.svg")))


@pytest.fixture(scope="module")
def shown_before(tmp_path_factory: pytest.TempPathFactory) -> str:
    return words(FACTS, tmp_path_factory.mktemp("before"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"dim": 512}, "512 dimensions"),
        ({"classes": ("cage fault",)}, ">cage fault<"),
        ({"prompts": (("", "“{} seen”"),)}, "“{} seen”"),
        ({"contrast": (("loss", "attributes"),)}, ">attributes<"),
        ({"preparation": (("window", "2048"),)}, ">2048<"),
        ({"towers": (replace(FACTS.towers[0], name="resnet1d"),)}, ">resnet1d<"),
        ({"towers": (replace(FACTS.towers[0], input_shape=(3, 777)),)}, "3 × 777"),
        ({"text": replace(FACTS.text, name="Qwen/Qwen2-1.5B")}, "Qwen/Qwen2-1.5B"),
        ({"adapter": (LayerFacts("Linear", (48,), 12_345),)}, "12.3 k"),
        ({"judging": (("temperature", "2.22"),)}, ">2.22<"),
        ({"stages": (replace(STAGES[0], settings=(("epochs", "77"),)),)}, ">77<"),
    ],
)
def test_what_changes_in_the_model_changes_in_the_picture(
    tmp_path: Path, shown_before: str, change: dict[str, object], word: str
) -> None:
    assert word not in shown_before
    assert word in words(replace(FACTS, **change), tmp_path)  # type: ignore[arg-type]


def test_counts_of_a_stage_are_those_of_its_parts(shown_before: str) -> None:
    total = 231_384 + 6_320_303 + 1 + 33_088
    assert f"moves 33.1 k of 6.58 M parameters ({33_088 / total * 100:.3g} %)" in shown_before
    assert "4.1 k of 6.32 M" in shown_before, "LoRA moves a part of the text model"
    assert "not there yet" in shown_before


def test_a_model_without_an_adapter_shows_none(tmp_path: Path) -> None:
    assert "adapter" not in words(replace(FACTS, name="m", adapter=(), stages=()), tmp_path)


def test_unknown_layers_are_said_to_be_unknown(shown_before: str) -> None:
    assert "layers are not in the model" in shown_before


def test_the_same_facts_give_the_same_bytes_and_one_figure_can_be_written_twice(
    tmp_path: Path,
) -> None:
    figure = stages_figure(FACTS, "zh")
    figures = (figure, figure, stages_figure(FACTS, "zh"))
    written = [write_figures(tmp_path / str(i), {"a": x}) for i, x in enumerate(figures)]
    once, again, anew = ([x.read_bytes() for x in files] for files in written)
    assert once == again == anew


def test_an_svg_keeps_its_words_and_chinese_heads_are_bold(tmp_path: Path) -> None:
    shown = words(FACTS, tmp_path, "zh")
    assert "<text" in shown and ">内圈故障<" in shown
    assert "□" not in shown
    assert re.search(r"font-weight: bold[^>]*>对比学习<", shown)
    assert not re.search(r"<dc:date>", shown)


def test_chinese_pictures_leave_no_english_word_of_ours(tmp_path: Path) -> None:
    shown = re.sub(r"<style.*?</style>|<!--.*?-->", "", words(FACTS, tmp_path, "zh"), flags=re.S)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", shown)
    assert not {"frozen", "trained", "epochs", "Encoder", "Settings", "windows"} & set(texts)


def test_the_grid_says_how_many_runs_it_is() -> None:
    texts = [x.get_text() for x in grid_figures(GRID)["4_ablation"].axes[0].texts]
    assert "3 × 2 = 6 runs" in texts
    assert "A {} bearing" in texts


def test_another_language_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="en"):
        model_figures(FACTS, "fr")
