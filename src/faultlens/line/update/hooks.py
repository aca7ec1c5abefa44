"""What the update asks of the running line: a swap, a shadow, a word in the journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.judged import Judged
from faultlens.store.records import Record

SawBoth = Callable[[Judged, Judged], None]
"""Takes the verdicts of the live model and of the candidate on the same frame."""


class Swap(Protocol):
    """Have a source judged otherwise from the next batch on; the records are written with it."""

    def __call__(
        self, source: str, config: SourceConfig, records: Sequence[Record] = ()
    ) -> None: ...


class Shadow(Protocol):
    """Have live frames judged by a candidate too; None ends it."""

    def __call__(self, source: str, config: SourceConfig | None, saw: SawBoth) -> None: ...


@dataclass(frozen=True)
class Hooks:
    """What the line does for the update.

    Args:
        swap: changes the model between two batches.
        shadow: lets a candidate judge beside it.
        tell: writes records into the journal, from any thread.
    """

    swap: Swap
    shadow: Shadow
    tell: Callable[[Sequence[Record]], None]
