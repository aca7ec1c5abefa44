"""An ablation's recipe: what is varied, over which seeds, on which data."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.training.experiment import Experiment
from faultlens.training.overrides import with_table

ADAPTER = "adapter"
"""What may be varied besides the settings of a training: with the second stage or without."""

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


@dataclass(frozen=True)
class Cell:
    """One combination of what is varied.

    Args:
        values: name -> value, in the order of the recipe.
    """

    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its values in words."""
        return ", ".join(told(name, value) for name, value in self.values.items())

    @property
    def adapted(self) -> bool:
        """Whether the second stage is trained too."""
        return bool(self.values.get(ADAPTER, False))


@dataclass(frozen=True)
class AblationRecipe:
    """What an ablation compares.

    Args:
        train_data: folder of the labelled recordings.
        grid: name -> values; every combination is trained.
        seeds: every combination is trained once with each.
        test_data: folder of the test; None where a protocol parts the training data.
        protocol: rung of the ladder; with `test_data` the test must fulfil it.
        by: property that the protocol holds out, where it is not its own.
        dataset: layout of the data, where it is not recognised.
        where: property -> value that all training recordings have.
        test_where: the same of the test's.
        settings: of every training, as `Experiment` has them.
        adapter_settings: of the second stage, where they differ.
        over: what intervals are drawn over, "recordings" or "bearings".
        title: of the report.

    Raises:
        UsageError: nothing to compare, no seed, or neither a test nor a protocol.
        UnknownNameError: something is varied that a training has not.
    """

    train_data: str
    grid: Mapping[str, tuple[Any, ...]]
    seeds: tuple[int, ...]
    test_data: str | None = None
    protocol: str | None = None
    by: str | None = None
    dataset: str | None = None
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
                "and seeds, such as seeds = [0, 1, 2, 3, 4]."
            )
        if self.test_data is None and self.protocol is None:
            raise UsageError(
                "The recipe says neither on what to test (test_data) nor how to part the training "
                "data (protocol). Give one of them."
            )
        for cell in self.cells():
            self.experiment(cell, self.seeds[0])

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
            if name != ADAPTER:
                made = with_table(made, _nested(SHORT.get(name, name), value))
        return with_table(made, {"training": {"seed": seed}})


def read_ablation(path: str | Path) -> AblationRecipe:
    """Read a recipe.

    Args:
        path: of the TOML file.

    Raises:
        UsageError: it is no TOML, lacks something, or compares nothing.
        UnknownNameError: a key that a recipe has not.
        OSError: it cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "a.toml"
        >>> _ = path.write_text("train_data = 'x'\\ntest_data = 'y'\\nseeds = [0]\\n"
        ...                     "[grid]\\nadapter = [false, true]")
        >>> [x.name for x in read_ablation(path).cells()]
        ['no adapter', 'adapter']
    """
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}. Mend that line.") from error
    known = [x.name for x in fields(AblationRecipe)]
    for name in table:
        if name not in known:
            raise UnknownNameError("recipe key", name, known)
    if missing := [x for x in ("train_data", "grid", "seeds") if x not in table]:
        raise UsageError(f"{path} lacks {', '.join(missing)}; see recipes/ablation.toml.")
    grid = {name: tuple(_list(name, values)) for name, values in table.pop("grid").items()}
    seeds = tuple(int(x) for x in _list("seeds", table.pop("seeds")))
    return AblationRecipe(grid=grid, seeds=seeds, **table)


def told(name: str, value: object) -> str:
    """A value in words: what stands in tables.

    Args:
        name: of what is varied.
        value: one of its values.

    Example:
        >>> told("adapter", True), told("prompt", ["{}"]), told("epochs", 20)
        ('adapter', '"{}"', 'epochs 20')
    """
    if isinstance(value, bool):
        return name if value else f"no {name}"
    if isinstance(value, list | tuple):
        return " + ".join(f'"{x}"' for x in value)
    if name in ("prompt", "text.prompts"):
        return f'"{value}"'
    return f"{name} {value}" if isinstance(value, int | float) else str(value)


def _nested(name: str, value: Any) -> dict[str, Any]:
    first, _, rest = name.partition(".")
    return {first: _nested(rest, value) if rest else value}


def _list(name: str, values: object) -> Sequence[Any]:
    if not isinstance(values, list):
        raise UsageError(f"'{name}' of the recipe is {values!r}; it must be a list of values.")
    return values
