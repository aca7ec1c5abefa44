"""What the makers of a data set call a picture, in words that a model can be asked."""

import re

from faultlens.datasets.pictures.picture import NO_DEFECT, SOME_DEFECT

CLEAN = frozenset({
    "good", "ok", "ok front", "free", "normal", "clean", "no defect", "no defects", "defect free",
    "non defective", "nondefective", "undefective", "intact", "healthy", "pass", "perfect",
    "无缺陷", "正常", "合格", "良品", "完好",
})  # fmt: skip
"""Labels that mean there is no defect, in lower case and without hyphens."""

UNNAMED = frozenset({
    "bad", "defect", "defects", "defective", "def front", "anomaly", "anomalous", "abnormal", "ng",
    "not ok", "fail", "faulty", "damaged", "缺陷", "不合格", "次品", "不良", "异常",
})  # fmt: skip
"""Labels that mean a defect and do not say which."""

UNLABELLED = frozenset({"unlabelled", "unlabeled", "no label", "未标注", "无标签"})
"""Folders of pictures that nobody judged, in lower case and without hyphens."""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # SurfaceCrack is two words
_MAKERS = re.compile(r"^MT (?=[A-Z])")  # MT_Blowhole: the prefix is the set's, not the defect's


def label_of(word: str) -> str:
    """A label as words; `NO_DEFECT` or `SOME_DEFECT` where it means that.

    Args:
        word: a label, as a folder, a table or a category has it.

    Example:
        >>> [label_of(x) for x in ("pitted_surface", "MT_Blowhole", "ok_front", "NG")]
        ['pitted surface', 'blowhole', 'no defect', 'defect']
    """
    spaced = " ".join(_HUMP.sub(" ", word).replace("_", " ").split())
    words = _MAKERS.sub("", spaced).casefold()
    plain = words.replace("-", " ")
    if plain in CLEAN:
        return NO_DEFECT
    return SOME_DEFECT if plain in UNNAMED or not words else words


def is_unlabelled(word: str) -> bool:
    """Whether a folder's name says that nobody judged the pictures inside.

    Args:
        word: as the folder is called.

    Example:
        >>> is_unlabelled("Unlabelled"), is_unlabelled("crack")
        (True, False)
    """
    return " ".join(word.replace("_", " ").replace("-", " ").split()).casefold() in UNLABELLED
