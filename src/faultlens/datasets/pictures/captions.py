"""What people wrote of a picture: text files beside it, columns of a table, and the label in it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from faultlens.core.errors import FaultlensError, UnreadableFileError
from faultlens.datasets.pictures.labels import label_of
from faultlens.datasets.pictures.picture import NO_DEFECT
from faultlens.text.defect_sentences import LONGEST_SENTENCE, understood_defect

COLUMNS = ("caption", "caption_en", "caption_zh")
"""Columns of a manifest that hold captions."""

LARGEST_TEXT_BYTES = 1 << 16
"""Of a text file beside a picture; a caption is a sentence."""

MOST_CAPTIONS = 20
"""Of one picture: data sets in use have five."""

_LETTER = re.compile(r"[^\W\d_]")


def captions_beside(picture: Path) -> tuple[str, ...]:
    """The captions in the text file beside a picture, a line each; none where there is none.

    A file of numbers, as some tools write boxes, holds no caption.

    Args:
        picture: `a.png`, whose captions are in `a.txt`, or in `a.png.txt`.

    Raises:
        UnreadableFileError: the text is too large, not in UTF-8, or holds too long a caption.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("a crack along the weld\\n\\n焊缝裂纹\\n", "utf-8")
        >>> captions_beside(folder / "a.png"), captions_beside(folder / "b.png")
        (('a crack along the weld', '焊缝裂纹'), ())
    """
    for path in (picture.with_suffix(".txt"), picture.with_name(f"{picture.name}.txt")):
        if path.is_file():
            return checked_captions(_text(path).splitlines(), path.name)
    return ()


def captions_in(row: Mapping[str, str]) -> tuple[str, ...]:
    """The captions of a row of a manifest.

    Args:
        row: column in lower case -> cell.

    Raises:
        UnreadableFileError: one is too long.

    Example:
        >>> captions_in({"image": "a.png", "caption": "a deep scratch", "caption_zh": "深划痕"})
        ('a deep scratch', '深划痕')
    """
    return checked_captions((row.get(x, "") for x in COLUMNS), "its caption")


def checked_captions(given: Iterable[object], where: str) -> tuple[str, ...]:
    """Captions without blanks and repeats; what holds no letter is none.

    Args:
        given: as they were found.
        where: they were found, for messages.

    Raises:
        UnreadableFileError: one is too long, or there are too many.

    Example:
        >>> checked_captions(["  a crack ", "0 0.5 0.5 0.1 0.2", "a crack"], "a.txt")
        ('a crack',)
    """
    told = (" ".join(x.split()) for x in given if isinstance(x, str))
    kept = tuple(dict.fromkeys(x for x in told if _LETTER.search(x)))
    if long := [x for x in kept if len(x) > LONGEST_SENTENCE]:
        raise UnreadableFileError(
            f"{where} holds a caption of {len(long[0])} characters ('{long[0][:40]}...'); up to "
            f"{LONGEST_SENTENCE} are read. Shorten it."
        )
    if len(kept) > MOST_CAPTIONS:
        raise UnreadableFileError(
            f"{where} holds {len(kept)} captions; a picture has up to {MOST_CAPTIONS}."
        )
    return kept


def label_said(captions: Iterable[str]) -> str:
    """The label that captions give a picture nobody labelled: the first defect that one names.

    A caption that names no defect of the knowledge base is its picture's label word for word, so
    that a sound picture must be called sound ("no defect on ground metal").

    Args:
        captions: of one picture, one at least.

    Example:
        >>> label_said(["a hairline crack, 3 mm long, on ground metal"])
        'crack'
        >>> label_said(["ground metal without defects"]), label_said(["purple slime"])
        ('no defect', 'purple slime')
    """
    said = tuple(captions)
    for caption in said:
        try:
            asked = understood_defect(caption)
        except FaultlensError:
            continue
        if asked.means_no_defect:
            return NO_DEFECT
        if asked.defect is not None:
            return asked.defect.names.en
    return label_of(said[0])


def embedded(captions: Iterable[str]) -> tuple[str, ...]:
    """Captions as a text model takes them: what is measured (sizes, places) is taken out.

    Args:
        captions: of one picture.

    Example:
        >>> embedded(["hairline crack on ground metal, upper right of the picture", "crack"])
        ('hairline crack on ground metal', 'crack')
    """
    bare = []
    for caption in captions:
        try:
            bare.append(understood_defect(caption).bare)
        except FaultlensError:
            continue
    return tuple(dict.fromkeys(bare))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_TEXT_BYTES:
            raise ValueError(f"it is larger than {LARGEST_TEXT_BYTES >> 10} KiB")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{path} is no text of captions: {error}.") from error
