"""Defects as exact profiles over their own small sheet: how deep each place of them is carved."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.surfaces.defects.defect import DEPRESSION, OUTLINE_SHARE, PROTRUSION

DENT, SCRATCH, PIT, CRACK, BUMP = "dent", "scratch", "pit", "crack", "bump"
FORMS = (DENT, SCRATCH, PIT, CRACK, BUMP)
"""Surface imperfections that are carved, with the terms of ISO 8785: dent, scratch (also groove),
pit (crater, pore: of corrosion), crack, bump (wart, blister, deposit: weld spatter, burr)."""
LINES = (SCRATCH, CRACK)
"""Forms that run along a line."""

_MOST_WAVES = 7
"""Waves round the rim of a pit and across its floor: more of them are roughness, not form."""
_REACH = 1.6
"""Half of the box that holds all of a form, in half lengths and half widths of its outline."""


@dataclass(frozen=True)
class DefectForm:
    """One defect that is to be carved: its form, its sizes and where it goes.

    Length and width are those of the outline that the defect has by the rule of `OUTLINE_SHARE`; of
    jagged forms they come out some percent off, and `TrueDefect` tells them exactly.

    Args:
        form: "dent", "scratch", "pit", "crack" or "bump".
        depth_mm: greatest deviation, mm, positive; height of a bump.
        length_mm: longest extent of the outline, mm.
        width_mm: extent across it, mm.
        place_mm: u and v of its middle on the sheet of the reference, mm; in a scan without
            reference x and y.
        orientation_deg: of the length against the u axis, degrees.
        sharpness: 0 for a soft edge to 1 for a sharp one.
        bend: of a scratch, how far its middle lies beside its ends, as a share of its length.
        seed: of what is irregular about it.

    Raises:
        UnknownNameError: another form.
        UsageError: sizes that are no positive numbers, a width larger than the length, a sharpness
            or bend that is none.

    Example:
        >>> DefectForm("dent", 0.3, 5.0, 4.0).kind
        'depression'
    """

    form: str
    depth_mm: float
    length_mm: float
    width_mm: float
    place_mm: tuple[float, float] = (0.0, 0.0)
    orientation_deg: float = 0.0
    sharpness: float = 0.5
    bend: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise UnknownNameError("form of defect", self.form, FORMS)
        sizes = (self.depth_mm, self.length_mm, self.width_mm)
        if not (np.isfinite(sizes).all() and min(sizes) > 0 and self.width_mm <= self.length_mm):
            raise UsageError(
                f"A {self.form} {self.depth_mm:g} mm deep, {self.length_mm:g} mm long and "
                f"{self.width_mm:g} mm wide cannot be carved; give positive sizes, and a width "
                "that is no larger than the length."
            )
        if not (0 <= self.sharpness <= 1 and abs(self.bend) <= 0.3):
            raise UsageError(
                f"A sharpness of {self.sharpness:g} and a bend of {self.bend:g} were given; "
                "sharpness is 0 to 1, bend -0.3 to 0.3."
            )

    @property
    def kind(self) -> str:
        """ "depression" or "protrusion", as a found defect has it."""
        return PROTRUSION if self.form == BUMP else DEPRESSION

    @property
    def half_box_mm(self) -> tuple[float, float]:
        """Half extents along and across of a box about its middle that holds all of it, mm."""
        across = self.width_mm / 2
        if self.form in LINES:
            across += (abs(self.bend) + (0.12 if self.form == CRACK else 0)) * self.length_mm
        return _REACH * self.length_mm / 2, _REACH * across


def relief_mm(
    defect: DefectForm, along_mm: NDArray[np.float64], across_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far the carved surface deviates, exactly; negative into the material.

    Args:
        defect: what is carved.
        along_mm: (place,) along its length from its middle, mm; any other shape too.
        across_mm: places across it, mm, the same shape.

    Returns:
        Deviations of the same shape, mm.

    Example:
        >>> dent = DefectForm("dent", 0.3, 5.0, 4.0)
        >>> relief_mm(dent, np.array([0.0, 2.5, 9.0]), np.zeros(3)).round(3).tolist()
        [-0.3, -0.03, 0.0]
    """
    share = _shares(defect, along_mm, across_mm) / greatest_share(defect)
    signed = defect.depth_mm if defect.kind == PROTRUSION else -defect.depth_mm
    return np.asarray(signed * share + 0.0, np.float64)


