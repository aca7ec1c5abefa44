"""Words by which a sentence about a surface affirms or denies a defect."""

import re
from functools import lru_cache

from faultlens.text.defects import Defect
from faultlens.text.spelling import plain

_EN_NOT = (
    r"\bnot\b(?!\s+only)|\bnever\b|\bcannot\b|n't\b|\brather than\b|\binstead of\b|\bexcept\b"
    r"|\blook(?:s|ing)? like\b|\bmistaken for\b|\bexcluding\b"
)
_EN_NO = (
    r"\bno\b(?!\s+(?:longer|doubt))|\bwithout\b|\bfree (?:of|from)\b|\babsence of\b"
    r"|\black(?:s|ing)?\b|\bneither\b|\bnor\b|\bnone of\b"
)
_ZH_NOT = r"不是|并非|而非|不像|看似|看起来像|误认为|误判为|不属于|(?<!除)非|不$"
_ZH_NO = r"没有|没|未见|未发现|未检出|未检测到|未出现|不存在|不含|不带|不见|排除|无"

NOT = re.compile(rf"{_EN_NOT}|{_ZH_NOT}", re.IGNORECASE)
"""Denies what follows, up to the next comma: "not a scratch, a crack"."""

NO = re.compile(rf"{_EN_NO}|{_ZH_NO}", re.IGNORECASE)
"""Denies a whole list: "no rust, dents or cracks"."""

BREAK = re.compile(
    r"[,;.:!?，；。：]|\bbut\b|\bonly\b|\bjust\b|\bactually\b|\bhowever\b|\bwhile\b"
    r"|而是|但|只有|仅有|只是|其实|实为|确认为|却|属于(?<!不属于)",
    re.IGNORECASE,
)
"""Ends what a denial reaches."""

LIST = re.compile(r"(?:\s|[/、]|\b(?:or|and|nor|any|visible|other)\b|[或和及与也])*", re.IGNORECASE)
"""What may stand between two things that are denied together."""

COMMA_LIST = re.compile(rf"(?:[,，]|{LIST.pattern})*", re.IGNORECASE)
"""The same after "no", which goes through commas."""

AFTER = re.compile(
    r"[\s-]*free\b(?!\s+of)|\s+(?:is|are|was|were)?\s*(?:ruled out|excluded|absent"
    r"|not (?:present|found|visible|seen|detected|there))\b"
    r"|(?:已排除|不存在|未发现|未见|未检出)",
    re.IGNORECASE,
)
"""Denies what stands before: "crack-free", "cracks are absent"."""

GENERIC = re.compile(
    r"\b(?:defects?|flaws?|faults?|damages?|imperfections?|abnormalit(?:y|ies)|anomal(?:y|ies)"
    r"|blemish(?:es)?|problems?|issues?|irregularit(?:y|ies)|complaints?"
    r"|damaged|defective|faulty|anomalous|abnormal)\b"
    r"|缺陷|瑕疵|损伤|异常|问题|毛病|不良|缺点|损坏|有伤"
)
"""A defect that is not said which."""


@lru_cache(maxsize=8)
def owners_of_sayings(defects: tuple[Defect, ...]) -> dict[str, Defect]:
    """Whose each saying is, as `plain` leaves it: names, synonyms, prompts and plurals.

    Args:
        defects: whose sayings they are; of a saying of two it is the later's.

    Example:
        >>> from faultlens.text.defects import defect_set
        >>> owners_of_sayings(defect_set("weld"))["lack of fusion"].key
        'lack_of_fusion'
    """
    owner: dict[str, Defect] = {}
    for each in defects:
        for saying in each.sayings():
            owner[plain(saying)] = each
    # Plurals that no file lists.
    for saying in [x for x in owner if x.isascii() and x[-1:].isalpha() and x[-1:] != "s"]:
        owner.setdefault(f"{saying}s", owner[saying])
    return owner


@lru_cache(maxsize=8)
def sayings_pattern(defects: tuple[Defect, ...]) -> re.Pattern[str]:
    """A pattern that finds every saying of some defects, longest first.

    A quarter of a second to make, and only of use within longer sentences: `owners_of_sayings`
    knows the sayings themselves.

    Args:
        defects: whose names, synonyms and prompts are looked for.

    Example:
        >>> from faultlens.text.defects import defect_set
        >>> sayings_pattern(defect_set("weld")).search("there is lack of fusion here")[0]
        'lack of fusion'
    """
    english, chinese = [], []
    for saying in sorted(owners_of_sayings(defects), key=len, reverse=True):
        if saying.isascii():
            english.append(r"[\W_]+".join(map(re.escape, saying.split())))
        elif len(saying) > 1:  # one character stands in many other words
            chinese.append(r"[\W_]*".join(map(re.escape, saying.split())))
    pattern = rf"(?<![A-Za-z])(?:{'|'.join(english)})(?![A-Za-z])|{'|'.join(chinese)}"
    return re.compile(pattern)
