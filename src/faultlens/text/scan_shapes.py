"""The shapes that a scan can tell apart, and which of them a sentence asks for, by its words.

The text tower learned from pictures: it takes "bump" for a kind of dent, and knows few of the words
for shapes. Which way a defect goes is measured besides, so that it is a condition of a sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from faultlens.core.errors import UnknownNameError
from faultlens.text.defect_sentences import AskedDefect
from faultlens.text.defects import Defect, load_defects
from faultlens.text.knowledge_files import known_keys, read_toml, text_in, texts_in
from faultlens.text.spelling import folded

DEPRESSION, PROTRUSION = "depression", "protrusion"
"""Into the material, and out of it; as `surfaces.defects.defect` calls them."""

SCAN_DEFECTS = (
    ("dent", "凹陷"),
    ("scratch", "划痕"),
    ("corrosion pit", "腐蚀坑"),
    ("crack", "裂纹"),
    ("protrusion", "凸起"),
)
"""What is asked of a scan where nobody says: English, Chinese."""


_PLACE = re.compile(
    r"\b(?:at|from|beside|near|next to|around|along|across|on|in|over|to|under|between) "
    r"(?:the|a|an|its|this|that) (?:[a-z]+ )?[a-z-]+"
    r"|焊缝|焊道|焊接|键槽|齿槽|螺孔|孔[边口]|断面"
)
"""Where it is, which may be called by the word for another shape: "split at the hole"."""


@dataclass(frozen=True)
class Shape:
    """A shape that scans show.

    Args:
        name: dent, scratch, pit, crack or protrusion.
        relief: "depression" or "protrusion".
        names: keys of the defects by whose names the text tower knows it.
        keys: keys of the defects that have it.
        words: that say it.
    """

    name: str
    relief: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    words: re.Pattern[str]


@cache
def load_shapes() -> Mapping[str, Shape]:
    """The shapes by name, in the order of their file.

    Raises:
        UnknownNameError: the file names a relief that is none.

    Example:
        >>> list(load_shapes())
        ['dent', 'scratch', 'pit', 'crack', 'protrusion']
    """
    shapes = {}
    for name, table in read_toml(files("faultlens.text") / "scan_shapes.toml").items():
        where = f"scan_shapes.toml, {name}"
        if not isinstance(table, dict):
            raise UnknownNameError("table of scan_shapes.toml", name, ("dent", "scratch"))
        known_keys(table, ("relief", "names", "keys", "en", "zh"), where, required=True)
        relief = text_in(table["relief"], where)
        if relief not in (DEPRESSION, PROTRUSION):
            raise UnknownNameError(f"relief in {where}", relief, (DEPRESSION, PROTRUSION))
        english = [
            rf"(?<![a-z]){re.escape(x.rstrip('.'))}{'(?![a-z])' if x.endswith('.') else ''}"
            for x in texts_in(table["en"], where)
        ]
        words = "|".join([*english, *map(re.escape, texts_in(table["zh"], where))])
        shapes[name] = Shape(
            name,
            relief,
            texts_in(table["names"], where),
            texts_in(table["keys"], where),
            re.compile(words),
        )
    return shapes


@cache
def scan_defects() -> tuple[Defect, ...]:
    """The knowledge base of surfaces, and what a scan shows beside it.

    Example:
        >>> [x.key for x in scan_defects() if x.key in ("dent", "protrusion")]
        ['dent', 'protrusion']
    """
    return load_defects(Path(str(files("faultlens.text"))) / "scan_defects")


def shape_of(asked: AskedDefect) -> Shape | None:
    """The shape that a sentence asks for.

    The defect of the knowledge base that it names says it; otherwise the shape with the most words
    in it; where several have as many, the head of the phrase.

    Args:
        asked: the sentence, understood with `scan_defects`.

    Returns:
        the shape; None where the sentence says none.

    Example:
        >>> from faultlens.text.defect_sentences import understood_defects
        >>> said = ["dent with a raised rim", "bead standing proud", "管壁锈坑", "purple slime"]
        >>> found = [shape_of(x) for x in understood_defects(said, scan_defects())]
        >>> [None if x is None else x.name for x in found]
        ['dent', 'protrusion', 'pit', None]
    """
    shapes = load_shapes().values()
    if asked.defect is not None:
        by_key = next((x for x in shapes if asked.defect.key in x.keys), None)
        if by_key is not None:
            return by_key
    said = folded(asked.bare).lower()
    for text in (_PLACE.sub(" ", said), said):
        hits = {x.name: [hit.start() for hit in x.words.finditer(text)] for x in shapes}
        # The head of a phrase comes late in Chinese, early in English.
        way = -1 if text.isascii() else 1
        best = max(hits, key=lambda x: (len(hits[x]), way * (hits[x][0] if hits[x] else 0)))
        if hits[best]:
            return load_shapes()[best]
    return None
