"""The words by which a sentence states a size, a number, a direction or a place."""

import re
from math import inf

_DIGITS = (
    r"[1-9]\d{0,2}(?:[, ]\d{3})+(?:\.\d+)?(?![\d,]*\d)"  # 1,000 is a thousand; 0,500 is a half
    r"|\d+\s+\d+[/\u2044]\d+|\d+[/\u2044]\d+"  # 1 1/2
    r"|\d+(?:[.,]\d+)?|[.]\d+"
)
_EN_NUMBERS = {
    "half a": 0.5,
    "half an": 0.5,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_ZH_DIGITS = {**{x: i for i, x in enumerate("一二三四五六七八九", 1)}, "两": 2}

NUMBER = (
    rf"(?:(?<![A-Za-z0-9_.,])(?:{_DIGITS})|\b(?:{'|'.join(_EN_NUMBERS)})\b"
    rf"|半|[{''.join(_ZH_DIGITS)}]?十[{''.join(_ZH_DIGITS)}]?|[{''.join(_ZH_DIGITS)}])"
)
"""A number in digits or in words."""

MM = {
    "mm": 1.0,
    "cm": 10.0,
    "um": 1e-3,
    "m": 1e3,
    "inch": 25.4,
    "mil": 0.0254,
}
"""Millimetres in a unit; an inch is exactly 25.4 mm."""

_END = r"(?![A-Za-z])"  # not \b: a Chinese character follows a unit without a gap
_SPELLED = {
    "mm": rf"(?:mm|millimet(?:er|re)s?){_END}|毫米|公厘",
    "cm": rf"(?:cm|centimet(?:er|re)s?){_END}|厘米|公分",
    # The micro sign becomes the Greek letter when width is folded.
    "um": rf"(?:[uμ]m|microns?|micromet(?:er|re)s?){_END}|微米",
    # "in" is more often a preposition.
    "inch": rf"inch(?:es)?{_END}"
    r"|in\.?(?=\s+(?:long|wide|deep|across|thick|diameter|in\s)|\s*[,;]|\s*$)"
    r"|\"|''|\u2032\u2032|英寸|英吋|吋",
    "mil": rf"(?:mils?|thou){_END}",
    "px": rf"(?:px|pixels?|pix){_END}|个?像素",
    "m": rf"(?:met(?:er|re)s?|m){_END}|米",
}
_SQUARE, _CUBIC = r"(?:square|sq\.?)\s*", r"(?:cubic|cu\.?)\s*"
_AREAS = {
    "mm2": rf"{_SQUARE}(?:mm|millimet(?:er|re)s?){_END}|mm\s?\^?2(?!\d)|平方毫米",
    "cm2": rf"{_SQUARE}(?:cm|centimet(?:er|re)s?){_END}|cm\s?\^?2(?!\d)|平方厘米",
    "px2": rf"{_SQUARE}(?:px|pixels?){_END}|px\s?\^?2(?!\d)|平方像素",
    "mm3": rf"{_CUBIC}(?:mm|millimet(?:er|re)s?){_END}|mm\s?\^?3(?!\d)|立方毫米",
    "cm3": rf"{_CUBIC}(?:cm|centimet(?:er|re)s?){_END}|cm\s?\^?3(?!\d)|立方厘米",
    "percent": rf"%|per\s?cent{_END}",
    "deg": rf"(?:°(?!\s*[CF])|(?:degrees?|deg){_END}(?!\s+[CF]\b))"
    r"(?:\s+(?:to|from|against) the (?:part\s+)?(?:axis|horizontal))?|度(?!数)",
}
UNIT = "|".join(rf"(?P<{name}>{words})" for name, words in {**_AREAS, **_SPELLED}.items())
"""A unit; the name of its group says which."""

_LONGER = {
    "length": r"longer|长",
    "width": r"wider|broader|thicker|宽",
    "depth": r"deeper|higher|taller|深",
    "": r"larger|bigger|greater|more|大|高|多",
}
_SHORTER = {
    "length": r"shorter|短",
    "width": r"narrower|thinner|窄",
    "depth": r"shallower|lower|浅",
    "": r"smaller|less|fewer|小|低|少",
}


def _comparatives(words: dict[str, str], *, denied: bool) -> str:
    every = "|".join(words.values())
    english = "|".join(x for x in every.split("|") if x.isascii())
    chinese = "".join(x for x in every.split("|") if not x.isascii())
    if denied:
        return rf"\b(?:no|not)\s+(?:{english})\s+than|不[{chinese}]于"
    return rf"\b(?:{english})\s+than|(?<!不)[{chinese}]于"


COMPARISONS = {
    ">=": rf"at least|{_comparatives(_SHORTER, denied=True)}|\bminimum(?: of)?|\bmin\.?"
    r"|>=|≥|至少|最小|不少于",
    "<=": rf"at most|{_comparatives(_LONGER, denied=True)}|not exceeding|\bup to|\bmaximum(?: of)?"
    r"|\bmax\.?|<=|≤|\bwithin|不超过|不高于|最多|至多|最大|最长",
    ">": rf"{_comparatives(_LONGER, denied=False)}|\bover|\babove|\bexceeding|>|(?<!不)超过|超出",
    "<": rf"{_comparatives(_SHORTER, denied=False)}|\bunder|\bbelow|<|不到|不足",
    "about": r"\babout|\bapprox(?:imately|\.)?|\baround|\broughly|\bcirca|\bca\.|\bnearly|\balmost"
    r"|~|≈|大约|大概|约为|约|将近|接近",
    "exactly": r"\bexactly|\bprecisely|=|正好|恰好",
    "not": r"(?<!\w)not|不是",
}
"""Comparison -> the words before a number that state it."""

AFTER = {
    ">=": r"\s*(?:or|and)\s+(?:more|longer|larger|bigger|wider|deeper|greater|above|over|up)\b"
    r"(?!\s+than)"
    r"|\s*\+|\s*(?:及?以上|或以上|或更[大长宽深多])",
    "<=": r"\s*(?:or|and)\s+(?:less|shorter|smaller|narrower|shallower|fewer|below|under)\b"
    r"(?!\s+than)"
    r"|\s*(?:及?以下|以内|之内|或更[小短窄浅少])",
    "about": r"\s*(?:左右|上下)|\s+or so\b",
}
"""Comparison -> the words after a size that state it."""

QUANTITY_BEFORE = {
    "length": r"\b(?:length|long)|长度|长",
    "width": r"\b(?:width|wide|thickness)|宽度|线宽|宽",
    "diameter": r"\b(?:diameter|dia\.?)|[Øø⌀φΦ]|直径|孔径|径",
    "depth": r"\b(?:depth|deep|height)|深度|深|高度",  # of what stands out, its height
    "area": r"\barea|面积",
    "volume": r"\bvolume|体积",
    "size": r"\b(?:size|measuring|measures)|尺寸|大小",
}
"""Quantity -> the words before a size that say what it is of."""

QUANTITY_AFTER = {
    "length": r"[\s-]*(?:long\b|in length\b)|\s*长(?!于)",
    "width": r"[\s-]*(?:wide\b|broad\b|in width\b|thick\b)|\s*宽(?!于)",
    "diameter": r"[\s-]*(?:across\b|in diameter\b|diameter\b|dia\b\.?)|\s*(?:直径|孔径)",
    "depth": r"[\s-]*(?:deep\b|high\b|tall\b|in (?:depth|height)\b)|\s*深(?!于|色)"
    r"|\s*高(?!于|温|度)",
    "area": r"[\s-]*(?:in area\b|of (?:the )?(?:picture|image|surface|area)\b)|\s*面积",
    "volume": r"[\s-]*(?:in volume\b|of volume\b)|\s*体积",
    "size": r"[\s-]*(?:in size\b|large\b|big\b)|\s*大小?(?!于|面)",
}
"""Quantity -> the words after a size that say what it is of."""

IMPLIED = {name: f"{_LONGER[name]}|{_SHORTER[name]}" for name in ("length", "width", "depth")}
"""Quantity -> comparatives that say it themselves: longer, wider, deeper."""

COUNTED = (
    r"(?:cracks|scratches|dents|pits|holes|pores|blowholes|pinholes|inclusions|marks|spots|lines"
    r"|defects|flaws|nicks|patches|burrs|chips|breaks|bubbles|cavities|craters|dings|fissures|spatters)"
)
"""Plural nouns that can be counted on a picture."""

MEASURE_WORDS = "个处条道块点颗枚根片"
"""Chinese measure words for marks on a surface."""


def number_of(words: str) -> float:
    """What a number in digits or in words stands for.

    Example:
        >>> number_of("0,5"), number_of("1 1/2"), number_of("three"), number_of("二十")
        (0.5, 1.5, 3.0, 20.0)
    """
    said = words.casefold().strip()
    if said in _EN_NUMBERS or said == "半":
        return float(_EN_NUMBERS.get(said, 0.5))
    if said and not set(said) - {*_ZH_DIGITS, "十"}:
        tens, ten, ones = said.rpartition("十")
        return 10.0 * _ZH_DIGITS.get(tens, 1) * bool(ten) + _ZH_DIGITS.get(ones, 0)
    if re.fullmatch(r"[1-9]\d{0,2}(?:[, ]\d{3})+(?:\.\d+)?", said):
        return float(re.sub("[, ]", "", said))
    total = 0.0
    for piece in said.replace("\u2044", "/").split():
        above, _, below = piece.partition("/")
        divisor = float(below) if below else 1.0
        total += float(above.replace(",", ".")) / divisor if divisor else inf
    return total
