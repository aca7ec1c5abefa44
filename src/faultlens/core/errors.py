"""Every error that faultlens raises on purpose, in one tree.

    FaultlensError
    ├── UsageError                the call itself is wrong                     exit code 2
    │   ├── UnknownNameError      a name that no table holds; lists the known ones
    │   └── DuplicateNameError    a name that a table holds already
    ├── InputError                a file or an array cannot be used            exit code 3
    │   ├── UnreadableFileError   not the format that it claims, damaged
    │   │   └── TooLargeError     more than is read: bytes, pixels, samples
    │   ├── UnreachableUrlError   a URL that cannot, or may not, be fetched
    │   ├── MissingMetadataError  a fact that only the user knows: rate, speed, bearing
    │   ├── UnusableSignalError   read, but nothing can be concluded from it
    │   └── BundleError           a model's folder that is damaged, newer, or computes otherwise
    └── MissingPackageError       an optional package; the message is the pip line   exit code 4

Anything else that reaches the command line is our fault (exit code 1).
A message says what was given, what is allowed and what to do.
"""

import difflib
from collections.abc import Iterable


class FaultlensError(Exception):
    """Root of the tree: catch it to catch everything that faultlens raises on purpose."""

    exit_code = 1


class UsageError(FaultlensError):
    """The call itself is wrong: an option, a name, a combination."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that no table holds; the message lists the nearest and the known ones."""

    def __init__(self, kind: str, given: str, known: Iterable[str], *, advice: str = "") -> None:
        names = sorted(known)
        close = difflib.get_close_matches(given, names, n=3, cutoff=0.5)
        nearest = f" Nearest: {', '.join(close)}." if close else ""
        listed = ", ".join(names) if names else "none"
        hint = f" {advice}" if advice else ""
        super().__init__(f"Unknown {kind} '{given}'.{nearest} Known: {listed}.{hint}")
        self.given = given
        self.known = tuple(names)


class DuplicateNameError(UsageError):
    """A name that a table holds already."""


class InputError(FaultlensError):
    """A file or an array cannot be used."""

    exit_code = 3


class UnreadableFileError(InputError):
    """The file is not the format that it claims, is damaged, or is too large."""


class TooLargeError(UnreadableFileError):
    """The file would be read, but is larger than the caller, or anybody, allows."""


class UnreachableUrlError(InputError):
    """A URL cannot be fetched, or may not be: another scheme, a private address, too much."""


class MissingMetadataError(InputError):
    """A fact that only the user knows is missing: sampling rate, shaft speed, bearing."""


class UnusableSignalError(InputError):
    """The recording was read, but nothing can be concluded from it."""


class BundleError(InputError):
    """A model's folder is damaged or newer than this version, or computes otherwise here."""


class MissingPackageError(FaultlensError):
    """An optional package is not installed; the message is the pip line that brings it."""

    exit_code = 4
