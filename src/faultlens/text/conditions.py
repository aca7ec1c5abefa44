"""Sizes, numbers, directions and places in a sentence: conditions to measure, not words to embed.

"0.5 mm long transverse crack" asks for a crack, and states that it is 0.5 mm long and lies across
the part. What is stated is taken out of the sentence, except the direction: it is a look as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from faultlens.core.errors import UsageError
from faultlens.text import condition_words as said
from faultlens.text.condition_places import read_directions, read_places, tidied
from faultlens.text.spelling import simplified

ABOUT = 1.5
"""A size stated plainly holds within this factor: whoever says 3 mm has looked, not measured."""

EXACTLY = 1.1
"""The factor for "exactly": the error of a mask's outline on a small defect."""

ANGLE_DEG = 15.0
"""A direction stated in degrees holds within so many."""

LARGEST_MM = 1e6
"""A kilometre; no picture of a part shows more."""

QUANTITIES = (
    "length", "width", "diameter", "area", "depth", "volume", "count", "orientation", "place",
)  # fmt: skip
"""What a sentence can state of a defect; depth is also the height of what stands out."""

_TIMES = ("x", "×", "*", "by")
_GIVE_OR_TAKE = ("±", "+/-")
_FIRST = r"^(?:{})"
_EDGES = {
    "left": "left", "right": "right", "top": "top", "upper": "top", "bottom": "bottom",
    "lower": "bottom", "左": "left", "右": "right", "上": "top", "下": "bottom",
}  # fmt: skip
_LAST = r"(?:{})\s*(?:of|is|are|:|为|是|在|有|只有)?\s*(?:an?\s+)?$"
_ANY_UNIT = re.sub(r"\?P<\w+>", "?:", said.UNIT)
_VALUE = re.compile(
    rf"(?P<from>\bbetween\s+|\bfrom\s+|介于|在|从)?(?P<low>{said.NUMBER})(?:\s*-?\s*(?P<low_unit>{_ANY_UNIT}))?"
    rf"(?:(?P<joint>\s*(?:±|\+/-|-|–|—|~|×|\*|至|到|\bx\b|x(?=\s*\d)|\bto\b|\bby\b"
    rf"|(?(from)(?:\band\b|和|与)|(?!)))\s*)(?P<high>{said.NUMBER}))?\s*-?\s*(?:{said.UNIT})(?:\s*之间)?",
    re.IGNORECASE,
)
_OR_MORE = re.compile(  # "a 3 mm pit or larger" says "a 3 mm or larger pit"
    rf"({said.NUMBER}\s*-?\s*(?:{_ANY_UNIT}))((?:\s+[a-z]+){{1,2}}?)\s+"
    r"(or\s+(?:more|less|longer|shorter|larger|smaller|bigger|wider|narrower|deeper))\b",
    re.IGNORECASE,
)
_BEFORE = "|".join(x for name, x in said.COMPARISONS.items() if name != "not")
_DISTANCE = re.compile(
    rf"(?P<before>(?:{_BEFORE}|\bcloser than|\bwithin)\s*)?(?P<number>{said.NUMBER})\s*-?\s*"
    r"(?:{unit})\s+(?:away\s+)?(?:of|from|to|off)\s+the\s+(?P<side>left|right|top|bottom|upper|lower)?"
    r"\s*(?:edge|border|margin)\b".replace("{unit}", said.UNIT),
    re.IGNORECASE,
)
_DISTANCE_ZH = re.compile(
    rf"距离?(?P<side>[左右上下])?(?:侧|方)?边缘(?P<before>(?:{_BEFORE})\s*)?(?P<number>{said.NUMBER})\s*"
    rf"(?:{said.UNIT})(?:以内|之内|处)?的?",
    re.IGNORECASE,
)
MOST_UNCOMPARED = 20
"""A number before a noun counts up to here without "more than": beyond, it names a material."""
_COUNT_EN = re.compile(
    rf"(?P<all>(?P<before>(?:{_BEFORE})\s*)?(?P<number>{said.NUMBER})"
    rf"(?P<after>{said.AFTER['>=']}|{said.AFTER['<=']})?)(?=\s+(?:[a-z-]+\s+){{0,3}}{said.COUNTED}\b)",
    re.IGNORECASE,
)
_COUNT_ZH = re.compile(
    rf"(?P<all>(?P<before>(?:{_BEFORE})\s*)?(?P<number>{said.NUMBER})[{said.MEASURE_WORDS}]"
    rf"(?P<after>{said.AFTER['>=']}|{said.AFTER['<=']})?的?)",
    re.IGNORECASE,
)
_NO_UNIT = re.compile(
    rf"(?:\b(?:longer|shorter|wider|narrower|deeper)\s+than|[长短宽窄深]于|直径)\s*(?:about\s*)?"
    rf"(?:{said.NUMBER})|(?<![\w.,])\d+(?:[.,]\d+)?\s*(?:long|wide|across|deep)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Condition:
    """One thing that a sentence states of a defect and a picture can show.

    Args:
        quantity: of `QUANTITIES`.
        comparison: "about", "exactly", "between", ">", ">=", "<", "<=" or "is".
        low: least value that holds, in `unit`; None where nothing bounds it.
        high: largest value that holds.
        unit: "mm", "px", "mm2", "px2", "mm3", "%", "deg" or "".
        words: as the sentence says it.
        name: place or direction, such as "upper left" or "transverse".
    """

    quantity: str
    comparison: str
    low: float | None
    high: float | None
    unit: str
    words: str
    name: str = ""


_NOT_LENGTHS = ("mm2", "cm2", "px2", "mm3", "cm3", "percent", "deg")
_KEPT_IN = {"cm2": ("mm2", 100.0), "cm3": ("mm3", 1000.0), "percent": ("%", 1.0)}

_Span = tuple[int, int, tuple[Condition, ...]]


def read_conditions(sentence: str) -> tuple[str, tuple[Condition, ...]]:
    """Take what can be measured out of a sentence.

    Args:
        sentence: English or Chinese.

    Returns:
        the bare sentence, which is what is embedded, and the conditions in their order. Words of
        direction ("transverse") stay in the sentence as well.

    Raises:
        UsageError: a size has no unit, is zero or endless, or two conditions exclude each other.

    Example:
        >>> bare, found = read_conditions("0.5 mm long transverse crack near the left edge")
        >>> bare, [(x.quantity, x.name or x.low) for x in found][1:]
        ('transverse crack', [('orientation', 'transverse'), ('place', 'left edge')])
        >>> read_conditions("直径大于3mm的腐蚀坑")[1][0].comparison
        '>'
    """
    text = whole = _OR_MORE.sub(r"\1 \3\2", simplified(sentence))
    conditions: list[Condition] = []
    for read in (_distances, _sizes, _counts):
        found = list(read(text))
        conditions += [x for _, _, group in found for x in group]
        text = _without(text, [(start, end) for start, end, _ in found])
    if missing := _NO_UNIT.search(text):
        raise UsageError(
            f"'{missing[0].strip()}' in '{sentence}' has no unit; say mm, cm, µm, inch, px, or % "
            "of the picture."
        )
    conditions += [
        Condition("orientation", "between", low, high, "deg", words, name)
        for name, low, high, words in read_directions(text)
    ]
    places = list(read_places(text))
    conditions += [Condition("place", "is", None, None, "", x[1], x[0]) for _, _, x in places]
    text = _without(text, [(start, end) for start, end, _ in places])
    bare = sentence.strip() if text == whole else tidied(text)
    _refuse_contradiction(conditions, sentence)
    return bare, tuple(conditions)


def _distances(text: str) -> Iterator[_Span]:
    """How far from an edge of the picture."""
    for pattern in (_DISTANCE, _DISTANCE_ZH):
        for hit in pattern.finditer(text):
            unit, scale = _unit(hit)
            if unit not in ("mm", "px"):
                continue
            comparison = _comparison(hit["before"], "") or ("<=" if "内" in hit[0] else "about")
            distance = said.number_of(hit["number"]) * scale
            if not 0 < distance <= LARGEST_MM:
                continue
            side = _EDGES.get((hit["side"] or "").casefold(), "")
            yield *hit.span(), (
                Condition(
                    "place", comparison, *_bounds(comparison, distance, distance), unit,
                    hit[0].strip(), f"{side} edge".strip(),
                ),
            )  # fmt: skip


def _comparison(before: str | None, after: str | None) -> str:
    """The comparison that stands before a number, or after it; "" for none."""
    for table, words in ((said.COMPARISONS, before), (said.AFTER, after)):
        for name, pattern in table.items():
            if words and name != "not" and re.fullmatch(pattern, words.strip(), re.IGNORECASE):
                return name
    return "<=" if before and re.fullmatch(r"closer than|within", before.strip(), re.I) else ""


def _sizes(text: str) -> Iterator[_Span]:
    at = 0
    while hit := _VALUE.search(text, at):
        start, end, conditions = _size(text, hit, at)
        yield start, end, conditions
        at = end


def _size(text: str, hit: re.Match[str], floor: int) -> _Span:
    """One size with the words around it: "at least" before, "or more" and "long" after."""
    start, end = hit.span()
    comparison, quantity, implied = "", "", ""
    grown = True
    while grown:
        grown = False
        before, after = text[floor:start], text[end:]
        if not quantity and (found := _named(said.QUANTITY_AFTER, after, _FIRST)):
            quantity, grown, end = found[0], True, end + found[1].end()
        elif not comparison and (found := _named(said.AFTER, after, _FIRST)):
            comparison, grown, end = found[0], True, end + found[1].end()
        elif not comparison and (found := _named(said.COMPARISONS, before, _LAST)):
            comparison, grown, start = found[0], True, floor + found[1].start()
            implied = next((x for x, y in said.IMPLIED.items() if re.search(y, found[1][0])), "")
        elif not quantity and (found := _named(said.QUANTITY_BEFORE, before, _LAST)):
            quantity, grown, start = found[0], True, floor + found[1].start()
    end += text.startswith("的", end)
    words = text[start:end].strip()
    if quantity in ("", "size"):
        quantity = implied
    return start, end, _stated(hit, quantity, comparison, words)


def _named(table: dict[str, str], text: str, pattern: str) -> tuple[str, re.Match[str]] | None:
    for name, words in table.items():
        if hit := re.search(pattern.format(words), text, re.IGNORECASE):
            return name, hit
    return None


def _stated(
    hit: re.Match[str], quantity: str, comparison: str, words: str
) -> tuple[Condition, ...]:
    if comparison == "not":
        raise UsageError(f"'{words}' cannot be measured; say 'longer than' or 'shorter than'.")
    unit, scale = _unit(hit)
    low = said.number_of(hit["low"]) * (_scale(hit["low_unit"]) if hit["low_unit"] else scale)
    high = said.number_of(hit["high"]) * scale if hit["high"] else low
    if not 0 <= min(low, high) <= max(low, high) <= LARGEST_MM or (max(low, high) == 0):
        raise UsageError(
            f"'{words}' is no size; a size is more than 0 and at most {LARGEST_MM:g} {unit}."
        )
    quantity = _quantity_for(unit, quantity)
    if quantity in ("area", "volume") and unit in ("mm", "px"):
        better = "mm2" if quantity == "area" else "mm3"
        raise UsageError(f"'{words}' is a length, not the {quantity} it says; say {better}.")
    joint = (hit["joint"] or "").strip().casefold()
    if joint in _TIMES:
        sizes = (("length", max(low, high)), ("width", min(low, high)))
        return tuple(
            Condition(name, comparison or "about", *_bounds(comparison, x, x), unit, words)
            for name, x in sizes
        )
    if joint in _GIVE_OR_TAKE:
        return (Condition(quantity, "between", max(0.0, low - high), low + high, unit, words),)
    if joint:
        low, high = sorted((low, high))
        return (Condition(quantity, "between", low, high, unit, words),)
    if unit == "deg":
        folded = min(low % 180, 180 - low % 180)
        return (
            Condition(
                "orientation", "about", max(0.0, folded - ANGLE_DEG),
                min(90.0, folded + ANGLE_DEG), unit, words, f"{low:g}°",
            ),
        )  # fmt: skip
    return (
        Condition(quantity, comparison or "about", *_bounds(comparison, low, high), unit, words),
    )


def _quantity_for(unit: str, quantity: str) -> str:
    if unit in ("mm2", "px2", "%"):
        return "area"
    if unit == "mm3":
        return "volume"
    if unit == "deg":
        return "orientation"
    return quantity or "length"


def _unit(hit: re.Match[str]) -> tuple[str, float]:
    """The unit in which a size is kept, and the factor from the unit that was said."""
    name = next(x for x in (*said.MM, *_NOT_LENGTHS, "px") if hit[x])
    if name in said.MM:
        return "mm", said.MM[name]
    return _KEPT_IN.get(name, (name, 1.0))


def _scale(words: str) -> float:
    hit = re.fullmatch(said.UNIT, words.strip(), re.IGNORECASE)
    return _unit(hit)[1] if hit else 1.0


def _bounds(comparison: str, low: float, high: float) -> tuple[float | None, float | None]:
    if comparison in (">", ">="):
        return low, None
    if comparison in ("<", "<="):
        return None, high
    factor = EXACTLY if comparison == "exactly" else ABOUT
    return low / factor, high * factor


def _counts(text: str) -> Iterator[_Span]:
    for pattern in (_COUNT_EN, _COUNT_ZH):
        for hit in pattern.finditer(text):
            comparison = _comparison(hit["before"], hit["after"])
            number = said.number_of(hit["number"])
            if not comparison and not 1 < number <= MOST_UNCOMPARED:
                continue  # "304 stainless scratches" counts nothing
            low, high = (
                (number, number)
                if comparison in ("", "exactly")
                else _bounds(comparison, number, number)
            )
            yield *hit.span("all"), (
                Condition("count", comparison or "exactly", low, high, "", hit["all"].strip()),
            )  # fmt: skip


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text


def _refuse_contradiction(conditions: list[Condition], sentence: str) -> None:
    kept: dict[tuple[str, str], tuple[float, float]] = {}
    for each in conditions:
        if each.quantity in ("place", "orientation"):
            continue
        key = each.quantity, each.unit
        low, high = kept.get(key, (0.0, inf))
        low = max(low, each.low or 0.0)
        high = min(high, inf if each.high is None else each.high)
        if low > high:
            raise UsageError(
                f"'{sentence}' asks for a {each.quantity} that cannot be: '{each.words}' excludes "
                "what it says before; leave one of them out."
            )
        kept[key] = low, high
