"""Values of `line.toml` that are refused, each with what may stand there."""

from math import isfinite

from faultlens.core.errors import UsageError


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is none of those allowed.

    Raises:
        UsageError: it is not; the message lists them.

    Example:
        >>> one_of("policy", "every", ("every", "newest"))
    """
    if value not in allowed:
        raise UsageError(f"{name} is '{value}'; allowed are {', '.join(allowed)}.")


def share(name: str, value: float) -> None:
    """Refuse a number outside 0 to 1.

    Raises:
        UsageError: it is.

    Example:
        >>> share("sample", 0.5)
    """
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is {value:g}; it must lie in 0 to 1.")


def positive(name: str, value: float | None) -> None:
    """Refuse a number that is not positive and finite; None passes.

    Raises:
        UsageError: it is not.

    Example:
        >>> positive("rpm", 1480)
    """
    if value is not None and not (isfinite(value) and value > 0):
        raise UsageError(f"{name} is {value:g}; it must be a positive number.")
