"""Places and directions in a sentence, and the sentence made tidy after words were taken out."""

import re
from collections.abc import Iterator

PLACES = (
    "upper left", "upper right", "lower left", "lower right", "left", "right", "top", "bottom",
    "left edge", "right edge", "top edge", "bottom edge", "edge", "corner", "centre",
)  # fmt: skip
"""Places of a picture that a sentence can name."""

DIRECTIONS = {
    "transverse": (60.0, 90.0),
    "longitudinal": (0.0, 30.0),
    "diagonal": (30.0, 60.0),
    "horizontal": (0.0, 30.0),
    "vertical": (60.0, 90.0),
}
"""Direction -> degrees between the mark and the axis: the quadrant in three equal parts."""

OF_PICTURE = ("horizontal", "vertical")
"""Directions that are of the picture, not of the part."""

_WHOLE = (
    r"picture|image|photo|photograph|frame|view|scene|part|piece|workpiece|component|surface|tile"
    r"|plate|sheet|strip|sample|specimen"
)
# "the edge of the keyway" is a place on the part, which no picture knows.
_OF = rf"(?:\s+of\s+(?:the|this|a)\s+(?:whole\s+)?(?:{_WHOLE})\b|(?!\s+of\s+\w))"
_AT = (
    r"(?:\b(?:in|at|near|along|on|by|close to|next to|towards?|around|beside|within)\s+"
    r"(?:the\s+)?(?:very\s+)?)"
)
_SIDE = r"(?:[\s-]*(?:hand\s*)?(?:side|half|third|quarter|part|area|region|margin|border))?"
_CORNER = rf"(?:[\s-]*hand)?(?:\s+corner)?{_SIDE}"
_ENGLISH = (
    (rf"{_AT}?\b(?:upper|top)[\s-]+(left|right)\b{_CORNER}{_OF}", "upper {}"),
    (rf"{_AT}?\b(?:lower|bottom)[\s-]+(left|right)\b{_CORNER}{_OF}", "lower {}"),
    (rf"{_AT}(left|right|top|bottom)(?:[\s-]*hand)?\s+(?:edge|border|margin|rim){_OF}", "{} edge"),
    (rf"{_AT}(?:upper|lower)\s+(?:edge|border|margin){_OF}", "{} edge"),
    (rf"{_AT}(left|right|top|bottom|upper|lower)\b(?!\s+(?:edge|race|ring)){_SIDE}{_OF}", "{}"),
    (rf"{_AT}(?:outer\s+)?(?:edge|edges|border|margin)\b{_OF}", "edge"),
    (rf"{_AT}(?:corners?)\b{_OF}|\bin\s+(?:a|one)\s+corner\b{_OF}", "corner"),
    (rf"{_AT}(?:middle|cent(?:er|re))\b{_OF}", "centre"),
)  # fmt: skip
_ON = r"(?:在|位于|处于|靠近|接近|于)"
_PICTURE = r"(?:图像|图片|图中|画面|照片|零件|工件|表面|整个)?的?"
_HERE = r"(?:处|附近|位置)?(?:的|有|存在|出现)?"
# A Chinese place stands at the start, after a comma or after "at"; else it belongs to a word.
_START = rf"(?:(?:^|(?<=[,，。;；、的有是])){_PICTURE}|{_ON}{_PICTURE}|(?:图像|图片|画面|照片))"
_CHINESE = (
    (rf"{_START}?(左上|右上|左下|右下)(?:角落?|方|侧|部|边)?{_HERE}", "{}"),
    (rf"{_START}(左|右|上|下)(?:侧|方|部)?边缘{_HERE}", "{} edge"),
    (rf"{_START}(左|右|上|下)(?:侧|边|方|部|半部分?|半边|端){_HERE}", "{}"),
    (rf"{_START}(?:顶部|顶端){_HERE}", "top"),
    (rf"{_START}(?:底部|底端){_HERE}", "bottom"),
    (rf"{_START}(?:中部|中央|中间|中心){_HERE}", "centre"),
    (rf"{_ON}{_PICTURE}边缘{_HERE}|{_START}边缘(?:处|附近|位置)(?:的|有|存在|出现)?", "edge"),
    (
        rf"{_ON}{_PICTURE}(?:角落|边角|一角){_HERE}|{_START}(?:角落|边角)(?:处|附近|里)(?:的|有)?",
        "corner",
    ),
)  # fmt: skip
_PATTERNS = tuple((re.compile(x, re.IGNORECASE), name) for x, name in (*_ENGLISH, *_CHINESE))
_SAME = {
    "左上": "upper left", "右上": "upper right", "左下": "lower left", "右下": "lower right",
    "左": "left", "右": "right", "上": "top", "下": "bottom", "upper": "top", "lower": "bottom",
}  # fmt: skip
_DIRECTED = {
    "transverse": r"\b(?:transvers(?:e|al)(?:ly)?|crosswise|circumferential(?:ly)?)\b"
    r"|横向|周向|横裂",
    "longitudinal": r"\b(?:longitudinal(?:ly)?|lengthwise|axial(?:ly)?|along the axis)\b"
    r"|纵向|轴向|纵裂",
    "diagonal": r"\b(?:diagonal(?:ly)?|oblique(?:ly)?|slanted|slanting)\b|斜向|倾斜|斜裂",
    "horizontal": r"\bhorizontal(?:ly)?\b|水平(?!度)",
    "vertical": r"\b(?:vertical(?:ly)?|upright)\b|竖直|竖向|(?<!相互)垂直(?!于|度)",
}
_DIRECTION_PATTERNS = {x: re.compile(words, re.IGNORECASE) for x, words in _DIRECTED.items()}
_DANGLING = (
    r"(?:\s|[,;:，；：、(]|\b(?:with|and|but|of|a|an|the|is|are|that|which|having|has|at|in|on|by|it|from"
    r"|measuring|covering|about)\b|且|并|和|与|从)+$"
)


