"""Every defect that can be drawn: what draws it, what it is called, on what it is found."""

from collections.abc import Callable
from dataclasses import dataclass

from faultlens.images.simulator import (
    areas,
    cracks,
    dirt,
    edges,
    finish,
    forms,
    glare,
    lines,
    spots,
    welds,
)
from faultlens.images.simulator.fields import Dice
from faultlens.images.simulator.surface import Change, Surface
from faultlens.images.simulator.wording import Wording

ANY_PART = {
    "sheet": 0.66,
    "edge": 0.05,
    "tile": 0.1,
    "bar": 0.05,
    "hole": 0.02,
    "rim": 0.04,
    "step": 0.02,
    "corner": 0.02,
    "slot": 0.01,
    "weld": 0.01,
    "thread": 0.01,
    "blade": 0.01,
}
"""Parts that any defect may lie on, with their shares."""
ANY_PROCESS = {
    "hot_rolled": 0.16,
    "cold_rolled": 0.09,
    "brushed": 0.07,
    "ground": 0.12,
    "turned": 0.07,
    "milled": 0.06,
    "cast": 0.08,
    "sand_cast": 0.05,
    "blasted": 0.05,
    "polished": 0.06,
    "forged": 0.05,
    "ferrite": 0.14,
    "coated": 0.06,
}
"""Processes that any defect may lie on, with their shares."""
_EDGED = {"edge": 0.3, "corner": 0.15, "tile": 0.25, "hole": 0.1, "rim": 0.15, "blade": 0.05}
_BLADE = {"blade": 0.6, "edge": 0.25, "corner": 0.05, "sheet": 0.1}
_ROLLED = {"hot_rolled": 0.7, "cold_rolled": 0.2, "forged": 0.1}
_CAST = {
    "cast": 0.3,
    "sand_cast": 0.25,
    "ferrite": 0.15,
    "turned": 0.1,
    "milled": 0.08,
    "ground": 0.06,
    "blasted": 0.06,
}
_CUT = {
    "ground": 0.3,
    "ferrite": 0.25,
    "turned": 0.1,
    "milled": 0.1,
    "polished": 0.15,
    "brushed": 0.1,
}
_COATED = {"coated": 0.75, "polished": 0.08, "blasted": 0.07, "cold_rolled": 0.1}
_HOME = 0.6
"""Share of pictures on the processes where a defect is at home; the others are on any."""


@dataclass(frozen=True)
class Concept:
    """One defect that can be drawn.

    Args:
        draw: what draws it.
        name: its name.
        parts: parts that it is drawn on, with shares.
        processes: processes that it is at home on, with shares; None is any.

    Example:
        >>> CONCEPTS["crack"].name.zh
        '裂纹'
    """

    draw: Callable[[Dice, Surface], Change]
    name: Wording
    parts: dict[str, float]
    processes: dict[str, float] | None = None


def _of(
    draw: Callable[[Dice, Surface], Change],
    en: str,
    zh: str,
    parts: dict[str, float] = ANY_PART,
    processes: dict[str, float] | None = None,
) -> Concept:
    return Concept(draw, Wording(en, zh), parts, processes)


_SHAPED = {
    "sheet": 0.1,
    "edge": 0.2,
    "tile": 0.2,
    "bar": 0.16,
    "hole": 0.08,
    "rim": 0.07,
    "step": 0.05,
    "slot": 0.05,
    "thread": 0.04,
    "corner": 0.03,
    "blade": 0.02,
}
_HEATED = {"blade": 0.35, "edge": 0.15, "hole": 0.15, "sheet": 0.25, "rim": 0.1}

CONCEPTS: dict[str, Concept] = {
    "crack": _of(cracks.crack, "crack", "裂纹"),
    "scratch": _of(lines.scratch, "scratch", "划痕"),
    "corrosion": _of(spots.corrosion, "corrosion", "锈蚀"),
    "dent": _of(forms.dent, "dent", "凹陷"),
    "pitting": _of(spots.pitting, "pitting", "麻点", processes=_ROLLED),
    "inclusion": _of(lines.inclusion, "inclusion", "夹杂", processes=_ROLLED),
    "weld_defect": _of(welds.weld_defect, "weld defect", "焊接缺陷", {"weld": 1.0}),
    "porosity": _of(spots.porosity, "porosity", "气孔", processes=_CAST),
    "scale": _of(spots.scale, "rolled-in scale", "压入氧化皮", processes=_ROLLED),
    "patches": _of(areas.patches, "patches", "斑块", processes=_ROLLED),
    "crazing": _of(cracks.crazing, "crazing", "龟裂", processes=_ROLLED),
    "burr": _of(edges.burr, "burr", "毛刺", _EDGED),
    "uneven": _of(finish.uneven, "unevenness", "不平整", processes=_CUT),
    "break_": _of(edges.break_, "breakage", "崩缺", _EDGED),
    "coating_spallation": _of(
        areas.coating_spallation, "coating spallation", "涂层剥落", processes=_COATED
    ),
    "erosion": _of(edges.erosion, "erosion", "冲蚀", _BLADE),
    "foreign_object_damage": _of(
        edges.foreign_object_damage, "foreign object damage", "外物损伤", _BLADE
    ),
    "thread_damage": _of(forms.thread_damage, "thread damage", "螺纹损伤", {"thread": 1.0}),
    "keyway_crack": _of(cracks.keyway_crack, "keyway crack", "键槽裂纹", {"slot": 1.0}),
    "thermal_fatigue_crack": _of(
        cracks.thermal_fatigue_crack, "thermal fatigue crack", "热疲劳裂纹", _HEATED
    ),
    "discoloration": _of(areas.discoloration, "discoloration", "变色"),
    "contamination": _of(dirt.contamination, "contamination", "污染"),
    "reflection": _of(glare.reflection, "reflection", "反光"),
    "deformation": _of(forms.deformation, "deformation", "变形", _SHAPED),
    "cold_shut": _of(lines.cold_shut, "cold shut", "冷隔", processes=_CAST),
    "shrinkage": _of(spots.shrinkage, "shrinkage", "缩孔", processes=_CAST),
}
"""Concept key -> what draws it. The keys are those of the wordings that text models learn from."""

CLEAN = "no_defect"
"""The concept of a picture without a defect."""
HARMLESS = frozenset({"reflection"})
"""Concepts that are seen but are no defect."""


def drawn_share(rng: Dice, shares: dict[str, float]) -> str:
    """One of several names, each as often as its share.

    Args:
        rng: dice.
        shares: name -> share.

    Example:
        >>> import numpy as np
        >>> drawn_share(np.random.default_rng(0), {"sheet": 1.0})
        'sheet'
    """
    total, dice = sum(shares.values()), rng.random()
    for name, share in shares.items():
        dice -= share / total
        if dice < 0:
            return name
    return name


def drawn_process(rng: Dice, concept: str) -> str:
    """A process that a concept is drawn on.

    Args:
        rng: dice.
        concept: a key of `CONCEPTS`.

    Example:
        >>> import numpy as np
        >>> drawn_process(np.random.default_rng(0), "scale") in ANY_PROCESS
        True
    """
    home = CONCEPTS[concept].processes
    if home is not None and rng.random() < _HOME:
        return drawn_share(rng, home)
    return drawn_share(rng, ANY_PROCESS)
