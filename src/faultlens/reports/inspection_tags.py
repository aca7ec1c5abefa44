"""Where the numbers of regions go: beside each region, inside the picture, none over another."""

from collections.abc import Sequence

Corners = tuple[float, float, float, float]
"""Left, top, right and bottom, y downwards."""


def tag_spots(
    boxes: Sequence[Corners],
    tags: Sequence[tuple[float, float]],
    size: tuple[float, float],
    gap: float,
) -> tuple[tuple[float, float], ...]:
    """Upper left corners of the tags, each beside its region, in any unit of length.

    Args:
        boxes: (region,) the regions.
        tags: (region,) width and height of each tag.
        size: width and height of the picture.
        gap: room between a region and its tag.

    Example:
        >>> tag_spots([(40, 40, 60, 60), (0, 0, 9, 9)], [(10, 10), (10, 10)], (100, 100), 2)
        ((40, 28), (11, 0))
    """
    placed: list[Corners] = []
    for (left, top, right, bottom), (width, height) in zip(boxes, tags, strict=True):
        wanted = (
            (left, top - height - gap),
            (right + gap, top),
            (left, bottom + gap),
            (left - width - gap, top),
            (right + gap, bottom - height),
        )
        inside = [
            (max(min(x, size[0] - width), 0), max(min(y, size[1] - height), 0)) for x, y in wanted
        ]
        places = [(x, y, x + width, y + height) for x, y in inside]
        around = (*boxes, *placed)
        # Best over nothing at all, else at least not over another number.
        spot = min(places, key=lambda x: (_covered(x, placed) > 0, _covered(x, around)))
        placed.append(spot)
    return tuple(spot[:2] for spot in placed)


def _covered(tag: Corners, others: Sequence[Corners]) -> float:
    """Area of the others that a tag would hide."""
    return sum(
        max(min(tag[2], other[2]) - max(tag[0], other[0]), 0)
        * max(min(tag[3], other[3]) - max(tag[1], other[1]), 0)
        for other in others
    )
