"""An ablation's recipe: what is varied, over which seeds, on which data."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.datasets.splits import PROTOCOLS
from faultlens.evaluation.predictions import OVER
from faultlens.models.encoders.registry import ENCODERS
from faultlens.reports.ablation_phrases import value_words
from faultlens.training.experiment import Experiment
from faultlens.training.overrides import with_table

ADAPTER = "adapter"
"""What may be varied besides the settings of a training: with the second stage or without."""

ARM = "name"
"""Key of a value that is a table of settings: what it is called."""

SHORT = {
    "text_model": "text.model",
    "prompt": "text.prompts",
    "dtype": "text.dtype",
    "loss": "loss.name",
    "epochs": "training.epochs",
    "batch_size": "training.batch_size",
    "lr": "training.learning_rate",
}
"""Names that the command line has for settings -> where they stand in an `Experiment`."""

NEEDED = ("train_data", "grid", "seeds")
TABLES = ("where", "test_where", "settings", "adapter_settings")
LARGEST_RECIPE_BYTES = 1_000_000
"""A recipe holds words and numbers."""


@dataclass(frozen=True)
class Cell:
    """One combination of what is varied.

    Args:
        values: name -> value, in the order of the recipe.
    """

    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its values in words, in English: no two cells of a recipe share it."""
        return self.told("en")

    @property
    def adapted(self) -> bool:
        """Whether the second stage is trained too."""
        return bool(self.values.get(ADAPTER, False))

    def told(self, lang: str) -> str:
        """Its values in words.

        Args:
            lang: "en" or "zh".

        Example:
            >>> Cell({"text_model": "lstm", "adapter": True}).told("zh")
            'lstm, 有适配器'
        """
        return ", ".join(value_words(name, value, lang) for name, value in self.values.items())


@dataclass(frozen=True)
class AblationRecipe:
    """What an ablation compares.

    Args:
        train_data: folder of the labelled recordings.
        grid: name -> values; every combination is trained. A value that is a table is an arm: its
            "name", and settings that only it has.
        seeds: every combination is trained once with each.
        test_data: folder of the test; None where a protocol parts the training data.
        protocol: rung of the ladder; with `test_data` the test must fulfil it.
        by: property that the protocol holds out, where it is not its own.
        dataset: layout of the data, where it is not recognised.
        sample_rate_hz: where the files do not say it.
        where: property -> value that all training recordings have.
        test_where: the same of the test's.
        settings: of every training, as `Experiment` has them.
        adapter_settings: of the second stage, where they differ.
        over: what intervals are drawn over, "recordings" or "bearings".
        title: of the report.

    Raises:
        UsageError: nothing to compare, no seed, neither a test nor a protocol, or a value that
            cannot be.
        UnknownNameError: something is varied that a training has not, or an unknown name.
    """

    train_data: str
    grid: Mapping[str, tuple[Any, ...]]
    seeds: tuple[int, ...]
    test_data: str | None = None
    protocol: str | None = None
    by: str | None = None
    dataset: str | None = None
    sample_rate_hz: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    test_where: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    adapter_settings: Mapping[str, Any] = field(default_factory=dict)
    over: str = "recordings"
    title: str = "Ablation"

    def __post_init__(self) -> None:
        if not self.seeds or not self.grid or any(not x for x in self.grid.values()):
            raise UsageError(
                "The recipe compares nothing: give [grid] at least one name with a list of values, "
                "such as text_model = ['static', 'lstm'], and seeds, such as seeds = [0, 1, 2]."
            )
        for name, values in (*self.grid.items(), ("seeds", self.seeds)):
            words = [value_words(name, x) for x in values]
            if twice := next((x for x in words if words.count(x) > 1), None):
                raise UsageError(f"'{name}' of the recipe has '{twice}' twice; give it once.")
        if self.test_data is None and self.protocol is None:
            raise UsageError(
                "The recipe says neither on what to test (test_data) nor how to part the training "
                "data (protocol). Give one of them."
            )
        if self.protocol is not None and self.protocol not in PROTOCOLS:
            raise UnknownNameError("protocol", self.protocol, PROTOCOLS)
        if self.over not in OVER:
            raise UnknownNameError("unit of the intervals (over)", self.over, OVER)
        if not all(isinstance(x, bool) for x in self.grid.get(ADAPTER, ())):
            raise UsageError("'adapter' of the grid takes false and true: adapter = [false, true].")
        for cell in self.cells():
            experiment = self.experiment(cell, self.seeds[0])
            _ = ENCODERS[experiment.encoder]
            with_table(experiment, self.adapter_settings)

    def cells(self) -> Iterator[Cell]:
        """Every combination, the first values first."""
        for values in product(*self.grid.values()):
            yield Cell(dict(zip(self.grid, values, strict=True)))

    def experiment(self, cell: Cell, seed: int) -> Experiment:
        """The training of the first stage of a cell.

        Args:
            cell: one combination.
            seed: of the training.

        Raises:
            UnknownNameError: a setting that a training has not.
            UsageError: a value that cannot be.
        """
        made = with_table(Experiment(), self.settings)
        for name, value in cell.values.items():
            if isinstance(value, Mapping):
                made = with_table(made, {k: x for k, x in value.items() if k != ARM})
            elif name != ADAPTER:
                made = with_table(made, _nested(SHORT.get(name, name), value))
        return with_table(made, {"training": {"seed": seed}})


