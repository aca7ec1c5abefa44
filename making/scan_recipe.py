"""The recipe of the model of scans: every number of its making, read from TOML and checked."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.recipe import recipe_table


@dataclass(frozen=True)
class ScanRecipe:
    """What `recipes/scan.toml` says.

    Args:
        examples: defects drawn to learn from.
        seed: of what is drawn, weights, order and words.
        strange_share: share of them that is no kind of defect.
        exact_share: share that is measured as scans are, the others roughly.
        unseen: of `making.scan_strange`, what is kept for the bench.
        epochs: passes over them.
        batch: of one step.
        learning_rate: the highest.
        weight_decay: of AdamW.
        smoothing: share of each target that is spread over all kinds.
        absent_share: share of the steps' patches whose own sentence is not among those asked for.
        averaging: share of the averaged weights that one step leaves as they are.
        words_each: sentences drawn per concept and language.
        validation_examples: defects drawn to calibrate by; none of them is learned from.
        validation_seed: of these.
    """

    examples: int
    seed: int
    strange_share: float
    exact_share: float
    unseen: list[str]
    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    smoothing: float
    absent_share: float
    averaging: float
    words_each: int
    validation_examples: int
    validation_seed: int


def read_scan_recipe(path: str | Path) -> ScanRecipe:
    """Read a recipe; unknown keys are errors.

    Args:
        path: of the TOML file.

    Raises:
        UnknownNameError: a key that no recipe has.
        UsageError: a key is missing.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "small.toml"
        >>> _ = path.write_text("examples = 100")
        >>> read_scan_recipe(path)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: ...small.toml lacks seed, strange_share, exact_share...
    """
    return ScanRecipe(**recipe_table(path, ScanRecipe))
