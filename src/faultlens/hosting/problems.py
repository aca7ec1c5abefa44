"""Errors as problem documents tell them: whose fault it is, and what to do."""

from faultlens.core.errors import (
    BundleError,
    FaultlensError,
    InputError,
    MissingMetadataError,
    MissingPackageError,
    TooLargeError,
    UnknownNameError,
    UnreachableUrlError,
    UnusableSignalError,
    UnusableSurfaceError,
    UsageError,
)
from faultlens.hosting.task import Problem

_KINDS: tuple[tuple[type[FaultlensError], int, str, str], ...] = (
    (BundleError, 500, "our-fault", "The service made a mistake"),
    (TooLargeError, 413, "too-large", "The file is larger than is taken"),
    (UnreachableUrlError, 422, "unreachable-url", "The URL cannot be fetched"),
    (MissingMetadataError, 422, "missing-metadata", "A fact about the file is missing"),
    (UnusableSignalError, 422, "unusable-signal", "Nothing can be concluded from the recording"),
    (UnusableSurfaceError, 422, "unusable-scan", "Nothing can be concluded from the scan"),
    (InputError, 422, "unreadable-file", "The file cannot be used"),
    (MissingPackageError, 415, "unsupported-format", "This kind of file is not read here"),
    (UnknownNameError, 422, "unknown-name", "A name that is not known"),
    (UsageError, 422, "invalid-options", "The options cannot be used"),
)
"""The first class that fits decides; a model's damage is no fault of the client."""

OUR_FAULT = Problem(
    500,
    "our-fault",
    "The service made a mistake",
    "Something went wrong that is not your fault; the service's log says what.",
)


def problem_of(error: FaultlensError) -> Problem:
    """What an error tells a client.

    Args:
        error: raised by a reader, a verb or a model.

    Example:
        >>> problem_of(UsageError("channel is -1; count from 0."))
        Problem(status=422, slug='invalid-options', title='The options cannot be used', detail=...)
        >>> problem_of(BundleError("/srv/models/a is damaged.")).detail
        "Something went wrong that is not your fault; the service's log says what."
    """
    for kind, status, slug, title in _KINDS:
        if isinstance(error, kind):
            return OUR_FAULT if status >= 500 else Problem(status, slug, title, str(error))
    return OUR_FAULT


LOST = Problem(
    503,
    "worker-lost",
    "The computation broke down",
    "The process that computed this ended twice in the middle of it. Try again; if that does not "
    "help, the file may be more than this service can take.",
)


def too_slow(timeout_s: float) -> Problem:
    """What a client is told whose task took longer than is allowed.

    Args:
        timeout_s: the longest computation, s.

    Example:
        >>> too_slow(30).status, too_slow(30).slug
        (503, 'too-slow')
    """
    return Problem(
        503,
        "too-slow",
        "The computation took too long",
        f"It was stopped after {timeout_s:g} s. Send a smaller file, or ask for less at once.",
    )
