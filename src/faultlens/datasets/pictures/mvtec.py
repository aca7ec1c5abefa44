"""`mvtec`: the layout of MVTec AD, which many sets are converted to.

Data card. Layout: `[<object>/]train/good/*`, `[<object>/]test/{good,<defect>}/*` and
`[<object>/]ground_truth/<defect>/<picture>_mask.png`, or `<picture>.png` as VisA is converted, or a
folder `<picture>/` of several masks as in MVTec LOCO. Training pictures are clean. Terms: MVTec AD
is CC BY-NC-SA 4.0, for research; other sets have their own. Cite Bergmann et al., CVPR 2019 and
Int. J. Comput. Vis. 129 (2021). Split rule: references and calibration from train/good, figures on
test; no picture of test decides a threshold.
"""

from collections.abc import Iterator
from pathlib import Path

from faultlens.datasets.dataset import DataCard
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import (
    lacking_masks,
    picture_at,
    read_pictures,
    subfolders,
)
from faultlens.datasets.pictures.stated import SUFFIXES, pictures_below

CARD = DataCard(
    title="mvtec: the layout of MVTec AD, and of sets converted to it (VisA, MVTec LOCO)",
    terms="MVTec AD: CC BY-NC-SA 4.0; other sets in this layout have their own",
    citation="Bergmann, Fauser, Sattlegger, Steger, CVPR 2019; Int. J. Comput. Vis. 129 (2021)",
    split_rule="references and calibration from train/good, figures on test",
    traps=(
        "A threshold, a min-max or a prompt chosen on test is not measured by it any more.",
        "Objects are trained and judged one by one; a mean over them hides the bad ones.",
        "Defects called 'bad', as in converted VisA, have no name to be found by.",
    ),
)

CLEAN, TRUTHS = "good", "ground_truth"


def recognises_mvtec(path: Path) -> bool:
    """Whether a folder holds train/good and test, or folders that do.

    Args:
        path: the folder.

    Example:
        >>> recognises_mvtec(Path("/nowhere"))
        False
    """
    return bool(_objects(path))


def read_mvtec(path: Path) -> FoundPictures:
    """Every picture of train and test, with its masks.

    Args:
        path: folder of one object, or of several.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("train/good/0", "test/good/0", "test/pit/0", "ground_truth/pit/0_mask"):
        ...     (folder / name).parent.mkdir(parents=True, exist_ok=True)
        ...     Image.new("L", (3, 2)).save(folder / f"{name}.png")
        >>> [(x.split, x.label, len(x.masks)) for x in read_mvtec(folder).pictures]
        [('test', 'no defect', 0), ('test', 'pit', 1), ('train', 'no defect', 0)]
    """

    def read(each: tuple[Path, Path, str]) -> LabelledPicture:
        file, home, split = each
        called = file.relative_to(home / split).parts[0]
        return picture_at(
            file,
            path,
            called,
            split=split,
            subset="" if home == path else home.name,
            masks=tuple(_masks(home, called, file)) if called != CLEAN else (),
        )

    listed = (
        (file.relative_to(path).as_posix(), (file, home, split))
        for home in _objects(path)
        for split in ("test", "train", "validation")
        for file in pictures_below(home / split)
        if len(file.relative_to(home / split).parts) > 1
    )
    found = read_pictures(listed, read)
    return FoundPictures(found.pictures, (*found.failed, *lacking_masks(found.pictures)))


def _objects(path: Path) -> list[Path]:
    if _is_object(path):
        return [path]
    return [x for x in subfolders(path) if _is_object(x)]


def _is_object(path: Path) -> bool:
    return (path / "train" / CLEAN).is_dir() and (path / "test").is_dir()


def _masks(home: Path, called: str, file: Path) -> Iterator[Path]:
    truths = home / TRUTHS / called
    for name in (f"{file.stem}_mask", file.stem):
        for suffix in sorted(SUFFIXES):
            if (truths / f"{name}{suffix}").is_file():
                yield truths / f"{name}{suffix}"
                return
    several = truths / file.stem
    if several.is_dir():
        yield from (x for x in sorted(several.iterdir()) if x.suffix.casefold() in SUFFIXES)


LAYOUT = PictureLayout(
    CARD,
    "train/good and test/<defect> with ground_truth/<defect>, or a folder of those per object",
    recognises_mvtec,
    read_mvtec,
)
