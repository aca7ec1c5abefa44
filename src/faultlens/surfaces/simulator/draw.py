"""Defects drawn at random within what each form looks like on real parts."""

from dataclasses import replace

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.surfaces.simulator.forms import BUMP, CRACK, DENT, FORMS, PIT, SCRATCH, DefectForm

BURR_SHARE = 0.25
"""Of the bumps that are burrs, longer than wide; the others are spatter."""
_ASPECTS = {DENT: (1.0, 2.2), PIT: (1.0, 1.7), BUMP: (1.0, 1.5), SCRATCH: (7, 28), CRACK: (9, 36)}
"""Length over width of each form, from and to."""
_BURRS = (2.5, 6.0)
_MOST_BEND = 0.12


def drawn_form(
    rng: np.random.Generator,
    *,
    form: str | None = None,
    length_mm: tuple[float, float] = (2.0, 12.0),
    narrowest_mm: float = 0.0,
    depth_mm: float = 1.0,
    place_mm: tuple[float, float] = (0.0, 0.0),
) -> DefectForm:
    """Draw one defect: its proportions, direction, edge and what is irregular about it.

    Args:
        rng: that it is drawn from.
        form: one of `FORMS`; None draws it too.
        length_mm: shortest and longest, drawn evenly over their logarithm.
        narrowest_mm: least width; where it would be less, the defect is drawn less slender.
        depth_mm: greatest deviation.
        place_mm: u and v of its middle.

    Raises:
        UsageError: a shortest length that is not positive or exceeds the longest.

    Example:
        >>> drawn = drawn_form(np.random.default_rng(0), form="scratch", narrowest_mm=0.2)
        >>> drawn.form, drawn.width_mm >= 0.2
        ('scratch', True)
    """
    if not 0 < length_mm[0] <= length_mm[1]:
        raise UsageError(
            f"Lengths from {length_mm[0]:g} to {length_mm[1]:g} mm were given; give two positive "
            "ones, the shortest first."
        )
    form = FORMS[int(rng.integers(len(FORMS)))] if form is None else form
    length = float(np.exp(rng.uniform(*np.log(length_mm))))
    burr = form == BUMP and rng.random() < BURR_SHARE
    low, high = _BURRS if burr else _ASPECTS.get(form, (1.0, 1.0))
    aspect = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    drawn = DefectForm(
        form,
        depth_mm,
        length,
        min(max(length / aspect, narrowest_mm), length),
        place_mm,
        orientation_deg=float(rng.uniform(0, 180)),
        sharpness=float(rng.uniform()),
        seed=int(rng.integers(2**31)),
    )
    if form != SCRATCH:
        return drawn
    return replace(drawn, bend=float(rng.uniform(-_MOST_BEND, _MOST_BEND)))
