"""Enhancements by name: what is done to a picture before a model looks at it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.image import Image
from faultlens.images.light.contrast import more_contrast
from faultlens.images.light.glare_left_out import glare_left_out
from faultlens.images.light.glare_repair import without_glare
from faultlens.images.light.local_contrast import local_contrast

ENHANCEMENTS: Mapping[str, Callable[[Image], Image]] = MappingProxyType(
    {
        "clahe": local_contrast,
        "contrast": more_contrast,
        "glare": glare_left_out,
        "glare-repair": without_glare,
    }
)
"""Name -> from a picture to one of the same size and type, whose history and warnings tell."""


def enhanced(image: Image, names: Sequence[str]) -> Image:
    """A picture with enhancements, one after the other.

    Args:
        image: any picture.
        names: of `ENHANCEMENTS`, in the order in which they are done; () changes nothing.

    Raises:
        UnknownNameError: another name; lists those there are.
        UsageError: a name twice, or a text instead of a list of names.

    Example:
        >>> import numpy as np
        >>> made = enhanced(Image(np.full((32, 32), 90, np.uint8)), ["glare", "contrast"])
        >>> made.history
        ('no glare to leave out', 'contrast x 1.2 + 0.1')
    """
    refuse_unknown(names)
    for name in names:
        image = ENHANCEMENTS[name](image)
    return image


def refuse_unknown(names: Sequence[str]) -> None:
    """Refuse names of enhancements that cannot be done, before any picture is read.

    Args:
        names: as `enhanced` takes them.

    Raises:
        UnknownNameError: another name; lists those there are.
        UsageError: a name twice, or a text instead of a list of names.

    Example:
        >>> refuse_unknown(["clahe", "glare"])
    """
    if isinstance(names, str):
        raise UsageError(f"enhance is the text '{names}'; give a list of names, as ['{names}'].")
    for name in names:
        if name not in ENHANCEMENTS:
            raise UnknownNameError("enhancement", name, ENHANCEMENTS)
    twice = next((x for x in names if [*names].count(x) > 1), None)
    if twice is not None:
        raise UsageError(f"The enhancement '{twice}' is given twice; name each once.")
