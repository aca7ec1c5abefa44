"""Facts, figures and intervals of `metrics.json` as the cells and lines of a page."""

from collections.abc import Mapping, Sequence
from typing import Any

HASH_SHOWN = 12
"""Letters of a hash on a page; the file beside it has it whole."""


def at(record: Mapping[str, Any], key: Sequence[str]) -> Any:
    """What stands at a place in a record; None where there is no such place.

    Args:
        record: tables in tables.
        key: names, from the outermost in.

    Example:
        >>> at({"f1": {"macro": 0.9}}, ("f1", "macro")), at({"f1": None}, ("f1", "macro"))
        (0.9, None)
    """
    found: Any = record
    for name in key:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def shown(value: float | None) -> str:
    """A figure with three decimals; a dash where there is none.

    Args:
        value: of the figure.

    Example:
        >>> shown(0.98765), shown(None)
        ('0.988', '–')
    """
    return "–" if value is None else f"{value:.3f}"


def span(record: Mapping[str, Any], key: Sequence[str]) -> str:
    """The interval of a figure; empty where there is none.

    Args:
        record: with its intervals, at the same places as the figures.
        key: of the figure.

    Example:
        >>> span({"intervals": {"accuracy": [0.9, 1.0]}}, ("accuracy",)), span({}, ("accuracy",))
        ('[0.900, 1.000]', '')
    """
    found = at(record, ("intervals", *key))
    return "" if found is None else f"[{found[0]:.3f}, {found[1]:.3f}]"


def cell(record: Mapping[str, Any], key: Sequence[str]) -> str:
    """A figure with its interval below it.

    Args:
        record: with its intervals.
        key: of the figure.

    Example:
        >>> cell({"accuracy": 0.95, "intervals": {"accuracy": [0.9, 1.0]}}, ("accuracy",))
        '0.950\\n[0.900, 1.000]'
    """
    return f"{shown(at(record, key))}\n{span(record, key)}".strip()


def plain(fact: Any) -> str:
    """A fact on one line; hashes are cut, since the file beside the page has them whole.

    Args:
        fact: text, number, list or table of a record; None for what is not known.

    Example:
        >>> plain({"name": "ims", "sha256": "0123456789abcdef", "seeds": [1, 2], "terms": None})
        'name ims · sha256 0123456789ab · seeds 1, 2'
    """
    if fact is None:
        return ""
    if isinstance(fact, Mapping):
        rows = {str(key): plain(x) for key, x in fact.items()}
        return " · ".join(
            f"{key} {x[:HASH_SHOWN] if 'sha256' in key else x}" for key, x in rows.items() if x
        )
    if isinstance(fact, list | tuple):
        return ", ".join(plain(x) for x in fact)
    return str(fact)


def called(fact: Any) -> str:
    """The name of what a table of facts tells of; the rest stands at the foot of the page.

    Args:
        fact: of a record.

    Example:
        >>> called({"reference": "builtin/bearing@0", "licence": "MIT"}), called("held out")
        ('builtin/bearing@0', 'held out')
    """
    if isinstance(fact, Mapping):
        names = (fact[x] for x in ("reference", "name", "title") if x in fact)
        return str(next(names, "")) or plain(fact)
    return plain(fact)
