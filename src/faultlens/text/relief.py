"""Which way a defect goes, into the material or out of it, by what is said of it.

A scan measures this, so it is a condition and not embedded; the text tower, which learned from
pictures, takes "bump" for a kind of dent.
"""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from faultlens.text.defect_sentences import AskedDefect
from faultlens.text.defects import Defect, load_defects
from faultlens.text.spelling import folded

DEPRESSION, PROTRUSION = "depression", "protrusion"
"""Into the material, and out of it; as `surfaces.defects.defect` calls them."""

RAISED = "protrusion"
"""Key of material above the surface, of whatever origin: scans alone know it."""

SCAN_DEFECTS = (
    ("dent", "凹陷"),
    ("scratch", "划痕"),
    ("corrosion pit", "腐蚀坑"),
    ("crack", "裂纹"),
    ("protrusion", "凸起"),
)
"""What is asked of a scan where nobody says: English, Chinese."""

_OUT = frozenset({"burr", "flash", "fray", "spatter", RAISED})
_IN = frozenset(
    {
        "blowhole", "breakage", "burn_through", "chipped_edge", "coating_spallation", "crack",
        "crazing", "dent", "foreign_object_damage", "keyway_crack", "leading_edge_wear", "pitting",
        "scratch", "shaft_dent", "shrinkage", "spline_scratch", "thermal_fatigue_crack",
        "tip_erosion", "undercut", "weld_crack", "weld_porosity",
    }
)  # fmt: skip
# Corrosion is in neither: pits go in, rust swells.

_SAYS_OUT = re.compile(
    r"\b(?:bumps?(?!\s+marks?)|protru\w+|raised|proud|standing out|stands? out|sticks? out"
    r"|sticking out|above the|s?platter|spatters?|burrs?|flash|fins?|lumps?|bulg\w+|blisters?"
    r"|humps?|mounds?|hills?|nodules?|pimples?|knobs?|globules?|beads?|blobs?|droplets?|outwards?"
    r"|(?:excess|surplus|leftover|extra|built-up) (?:weld )?(?:metal|material)|build-?up"
    r"|stuck on|adher\w+|swell\w+|swollen|high spots?|outgrowths?)\b"
    r"|凸|突起|突出|隆起|鼓[出起包泡]|肿|疙瘩|飞溅|溅|毛刺|毛边|飞边|飞刺|披锋|焊瘤|焊渣|堆积|多余"
    r"|多出|多肉|高出|高点|粘附|附着|翻起",
    re.IGNORECASE,
)
_SAYS_IN = re.compile(
    r"\b(?:dent\w*|dings?|hollow\w*|pit(?:s|ted|ting)?|groov\w+|scratch\w*|scrap(?:e|es|ed|ing)"
    r"|scor(?:e|es|ed|ing)|gouge\w*|furrows?|ruts?|crack\w*|fissur\w+|fractur\w+|splits?|craters?"
    r"|cavit(?:y|ies)|holes?|sunk\w*|depress\w+|indent\w*|caved|pushed in\w*|pressed in\w*"
    r"|bashed in|knocked in|inwards?|notch\w*|nicks?|eaten|missing|undercut\w*|voids?|concave"
    r"|bowls?|bump marks?|low spots?|below the)\b"
    r"|凹|坑|划|刮|裂|沟|槽|孔|洞|陷|瘪|压[痕印]|缺失|蚀",
    re.IGNORECASE,
)


@cache
def scan_defects() -> tuple[Defect, ...]:
    """The knowledge base of surfaces, and what a scan shows beside it.

    Example:
        >>> [x.key for x in scan_defects() if x.key in ("dent", "protrusion")]
        ['dent', 'protrusion']
    """
    return load_defects(Path(str(files("faultlens.text"))) / "scan_defects")


def relief_of(asked: AskedDefect) -> str | None:
    """Which way the defect of a sentence goes.

    Args:
        asked: the sentence, understood.

    Returns:
        "depression" or "protrusion"; None where it may go either way, or nobody says.

    Example:
        >>> from faultlens.text.defect_sentences import understood_defects
        >>> said = ["dent with a raised rim", "a bead standing proud", "rust", "purple slime"]
        >>> [relief_of(x) for x in understood_defects(said, scan_defects())]
        ['depression', 'protrusion', None, None]
    """
    key = "" if asked.defect is None else asked.defect.key
    if key in _OUT:
        return PROTRUSION
    if key in _IN:
        return DEPRESSION
    words = folded(asked.bare)
    out, into = _SAYS_OUT.search(words) is not None, _SAYS_IN.search(words) is not None
    if out == into:
        return None
    return PROTRUSION if out else DEPRESSION
