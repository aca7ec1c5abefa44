"""The recipe of the text tower: every number of its training, read from TOML and checked."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.recipe import recipe_table


@dataclass(frozen=True)
class TextRecipe:
    """What `recipes/text.toml` says.

    Args:
        corpus: folder of the corpus; in the file, relative to it.
        seed: of everything drawn: sentences, batches, weights.
        sentences_per_concept: sentences drawn per concept and language.
        core: concepts whose sentences call one part damaged and another sound.
        core_sentences: sentences drawn of each of those.
        general_sentences: sentences with random words, which keep the teacher's geometry.
        width: of a token's vector.
        layers: transformer layers.
        heads: of attention.
        inner: width inside a layer.
        dropout: share of numbers dropped while training.
        word_drop: share of words dropped from a sentence while training.
        word_swap: share of words that say nothing of the concept, swapped for a near neighbour.
        swap_neighbours: how many neighbours one is drawn from.
        telling_lift: a word this much likelier under some concept than overall is not swapped.
        steps: batches.
        batch_core: sentences per batch of each core concept.
        batch_concepts: other concepts per batch.
        batch_per_concept: sentences of each.
        batch_general: sentences without a concept.
        learning_rate: highest of the one-cycle schedule.
        warm_up: share of the steps in which it rises.
        weight_decay: of AdamW.
        temperature: of the contrastive loss.
        centre_weight: weight of telling the concept by learned centres.
        teacher_weight: weight of telling what the teacher makes of the sentence.
        geometry_weight: weight of keeping the teacher's cosines.
    """

    corpus: Path
    seed: int
    sentences_per_concept: int
    core: tuple[str, ...]
    core_sentences: int
    general_sentences: int
    width: int
    layers: int
    heads: int
    inner: int
    dropout: float
    word_drop: float
    word_swap: float
    swap_neighbours: int
    telling_lift: float
    steps: int
    batch_core: int
    batch_concepts: int
    batch_per_concept: int
    batch_general: int
    learning_rate: float
    warm_up: float
    weight_decay: float
    temperature: float
    centre_weight: float
    teacher_weight: float
    geometry_weight: float


def read_text_recipe(path: str | Path) -> TextRecipe:
    """Read a recipe; unknown keys are errors.

    Args:
        path: of the TOML file; its corpus is looked for beside it.

    Raises:
        UnknownNameError: a key that no recipe has.
        UsageError: a key is missing.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "small.toml"
        >>> _ = path.write_text("seed = 1")
        >>> read_text_recipe(path)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: ...small.toml lacks corpus, sentences_per_concept, ...
    """
    table = recipe_table(path, TextRecipe)
    read = {"corpus": Path(path).parent / table["corpus"], "core": tuple(table["core"])}
    return TextRecipe(**(table | read))
