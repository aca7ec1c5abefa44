"""How many samples a caller allows, asked before they are loaded."""

from faultlens.core.errors import TooLargeError


def refuse_samples(samples: int, largest: int | None, what: str = "The channel") -> None:
    """Refuse more samples than are allowed.

    Args:
        samples: as a header says, before anything is loaded.
        largest: how many are allowed; None for any number.
        what: holds them, as the start of a sentence.

    Raises:
        TooLargeError: there are more.

    Example:
        >>> refuse_samples(10, None)
        >>> refuse_samples(12_000_000, 10_000_000, "The table")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.TooLargeError: The table holds 12,000,000 samples; up to 10,000,000 \
are read here. Cut the recording into parts.
    """
    if largest is not None and samples > largest:
        raise TooLargeError(
            f"{what} holds {samples:,} samples; up to {largest:,} are read here. Cut the recording "
            "into parts."
        )
