"""What was read at a bearing's fault orders: plain records, for verdicts, reports and pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAMILIES = ("outer", "inner", "ball", "cage", "shaft")
"""The families of lines: outer race, inner race, ball (twice the spin), cage, the shaft itself."""


@dataclass(frozen=True)
class Line:
    """One expected line and what was read there.

    Args:
        family: one of `FAMILIES`.
        harmonic: 1 for the fundamental.
        sideband: 0 for the line itself, -1 and +1 for the sidebands below and above it.
        expected_order: where the kinematics put it, in shaft orders.
        measured_order: where the peak was found, in orders of the measured shaft speed.
        strength: ln(peak / local median) of the modulation spectrum, mean over bands (nats).
        matched: whether the peak stands out of the noise around it.
    """

    family: str
    harmonic: int
    sideband: int
    expected_order: float
    measured_order: float
    strength: float
    matched: bool


@dataclass(frozen=True)
class FamilyEvidence:
    """All lines of one family in one recording.

    Args:
        family: one of `FAMILIES`.
        expected_order: order of the fundamental by kinematics.
        measured_order: order of the fundamental that fits the matched lines best.
        slip_percent: 100 (measured / expected - 1).
        strength: mean strength of the harmonics (nats).
        lines: harmonics first, then sidebands.
        windows_present: windows of the recording in which the family stands out.
        windows: windows of the recording.
    """

    family: str
    expected_order: float
    measured_order: float
    slip_percent: float
    strength: float
    lines: tuple[Line, ...]
    windows_present: int
    windows: int

    @property
    def matched_harmonics(self) -> tuple[int, ...]:
        """Numbers of the harmonics that stand out."""
        return tuple(x.harmonic for x in self.lines if x.matched and x.sideband == 0)

    @property
    def matched_sidebands(self) -> int:
        """Number of sidebands that stand out."""
        return sum(x.matched and x.sideband != 0 for x in self.lines)


@dataclass(frozen=True, eq=False)
class LineEvidence:
    """What a whole recording says at the orders of one bearing.

    Args:
        shaft_hz: shaft speed as measured, Hz.
        speed_factor: measured over stated shaft speed; one factor for all families.
        families: one record per family, in the order of `FAMILIES`.
        orders: (bin,) order axis of `contrast`, in orders of the measured shaft speed.
        contrast: (bin,) ln(spectrum / local median), mean over bands and windows (nats).
        floor: strength above which a line counts as matched (nats).
        ambiguities: families of which every matched line could be a harmonic of the shaft.
    """

    shaft_hz: float
    speed_factor: float
    families: tuple[FamilyEvidence, ...]
    orders: NDArray[np.float64]
    contrast: NDArray[np.float64]
    floor: float
    ambiguities: tuple[str, ...] = ()

    @property
    def speed_measured(self) -> bool:
        """Whether lines stand out that the speed could be measured by: two of one family."""
        return any(len(x.matched_harmonics) > 1 for x in self.families if x.family != "cage")

    def family(self, name: str) -> FamilyEvidence:
        """The record of one family."""
        return self.families[FAMILIES.index(name)]
