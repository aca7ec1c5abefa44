"""Files that a name, a glob or a folder stands for, alike for every kind of input."""

import os
from collections.abc import Callable, Sequence
from glob import glob

from faultlens.core.errors import UnreadableFileError


def named_files(
    pattern: str, chosen: Callable[[Sequence[str]], Sequence[str]], *, what: str, known: str
) -> list[str]:
    """The files that one word of a command line stands for, in a fixed order.

    Of a folder those chosen count, its subfolders do not; of a glob every file. A file that is
    named by itself need not be there: it is a bad file of the batch, not an error.

    Args:
        pattern: file name, glob ("data/*.csv") or folder.
        chosen: of the names in a folder, those of such files.
        what: such a file is, for messages.
        known: what is known of such files, for messages.

    Raises:
        UnreadableFileError: a glob or a folder without such a file, or an empty name.

    Example:
        >>> named_files("/nowhere/a.csv", lambda names: names, what="recording", known="")
        ['/nowhere/a.csv']
    """
    # os.path answers False where pathlib raises: a name too long is a bad file, not our fault.
    if not pattern:
        raise UnreadableFileError(f"A file name is empty; give the name of a {what}.")
    if os.path.isdir(pattern):
        inside = [os.path.join(pattern, x) for x in chosen(sorted(os.listdir(pattern)))]
        empty = f"The folder {pattern} holds no {what}; {known}."
    elif os.path.exists(pattern) or not any(mark in pattern for mark in "*?["):
        return [pattern]
    else:
        inside = sorted(glob(pattern, recursive=True))
        empty = f"No file matches {pattern}; check the name and the folder."
    inside = [x for x in inside if os.path.isfile(x) and not os.path.basename(x).startswith(".")]
    if not inside:
        raise UnreadableFileError(empty)
    return inside


def ending_in(names: Sequence[str], suffixes: Sequence[str]) -> list[str]:
    """The names that end in one of some suffixes, in capitals or not.

    Args:
        names: of files.
        suffixes: with their dots, in small letters.

    Example:
        >>> ending_in(["a.PNG", "b.csv"], (".png", ".jpg"))
        ['a.PNG']
    """
    return [x for x in names if x.lower().endswith(tuple(suffixes))]
