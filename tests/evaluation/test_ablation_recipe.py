"""A recipe says what is compared, or what is wrong with it; the shipped ones parse."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.evaluation.ablation_recipe import LARGEST_RECIPE_BYTES, read_ablation
from faultlens.evaluation.grid_facts import grid_facts

SHIPPED = sorted((Path(__file__).parents[2] / "recipes" / "ablations").glob("*.toml"))
SMALL = "train_data = 'x'\nprotocol = 'seed'\nseeds = [0]\n"


def recipe(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_combination_is_a_cell_and_the_first_values_come_first(tmp_path: Path) -> None:
    read = read_ablation(
        recipe(
            tmp_path,
            SMALL + "[grid]\ntext_model = ['static', 'lstm']\nprompt = ['A {} bearing', '{}']\n",
        )
    )
    assert [x.name for x in read.cells()] == [
        'static, "A {} bearing"',
        'static, "{}"',
        'lstm, "A {} bearing"',
        'lstm, "{}"',
    ]
    last = read.experiment(list(read.cells())[-1], seed=7)
    assert (last.text.model, last.text.prompts, last.training.seed) == ("lstm", ("{}",), 7)


def test_an_arm_is_a_table_of_settings_that_only_it_has(tmp_path: Path) -> None:
    arms = (
        "[[grid.encoder]]\nname = 'long'\nencoder = 'conv1d'\nwindow = 2048\n"
        "[[grid.encoder]]\nname = 'short'\nencoder = 'conv1d'\ntraining = { epochs = 3 }\n"
        "[settings]\ntraining = { epochs = 9, batch_size = 8 }\n"
    )
    read = read_ablation(recipe(tmp_path, SMALL + arms))
    long, short = read.cells()
    assert (long.told("en"), short.told("zh")) == ("long", "short")
    made = [read.experiment(x, 0) for x in (long, short)]
    assert [(x.window, x.training.epochs, x.training.batch_size) for x in made] == [
        (2048, 9, 8),
        (None, 3, 8),
    ]


def test_changes_take_the_place_of_what_the_file_says(tmp_path: Path) -> None:
    path = recipe(tmp_path, SMALL + "by = 'size'\n[grid]\nadapter = [false, true]\n")
    made = read_ablation(
        path, {"grid": {"text_model": ["static", "lstm"]}, "by": "none", "seeds": [4, 5]}
    )
    assert list(made.grid) == ["adapter", "text_model"]
    assert (made.by, made.seeds) == (None, (4, 5))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SMALL + "grid = { adapter = true }", "'adapter' of the recipe is True; it must be a list"),
        (SMALL + "[grid]\nadapter = []", "compares nothing"),
        (SMALL + "[grid]\nadapter = [0, 1]", "takes false and true"),
        (SMALL + "[grid]\nepochs = [3, 3]", "'epochs 3' twice"),
        (SMALL + "grid = 3", "'grid' of the recipe is 3; it must be a table"),
        (SMALL.replace("[0]", "[-1]") + "[grid]\nepochs = [3]", "seeds are whole numbers from 0"),
        (SMALL.replace("[0]", "[]") + "[grid]\nepochs = [3]", "compares nothing"),
        (SMALL.replace("[0]", "0") + "[grid]\nepochs = [3]", "'seeds' of the recipe is 0"),
        (SMALL.replace("'x'", "3") + "[grid]\nepochs = [3]", "'train_data' of the recipe is 3"),
        ("train_data = 'x'\nseeds = [0]\n[grid]\nepochs = [3]", "neither on what to test"),
        ("seeds = [0]\n[grid]\nepochs = [3]", "lacks train_data"),
        (SMALL + "[grid]\nepochs = [0]", "0 epochs"),
        (SMALL + "sample_rate_hz = true\n[grid]\nepochs = [3]", "number of Hz"),
        (SMALL + "[grid", "no TOML"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told.replace("[", r"\[")):
        read_ablation(recipe(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            SMALL + "epochs = 3\n[grid]\nadapter = [true]",
            r"key 'epochs'.*under \[settings\]",
        ),
        (SMALL + "[grid]\nencodr = ['conv1d']", "setting of the recipe 'encodr'.*Nearest: encoder"),
        (SMALL + "[grid]\nencoder = ['conv2d']", "vibration encoder 'conv2d'"),
        (SMALL.replace("'seed'", "'sead'") + "[grid]\nadapter = [true]", "protocol 'sead'"),
        (SMALL + "over = 'windows'\n[grid]\nadapter = [true]", "'windows'.*bearings, recordings"),
        (SMALL + "[grid]\nadapter = [true]\n[adapter_settings]\nlr = 1", "'lr'"),
    ],
)
def test_an_unknown_name_is_told_with_the_known_ones(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UnknownNameError, match=told):
        read_ablation(recipe(tmp_path, text))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="larger than 1 MB"):
        read_ablation(recipe(tmp_path, "#" * (LARGEST_RECIPE_BYTES + 1)))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda x: x.name)
def test_a_shipped_recipe_parses_and_its_first_lines_say_how_to_run_it(path: Path) -> None:
    read = read_ablation(path)
    assert len(list(read.cells())) > 1 and read.seeds == (0, 1, 2, 3, 4)
    head = [x for x in path.read_text(encoding="utf-8").splitlines() if x.startswith("#")]
    told = " ".join(head)
    assert f"faultlens ablate recipes/ablations/{path.name}" in told
    assert "cores" in told and "[" in told
    assert grid_facts(path).name == path.name


def test_recipes_are_shipped_for_the_four_experiments_of_the_document() -> None:
    names = [x.name for x in SHIPPED]
    for name in ("1-adapter", "2-text-encoder", "3-prompt", "4-pretrained-text"):
        assert f"{name}.toml" in names
