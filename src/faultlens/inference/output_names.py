"""What the files written about an input are called: its own name, never the same twice."""

import os
from pathlib import Path

LONGEST_NAME_BYTES = 200
"""Of what is written about a file; file systems allow 255 with suffix and temporary ending."""


def output_name(file: Path, taken: set[str]) -> str:
    """A name for what is written about `file`, unlike all in `taken`, to which it is added.

    Example:
        >>> taken = set()
        >>> output_name(Path("a/pump.csv"), taken), output_name(Path("b/pump.wav"), taken)
        ('pump', 'pump-2')
    """
    stem = os.fsencode(file.stem)[:LONGEST_NAME_BYTES].decode(errors="replace")
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name)
    return name
