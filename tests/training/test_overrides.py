"""Settings by name, over defaults, with the known names where one is unknown."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.training.experiment import Experiment
from faultlens.training.overrides import read_settings, table_of, with_table


def changed(*texts: str) -> Experiment:
    return with_table(Experiment(), table_of(texts))


def test_dots_lead_inside_and_the_rest_stays() -> None:
    made = changed(
        "training.warmup=0.2", "text.prompts=['{}', 'A {} bearing']", "loss.to_text=1",
        "window = 512", "encoder=conv1d", "training.patience=none", "compiled=true",
    )  # fmt: skip
    assert (made.training.warmup, made.training.epochs) == (0.2, 20)
    assert made.text.prompts == ("{}", "A {} bearing")
    assert (made.loss.to_text, type(made.loss.to_text)) == (1.0, float)
    assert (made.window, made.encoder, made.training.patience) == (512, "conv1d", None)
    assert made.compiled is True and made.loss.to_sensor == Experiment().loss.to_sensor


def test_a_single_prompt_needs_no_list_and_an_equals_sign_is_no_trouble() -> None:
    assert changed("text.prompts=A = {}").text.prompts == ("A = {}",)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("training.warm=0.2", UnknownNameError, "setting of the recipe's training 'warm'. Nearest"),
        ("colour=red", UnknownNameError, "Known: augment, compiled, device, dim, encoder"),
        ("training=5", UsageError, "'training' of the recipe is a table, not 5"),
        ("training.epochs=2.5", UsageError, "'epochs' of the recipe's training is 2.5; .* int"),
        ("training.epochs=true", UsageError, "is True; it must be of the kind int"),
        ("training.warmup=true", UsageError, "of the kind float"),
        ("window=wide", UsageError, "'window' of the recipe is 'wide'; it must be of the kind int"),
        ("text.prompts=[1]", UsageError, "'prompts' of the recipe's text is a list of texts"),
        ("compiled=1", UsageError, "of the kind bool"),
        ("training.epochs=0", UsageError, "0 epochs; a training has 1 or more"),
        ("warmup", UsageError, "'warmup' sets nothing; write name=value"),
        ("=3", UsageError, "sets nothing"),
    ],
)
def test_what_does_not_fit_is_told(text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        changed(text)


def test_a_value_under_a_name_that_is_a_value_already_is_told() -> None:
    with pytest.raises(UsageError, match="encoder has the value 'conv1d', and no settings"):
        changed("encoder=conv1d", "encoder.depth=3")


def test_a_kept_experiment_comes_back_from_json_as_it_was() -> None:
    made = changed("text.prompts=['{}']", "text.lora_rank=4", "training.seed=7")
    assert with_table(Experiment(), made.to_dict()) == made


def test_a_recipe_is_a_table_of_toml(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("[training]\nepochs = 3\n", encoding="utf-8")
    assert with_table(Experiment(), read_settings(path)).training.epochs == 3
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is no TOML"):
        read_settings(path)