def read_ablation(path: str | Path, changes: Mapping[str, Any] | None = None) -> AblationRecipe:
    """Read a recipe.

    Args:
        path: of the TOML file.
        changes: what takes the place of what the file says, table in table; "none" takes a key
            out.

    Raises:
        UsageError: it is no TOML, lacks something, or compares nothing.
        UnknownNameError: a key that a recipe has not.
        UnreadableFileError: it is larger than a recipe can be.
        OSError: it cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "a.toml"
        >>> _ = path.write_text("train_data = 'x'\\ntest_data = 'y'\\nseeds = [0]\\n"
        ...                     "[grid]\\nadapter = [false, true]")
        >>> [x.name for x in read_ablation(path).cells()]
        ['no adapter', 'adapter']
        >>> read_ablation(path, {"seeds": [3, 4]}).seeds
        (3, 4)
    """
    recipe = Path(path)
    if recipe.stat().st_size > LARGEST_RECIPE_BYTES:
        raise UnreadableFileError(f"{recipe} is larger than 1 MB; a recipe is a short TOML file.")
    try:
        table = tomllib.loads(recipe.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}. Mend that line.") from error
    table = _changed(table, changes or {})
    known = [x.name for x in fields(AblationRecipe)]
    for name in table:
        if name not in known:
            advice = "What is varied stands under [grid], what all runs share under [settings]."
            raise UnknownNameError("recipe key", name, known, advice=advice)
    if missing := [x for x in NEEDED if x not in table]:
        raise UsageError(f"{path} lacks {', '.join(missing)}; see recipes/ablations/.")
    return AblationRecipe(**{name: _checked(name, value) for name, value in table.items()})


def _checked(name: str, value: Any) -> Any:
    """The value of a key, of the right kind."""
    if name == "seeds":
        return tuple(_seed(x) for x in _list(name, value))
    if name == "grid":
        return {axis: tuple(_list(axis, x)) for axis, x in _table(name, value).items()}
    if name in TABLES:
        table = _table(name, value)
        if name.endswith("where"):
            return {str(k): str(x) for k, x in table.items()}
        return table
    if name == "sample_rate_hz":
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise UsageError(f"'{name}' of the recipe is {value!r}; it must be a number of Hz.")
        return float(value)
    if not isinstance(value, str):
        raise UsageError(f"'{name}' of the recipe is {value!r}; it must be a text.")
    return value


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"A seed of {value!r}; seeds are whole numbers from 0.")
    return value


def _table(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"'{name}' of the recipe is {value!r}; it must be a table: [{name}].")
    return value


def _list(name: str, values: object) -> Sequence[Any]:
    if not isinstance(values, list | tuple):
        raise UsageError(f"'{name}' of the recipe is {values!r}; it must be a list of values.")
    return values


def _changed(table: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(table)
    for name, value in changes.items():
        inside = made.get(name)
        if value == "none":
            made.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(inside, Mapping):
            made[name] = _changed(inside, value)
        else:
            made[name] = value
    return made


def _nested(name: str, value: Any) -> dict[str, Any]:
    first, _, rest = name.partition(".")
    return {first: _nested(rest, value) if rest else value}
