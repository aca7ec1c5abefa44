"""Numbers as people read them: counts, shares, seconds, the same in every language."""

from math import floor, log10


def count_text(value: int) -> str:
    """A count with its thousands apart.

    Args:
        value: whole number.

    Example:
        >>> count_text(86_400)
        '86,400'
    """
    return f"{value:,}"


def short_count(value: float) -> str:
    """A count for an axis, at most four letters wide.

    Args:
        value: 0 or more.

    Example:
        >>> short_count(0), short_count(950), short_count(3_600), short_count(1_000_000)
        ('0', '950', '3.6k', '1M')
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def percent_text(share: float) -> str:
    """A share in percent, with as many digits as tell it from none and from all.

    Args:
        share: 0 to 1.

    Example:
        >>> percent_text(0.42), percent_text(0.9987), percent_text(0.0004), percent_text(1)
        ('42.0 %', '99.87 %', '0.040 %', '100 %')
    """
    apart = min(abs(share), abs(1 - share))
    if apart < 1e-9:
        return f"{100 * share:.0f} %"
    digits = min(max(1, -floor(log10(apart)) - 1), 4)
    return f"{100 * share:.{digits}f} %"


def percent_tick(share: float) -> str:
    """A share on an axis, in as few digits as it has.

    Args:
        share: 0 to 1.

    Example:
        >>> percent_tick(0.985), percent_tick(0.002)
        ('98.5 %', '0.2 %')
    """
    return f"{100 * share:.4g} %"


def seconds_text(seconds: float) -> str:
    """A duration in the unit that suits it.

    Args:
        seconds: 0 or more, s.

    Example:
        >>> seconds_text(0.0004), seconds_text(0.034), seconds_text(1.5), seconds_text(0)
        ('0.4 ms', '34 ms', '1.5 s', '0 ms')
    """
    if seconds >= 1:
        return f"{seconds:.3g} s"
    thousandths = 1e3 * seconds
    return f"{thousandths:.0f} ms" if thousandths >= 10 else f"{thousandths:.1g} ms"


def score_text(value: float) -> str:
    """A score or a threshold, 0 to 1, three digits; never rounded up to certainty.

    Args:
        value: 0 to 1.

    Example:
        >>> score_text(0.5), score_text(0.99996), score_text(1.0)
        ('0.500', '0.999', '1.000')
    """
    return f"{floor(value * 1000 + 1e-9) / 1000:.3f}"
