"""How the classes of a test are told apart in pictures: by colour, by marker and by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.core.languages import checked_language
from faultlens.reports.palette import CURVE, FAMILY_COLOURS, INK
from faultlens.text.knowledge import load_faults

COLOURS = (
    *(FAMILY_COLOURS[x] for x in ("outer", "inner", "ball", "cage")),
    INK,
    "#e69f00",
    "#56b4e9",
    CURVE,
)
"""Source: Okabe and Ito, Color Universal Design (2008), darkened as in `palette`. Any two differ by
10 units of CIE 1976 Lab or more to every eye (Machado et al., IEEE TVCG 15 (2009))."""

OF_HEALTHY, FREE = 4, (5, 6, 7)
MARKERS = ("o", "^", "s", "D", "P", "v", "X", "*", "<", ">", "p")
DASHES = (
    "-",
    (0, (5, 1.5)),
    (0, (1, 1)),
    (0, (5, 1, 1, 1)),
    (0, (9, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (2, 2)),
)

STYLES = len(COLOURS) * len(MARKERS)
"""Looks there are: the numbers of colours, markers and dashes have no common divisor."""

Dash = str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class ClassStyle:
    """The look of one class.

    Args:
        colour: of markers and lines.
        marker: matplotlib's name of it.
        dash: matplotlib's pattern of lines.
    """

    colour: str
    marker: str
    dash: Dash


def class_styles(classes: Sequence[str]) -> tuple[ClassStyle, ...]:
    """The looks of the classes: a known fault has the colour of its lines in every picture.

    No two of 88 classes share colour and marker, of 8 none share either.

    Args:
        classes: names, in their order.

    Example:
        >>> [x.marker for x in class_styles(["healthy", "outer race fault", "knocking"])]
        ['P', 'o', 'v']
    """
    known = {x.names.en: x.families for x in load_faults()}
    wanted: list[int | None] = []
    for label in classes:
        families = known.get(label)
        if families == ():
            wanted.append(OF_HEALTHY)
        elif families is not None and len(families) == 1:
            wanted.append(list(FAMILY_COLOURS).index(families[0]))
        else:
            wanted.append(None)
    taken = {x for x in wanted if x is not None}
    order = [x for x in dict.fromkeys((*FREE, *range(STYLES))) if x not in taken]
    places, given = [], 0
    for place in wanted:
        if place is None:
            place, given = order[given % len(order)], given + 1
        places.append(place)
    return tuple(
        ClassStyle(COLOURS[x % len(COLOURS)], MARKERS[x % len(MARKERS)], DASHES[x % len(DASHES)])
        for x in places
    )


def class_names(classes: Sequence[str], lang: str) -> tuple[str, ...]:
    """The classes as a reader calls them: a known fault by its name in the language.

    Args:
        classes: names, in their order; those that the knowledge base does not hold stay.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> class_names(["inner race fault", "knocking"], "zh")
        ('内圈故障', 'knocking')
    """
    checked_language(lang)
    known = {x.names.en: x.names.of(lang) for x in load_faults()}
    return tuple(known.get(x, x) for x in classes)