@lru_cache(maxsize=4096)
def greatest_share(defect: DefectForm) -> float:
    """What an irregular form reaches before it is scaled to its depth; 1 for a regular one.

    Example:
        >>> greatest_share(DefectForm("dent", 0.3, 5.0, 4.0))
        1.0
    """
    if defect.form in {DENT, BUMP, CRACK}:
        return 1.0
    if defect.form == SCRATCH:
        s = np.linspace(-0.5, 0.5, 2001) * defect.length_mm
        t = defect.bend * defect.length_mm * (0.5 - (2 * s / defect.length_mm) ** 2)
    else:
        along, across = defect.half_box_mm
        s, t = np.meshgrid(np.linspace(-along, along, 241), np.linspace(-across, across, 241))
    return float(_shares(defect, s, t).max())


def _shares(
    defect: DefectForm, s: NDArray[np.float64], t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shares of the depth, 0 where nothing is carved."""
    along, across = 2 * s / defect.length_mm, 2 * t / defect.width_mm
    if defect.form in {DENT, BUMP}:
        # A dent is a bowl whose wall runs out softly; spatter rises steeply, like a drop.
        softest, sharpest = (3.0, 1.0) if defect.form == DENT else (2.0, 0.5)
        power = softest + (sharpest - softest) * defect.sharpness
        reach = 1 - OUTLINE_SHARE ** (1 / power)
        bowl = np.clip(1 - (along**2 + across**2) * reach, 0, None) ** power
        return np.asarray(bowl, np.float64)
    rng = np.random.default_rng([defect.seed, FORMS.index(defect.form)])
    if defect.form == PIT:
        return _pit(along, across, defect.sharpness, rng)
    if defect.form == SCRATCH:
        return _scratch(along, across, defect, rng)
    return _crack(along, across, defect, rng)


def _pit(
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    sharpness: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """An uneven rim, a steep wall and a floor with lumps."""
    radius, angle = np.hypot(along, across), np.arctan2(across, along)
    rim = np.ones_like(radius)
    for wave in range(2, _MOST_WAVES):
        rim += rng.normal(0, 0.16 / wave) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    wall = 0.45 - 0.3 * sharpness
    # Smoothstep reaches a tenth at 0.196 of its wall, which belongs on the outline.
    inward = np.clip((np.clip(rim, 0.5, 1.4) - radius) / wall + 0.196, 0, 1)
    floor = np.zeros_like(radius)
    for _ in range(6):
        turn, waves = rng.uniform(0, 2 * np.pi), rng.uniform(1.5, 0.5 * _MOST_WAVES)
        phase = waves * (along * np.cos(turn) + across * np.sin(turn))
        floor += np.cos(phase + rng.uniform(0, 2 * np.pi)) / 6
    return np.asarray(inward**2 * (3 - 2 * inward) * (1 + 0.35 * floor), np.float64)


def _scratch(
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    defect: DefectForm,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A groove of one cross section, V to U, along an arc; it runs out at both ends."""
    aspect = defect.length_mm / defect.width_mm
    middle = 2 * defect.bend * aspect * (0.5 - along**2)
    slope = 4 * defect.bend * along
    off = np.abs(across - middle) / np.sqrt(1 + slope**2)
    round_bottom, ends = 1.3 + 1.7 * defect.sharpness, 0.1 + 0.25 * rng.uniform()
    groove = np.clip(1 - (1 - OUTLINE_SHARE) * off**round_bottom, 0, None)
    # Runs out linearly, and passes a tenth of its depth at the end of the outline.
    run_out = np.clip((1 - np.abs(along)) / ends * (1 - OUTLINE_SHARE) + OUTLINE_SHARE, 0, 1)
    pressure = 1 + 0.08 * np.cos(rng.uniform(2, 6) * along + rng.uniform(0, 2 * np.pi))
    return np.asarray(groove * run_out * pressure, np.float64)


def _crack(
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    defect: DefectForm,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A narrow slot along a jagged line, deepest in its middle, closing towards its tips."""
    knots = np.linspace(-1, 1, 18)
    jag = np.cumsum(rng.normal(0, 1, knots.size))
    jag -= np.interp(knots, knots[[0, -1]], jag[[0, -1]])
    jag *= 0.12 * defect.length_mm / defect.width_mm / max(float(np.abs(jag).max()), 1.0)
    slopes = np.diff(jag) / np.diff(knots) * defect.width_mm / defect.length_mm
    inside = np.clip(np.searchsorted(knots, along) - 1, 0, slopes.size - 1)
    off = np.abs(across - np.interp(along, knots, jag)) / np.sqrt(1 + slopes[inside] ** 2)
    open_by = np.clip(1 - along**2, 0, None) ** 0.25
    wall = 2.0 + 4.0 * defect.sharpness
    with np.errstate(divide="ignore", invalid="ignore"):
        slot = np.clip(1 - (1 - OUTLINE_SHARE) * (off / open_by) ** wall, 0, None)
    deep = np.clip(1 - along**2, 0, None) ** 0.5
    return np.asarray(np.where(open_by > 0, np.nan_to_num(slot) * deep, 0.0), np.float64)
