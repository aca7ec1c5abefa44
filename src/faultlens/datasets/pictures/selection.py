"""Pictures chosen by what is true of them."""

from collections.abc import Mapping, Sequence

from faultlens.core.errors import UnknownNameError
from faultlens.datasets.pictures.picture import LabelledPicture

FIELDS = ("subset", "split", "label", "group")
"""What pictures can be chosen by."""


def pictures_where(
    pictures: Sequence[LabelledPicture], wanted: Mapping[str, str]
) -> tuple[LabelledPicture, ...]:
    """The pictures of which all is true that is wanted.

    Args:
        pictures: of one data set.
        wanted: field of `FIELDS` -> value.

    Raises:
        UnknownNameError: no such field, or a value that no picture has.

    Example:
        >>> from pathlib import Path
        >>> one = LabelledPicture(Path("a.png"), "a.png", "crack", True, 2, 3, split="test")
        >>> len(pictures_where([one], {"split": "test"}))
        1
    """
    chosen = tuple(pictures)
    for field, value in wanted.items():
        if field not in FIELDS:
            raise UnknownNameError("property of pictures", field, FIELDS)
        values = {str(getattr(x, field)) for x in pictures}
        if value not in values:
            raise UnknownNameError(f"value of '{field}'", value, values - {""})
        chosen = tuple(x for x in chosen if getattr(x, field) == value)
    return chosen
