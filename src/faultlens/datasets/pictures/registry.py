"""Sets of pictures by name or by their layout: the one door for all of them."""

from pathlib import Path

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.registry import Registry
from faultlens.datasets.dataset import ANYBODYS
from faultlens.datasets.pictures import (
    captioned,
    class_folders,
    coco,
    corrections,
    listed,
    magnetic_tile,
    mvtec,
    neu_det,
    visa,
)
from faultlens.datasets.pictures.picture import (
    NO_DEFECT,
    FoundPictures,
    PictureDataset,
    PictureLayout,
)

PICTURE_DATASETS: Registry[PictureLayout] = Registry(
    "set of pictures", group="faultlens.picture_datasets"
)
"""Name -> layout. An installed package adds one by an entry point named as the set."""

for _name, _layout in (
    ("captioned pictures", captioned.LAYOUT),
    ("coco", coco.LAYOUT),
    ("image folders", class_folders.LAYOUT),
    ("magnetic_tile", magnetic_tile.LAYOUT),
    ("mvtec", mvtec.LAYOUT),
    ("neu_det", neu_det.LAYOUT),
    ("picture corrections", corrections.LAYOUT),
    ("picture manifest", listed.LAYOUT),
    ("visa", visa.LAYOUT),
):
    PICTURE_DATASETS.add(_name, _layout)


def open_pictures(
    path: str | Path, *, name: str | None = None, subset: str | None = None
) -> PictureDataset:
    """The labelled pictures of a folder, whose layout is recognised or named.

    Args:
        path: the folder, or a manifest or JSON of instances.
        name: of the layout, as registered; None recognises it by how its files are named.
        subset: only pictures of this object or set, where the folder holds several.

    Raises:
        UnreadableFileError: it does not exist, has no known layout, or no usable picture.
        UnknownNameError: no layout of that name; lists the known ones.
        UsageError: its files fit two layouts equally well, or it has no such subset.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> for label in ("good", "crack"):
        ...     (folder / label).mkdir()
        ...     Image.new("L", (3, 2)).save(folder / label / "a.png")
        >>> found = open_pictures(folder)
        >>> found.name, dict(found.labels)
        ('image folders', {'crack': 1, 'no defect': 1})
    """
    where = Path(path)
    if not where.exists():
        raise UnreadableFileError(
            f"{where} does not exist; give a folder of pictures, or a manifest (CSV with the "
            "columns image and label)."
        )
    known = recognised_pictures(where) if name is None else name
    layout = PICTURE_DATASETS[known]
    found = layout.read(where)
    pictures = found.pictures
    if subset is not None:
        pictures = tuple(x for x in pictures if x.subset == subset)
        if not pictures:
            there = sorted({x.subset for x in found.pictures} - {""})
            raise UsageError(
                f"{where} has no pictures of '{subset}'. It has: {', '.join(there) or 'no parts'}."
            )
    if not pictures:
        failed = found.failed
        first = f" The first: {failed[0].file}: {failed[0].reason}" if failed else " It is empty."
        raise UnreadableFileError(
            f"{where}: no picture of '{known}' could be used, {len(failed)} files failed.{first}"
        )
    checked = FoundPictures(pictures, found.failed, found.warnings)
    warnings = (*found.warnings, *_of_all(checked))
    return PictureDataset(known, pictures, layout.card, found.failed, warnings, found.unlabelled)


def recognised_pictures(path: Path) -> str:
    """The name of the layout that a folder of pictures has.

    Args:
        path: the folder, or a manifest or JSON of instances.

    Raises:
        UnreadableFileError: no layout fits; says what was looked for.
        UsageError: two layouts fit equally well.

    Example:
        >>> recognised_pictures(Path("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere is laid out as no set of pictures ...
    """
    fitting = fitting_layouts(path)
    if len(fitting) > 1:
        raise UsageError(
            f"{path} may be {' or '.join(fitting)}; say which one with name= (--dataset), or "
            "give the folder of one of them."
        )
    if fitting:
        return fitting[0]
    looked = "".join(f"\n  {x}: {PICTURE_DATASETS[x].looks_for}" for x in PICTURE_DATASETS)
    raise UnreadableFileError(
        f"{path} is laid out as no set of pictures that is known. Put the pictures of each class "
        f"into a folder named as the class, or list them in a manifest. Looked for:{looked}"
    )


def fitting_layouts(path: Path) -> list[str]:
    """The surest layouts that a folder fits; empty where it holds no pictures.

    Args:
        path: the folder, or a manifest or JSON of instances.

    Example:
        >>> fitting_layouts(Path("/nowhere"))
        []
    """
    # Anybody's layout is asked last, and only where no other fits: it looks through all files.
    for rank in range(ANYBODYS + 1):
        names = [x for x in PICTURE_DATASETS if PICTURE_DATASETS[x].rank == rank]
        if fitting := [x for x in names if PICTURE_DATASETS[x].recognises(path)]:
            return fitting
    return []


def _of_all(found: FoundPictures) -> list[Notice]:
    labels = {x.label for x in found.pictures}
    told = []
    if NO_DEFECT not in labels:
        told.append(
            Notice(
                en="No clean pictures: defects can be named, but false alarms cannot be counted.",
                zh="没有无缺陷图片：可以评估缺陷命名，但无法统计误报。",
            )
        )
    if labels == {NO_DEFECT}:
        told.append(
            Notice(
                en="Clean pictures only: a profile can be calibrated on them, and false alarms "
                "counted, but no defect can be missed.",
                zh="只有无缺陷图片：可用于标定和统计误报，但无法统计漏检。",
            )
        )
    if not any(x.group for x in found.pictures):
        told.append(
            Notice(
                en="No groups are stated: near-duplicates are looked for, but pictures of one part "
                "that look different are not known to belong together.",
                zh="未给出分组：会查找近似重复的图片，但无法得知外观不同的图片是否属于同一零件。",
            )
        )
    return told
