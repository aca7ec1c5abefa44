"""Whether a folder holds labelled recordings or labelled pictures."""

from itertools import islice
from pathlib import Path

from faultlens.datasets.dataset import ANYBODYS, files_below
from faultlens.datasets.pictures.registry import PICTURE_DATASETS, fitting_layouts
from faultlens.datasets.pictures.stated import pictures_below
from faultlens.datasets.registry import DATASETS

LOOKED_AT = 10_000
"""Files of each kind that are counted at most."""


def holds_pictures(path: str | Path, *, name: str | None = None) -> bool:
    """Whether what lies there is a set of pictures, by its layout, or by what there is more of.

    Args:
        path: folder, manifest or JSON of instances; one that is not there holds none.
        name: of the layout, where it was given.

    Example:
        >>> holds_pictures("/nowhere"), holds_pictures("/nowhere", name="mvtec")
        (False, True)
    """
    where = Path(path)
    if name is not None:
        return name in PICTURE_DATASETS and name not in DATASETS
    fitting = fitting_layouts(where)
    if not fitting:
        return False
    if any(PICTURE_DATASETS[x].rank < ANYBODYS for x in fitting):
        return True
    if any(x.rank < ANYBODYS and x.recognises(where) for x in (DATASETS[y] for y in DATASETS)):
        return False
    # Recordings of one's own often have a plot beside them, and pictures a table.
    count = [
        sum(1 for _ in islice(files(where), LOOKED_AT)) for files in (pictures_below, files_below)
    ]
    return count[0] > count[1]