def read_places(text: str) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Places that a sentence names: start, end, and (place of `PLACES`, words).

    A place on the part, such as "the edge of the keyway", is none: no picture tells it.

    Args:
        text: the sentence.

    Example:
        >>> [x[2] for x in read_places("a scratch in the upper right corner")]
        [('upper right', 'in the upper right corner')]
        >>> list(read_places("crack at the edge of the keyway"))
        []
    """
    taken: list[tuple[int, int]] = []
    for pattern, name in _PATTERNS:
        for hit in pattern.finditer(text):
            start, end = hit.span()
            if any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            word = (hit.groups() or ("",))[0] or _upper_or_lower(hit[0])
            place = name.format(_SAME.get(word.casefold(), word.casefold()))
            yield start, end, (place, hit[0].strip())


def read_directions(text: str) -> Iterator[tuple[str, float, float, str]]:
    """Directions that a sentence names: (of `DIRECTIONS`, least and largest degrees, words).

    Args:
        text: the sentence.

    Example:
        >>> list(read_directions("横向裂纹"))
        [('transverse', 60.0, 90.0, '横向')]
    """
    for name, pattern in _DIRECTION_PATTERNS.items():
        if hit := pattern.search(text):
            yield name, *DIRECTIONS[name], hit[0]


def tidied(text: str) -> str:
    """The sentence without the ends that taking words out of it leaves loose.

    Args:
        text: what is left.

    Example:
        >>> tidied(" scratch with light reflection, with a  "), tidied("的腐蚀坑")
        ('scratch with light reflection', '腐蚀坑')
    """
    kept = re.sub(r"\s+", " ", text).strip()
    kept = re.sub(r"\(\s*[,;.\s]*\)", "", kept)
    kept = re.sub(r"\s+([,;.，；。、)])", r"\1", kept)
    kept = re.sub(r"\b(?:an?|the)\s+of\b\s*", "", kept)
    kept = re.sub(r"([,;，；、])(?:\s*[,;，；、])+", r"\1", kept)
    kept = re.sub(r"^(?:[\s,;:.，；：、。)-]|的|有|且)+", "", kept)
    while (shorter := re.sub(_DANGLING, "", kept, flags=re.IGNORECASE)) != kept:
        kept = shorter
    return re.sub(r"[\s，；：、。.-]+$", "", kept)


def _upper_or_lower(words: str) -> str:
    return next((x for x in ("upper", "lower") if x in words.casefold()), "")
