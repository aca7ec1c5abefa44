"""What was measured goes into the card of the model it was measured with."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from benches.topics import MINUS_RULE, NOT_ON_CARDS
from faultlens.core.errors import UsageError
from faultlens.evaluation.figures import COMMAND, Figure
from faultlens.runtimes.bundle import Bundle, read_bundle, write_card
from faultlens.runtimes.card import CardResult


def write_results(folder: str | Path, figures: Iterable[Figure]) -> Bundle:
    """Put the figures of a bundle in the place of the results on its card; all else stays.

    Args:
        folder: of the bundle.
        figures: of any models.

    Raises:
        BundleError: the folder holds no bundle, or a damaged one.
        UsageError: none of the figures was measured with this very model.

    Example:
        >>> write_results("/nowhere", [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no bundle: ...
    """
    bundle = read_bundle(folder)
    results = card_results(figures, bundle.reference)
    return write_card(folder, replace(bundle.card, results=results))


def card_results(figures: Iterable[Figure], reference: str) -> tuple[CardResult, ...]:
    """What the card of a model says of it: a line per topic and subject.

    Args:
        figures: of any models.
        reference: name and hash of the model.

    Raises:
        UsageError: none of them was measured with this very model.

    Example:
        >>> one = Figure("type", "rig A", "accuracy", "mine/x@12", 0.9, 240, 0.8, 0.95)
        >>> card_results([one], "mine/x@12")
        (CardResult(what='type: rig A, n = 240', value='accuracy 0.900 [0.800, 0.950]', ...),)
    """
    lines: dict[tuple[str, str, str, str], list[Figure]] = {}
    for each in figures:
        if each.model == reference and each.topic not in NOT_ON_CARDS:
            how = "" if each.how == MINUS_RULE else each.how
            lines.setdefault((each.topic, each.subject, how, each.command), []).append(each)
    if not lines:
        raise UsageError(
            f"None of the figures was measured with {reference}; measure again: {COMMAND}"
        )
    return tuple(
        CardResult(
            what=f"{topic}: {subject}{how and f', {how}'}, n = {its[0].n}",
            value="; ".join(_told(x, its[0].n) for x in its),
            command=command,
        )
        for (topic, subject, how, command), its in lines.items()
    )


def _told(figure: Figure, n: int) -> str:
    """A figure among others of its line; samples are told where they are not all the same."""
    name = MINUS_RULE if figure.how == MINUS_RULE else figure.name
    return f"{name} {figure.text}" + (f" (n = {figure.n})" if figure.n != n else "")
