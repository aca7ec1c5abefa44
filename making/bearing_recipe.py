"""The recipe of the bearing model: every number of its making, read from TOML and checked."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.recipe import recipe_table


@dataclass(frozen=True)
class BearingRecipe:
    """What `recipes/bearing.toml` says.

    Args:
        first_seed: seed of the first simulated recording to learn from; the others follow.
        examples: how many.
        validation_first_seed: the same of those that scale and threshold are set by.
        validation_examples: how many.
        seed: of weights, order, captions and augmentation.
        lines_epochs: passes over the data of the encoder of lines.
        lines_members: encoders of lines that are trained apart and averaged.
        orders_epochs: the same of the encoder of orders.
        orders_members: the same.
        waveform_epochs: the same of the encoder of waveforms.
        waveform_members: the same.
        smoothing: share of each class target that is spread over all classes.
        orders_share: weight of the encoder of orders where the bearing is known.
        waveform_types: trust in the type of fault that a waveform shows, 0 to 1.
        rule_share: weight of the training-free rule where the bearing is known.
        compound_share: how often a machine with a fault has two, over how often an example has.
        false_alarm_rate: share of simulated healthy recordings that the thresholds allow.
    """

    first_seed: int
    examples: int
    validation_first_seed: int
    validation_examples: int
    seed: int
    lines_epochs: int
    lines_members: int
    orders_epochs: int
    orders_members: int
    waveform_epochs: int
    waveform_members: int
    smoothing: float
    orders_share: float
    waveform_types: float
    rule_share: float
    compound_share: float
    false_alarm_rate: float


def read_bearing_recipe(path: str | Path) -> BearingRecipe:
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
        >>> read_bearing_recipe(path)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: ...small.toml lacks first_seed, validation_first_seed...
    """
    return BearingRecipe(**recipe_table(path, BearingRecipe))
