"""Every fault of a `line.toml` at once, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faultlens.core.errors import UsageError


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in the file.

    Args:
        line: where it stands, from 1.
        message: what was given, what is allowed, what to do.
    """

    line: int
    message: str


class WrongLineFile(UsageError):
    """A `line.toml` that cannot be used.

    Args:
        path: of the file.
        faults: all of them.

    Example:
        >>> print(WrongLineFile(Path("line.toml"), [Fault(3, "m is 0."), Fault(1, "No name.")]))
        line.toml has 2 faults:
          line 1: No name.
          line 3: m is 0.
    """

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(set(faults)))
        count = "a fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        rows = "\n".join(f"  line {x.line}: {x.message}" for x in self.faults)
        super().__init__(f"{path} has {count}:\n{rows}")
