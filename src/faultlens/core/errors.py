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
    │   ├── UnusableSurfaceError  a scan that has no reference, or lies on none
    │   └── BundleError           a model's folder that is damaged, newer, or computes otherwise
    ├── ServiceError              a service answered with a problem            exit code 3
    │   └── UnreachableServiceError   or did not answer at all, or not in time
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


class UnusableSurfaceError(InputError):
    """The scan was read, but it has no reference surface, or cannot be laid on the one given."""


class BundleError(InputError):
    """A model's folder is damaged or newer than this version, or computes otherwise here."""


class ServiceError(FaultlensError):
    """A service answered with a problem; the message is its own, with status and request id.

    Args:
        detail: what was given, what is allowed, what to do.
        status: of HTTP; None where no answer came.
        slug: kind of problem ("unusable-signal"); empty where the answer names none.
        request_id: by which the service's log knows the request; empty where it gave none.
    """

    exit_code = 3

    def __init__(
        self, detail: str, *, status: int | None = None, slug: str = "", request_id: str = ""
    ) -> None:
        facts = [f"HTTP {status}"] if status is not None else []
        facts += [f"request {request_id}"] if request_id else []
        super().__init__(f"{detail} ({', '.join(facts)})" if facts else detail)
        self.detail = detail
        self.status = status
        self.slug = slug
        self.request_id = request_id


class UnreachableServiceError(ServiceError):
    """A service that is not there, whose certificate is not trusted, or that was silent."""


class MissingPackageError(FaultlensError):
    """An optional package is not installed; the message is the pip line that brings it."""

    exit_code = 4
