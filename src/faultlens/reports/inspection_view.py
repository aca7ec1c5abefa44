"""What picture, page and tables of one inspected picture show: records, nothing left to judge."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError

if TYPE_CHECKING:
    from faultlens.reports.hot_spot_panel import HotSpotMark

KINDS = ("defect", "unknown", "no_defect")
"""What a finding or a verdict says, the worst first."""

Box = tuple[float, float, float, float]
"""Left, top, width and height, pixels of the picture as it was read."""


@dataclass(frozen=True)
class SpottedRegion:
    """One place of a picture that a finding stands on.

    Args:
        box: left, top, width and height, pixels of the picture as it was read.
        score: of this place, 0 to 1.
        area_px: area of its mask, square pixels; None where only a box is known.
        length_px: its longest extent, along the line where it is curved, pixels.
        width_px: its extent across, pixels.
        angle_deg: of its length against the picture's rows, degrees, 0 to 180.
    """

    box: Box
    score: float
    area_px: float | None = None
    length_px: float | None = None
    width_px: float | None = None
    angle_deg: float | None = None


@dataclass(frozen=True)
class CheckedCondition:
    """A size, a place or a direction in a sentence, held against what was measured.

    Args:
        stated: as the sentence says it ("0.5 mm long").
        measured: what was measured, in words ("0.62 mm"); why nothing was, where nothing was.
        holds: whether it holds; None where it cannot be measured.
    """

    stated: str
    measured: str
    holds: bool | None


@dataclass(frozen=True, eq=False)
class PictureFinding:
    """One sentence that was asked for, with its score and where it was found.

    Args:
        label: the sentence, word for word as the user gave it.
        score: calibrated probability, 0 to 1.
        kind: what the sentence means, of `KINDS`.
        regions: where it was found, the worst first; empty below the level of the heat.
        mask: (row, column) where it was found, over the whole picture, in any resolution.
        conditions: what the sentence says of size and place.

    Raises:
        UsageError: another kind.
    """

    label: str
    score: float
    kind: str
    regions: tuple[SpottedRegion, ...] = ()
    mask: NDArray[np.bool_] | None = field(default=None, repr=False)
    conditions: tuple[CheckedCondition, ...] = ()

    def __post_init__(self) -> None:
        _refuse_other_kinds(self.kind)

    @property
    def is_defect(self) -> bool:
        """Whether it names a defect."""
        return self.kind == "defect"

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of its regions."""
        return tuple(x.box for x in self.regions)


@dataclass(frozen=True, eq=False)
class PictureView:
    """One inspected picture as a reader sees it.

    Everything in pixels counts those of the picture as it was read, `width_px` by `height_px`;
    `pixels`, `heat` and the masks cover all of it, each in a resolution of its own.

    Args:
        name: name of the picture, a file or an address, as the user gave it.
        pixels: (row, column) grey or (row, column, 3) red, green, blue, uint8; may be shrunk.
        width_px: width of the picture as it was read, pixels.
        height_px: its height, pixels.
        verdict: label of the verdict, word for word as the user gave it.
        kind: what the verdict says, of `KINDS`.
        alarm: whether the verdict alarms.
        alarm_score: what the threshold is held against, 0 to 1.
        threshold: score from which it alarms, 0 to 1.
        findings: every sentence asked for, best first.
        sentence: the verdict in one sentence, as `inspection_sentence` says it.
        heat: (row, column) how much each place speaks for a defect, 0 to 1; None where nobody asks.
        heat_level: heat from which a place counts as defective, 0 to 1; None where unknown.
        heat_is_probability: whether the heat is calibrated to probabilities.
        false_alarm_rate: share of good parts that exceed the threshold; None where nobody knows.
        part: what is on the picture, in the user's words; empty where nobody said.
        mm_per_pixel: size of a pixel of the picture as it was read, mm; None where unknown.
        model: name and version of what judged.
        profile: name of the profile that set the threshold; None where there is none.
        seconds: time that the judgement took, s.
        warnings: what a careful engineer would want to know, in the reader's language.
        lang: language of sentence and warnings, "en" or "zh".
        outline: corners (column, row) of the region of interest, pixels; empty for everywhere.
        hot_spots: of the infrared, as they are drawn, the worst first.
        candidates: names that are not told apart, where the verdict is unknown for that.

    Raises:
        UsageError: another kind.
    """

    name: str
    pixels: NDArray[np.uint8] = field(repr=False)
    width_px: int
    height_px: int
    verdict: str
    kind: str
    alarm: bool
    alarm_score: float
    threshold: float
    findings: tuple[PictureFinding, ...]
    sentence: str = ""
    heat: NDArray[np.floating] | None = field(default=None, repr=False)
    heat_level: float | None = None
    heat_is_probability: bool = True
    false_alarm_rate: float | None = None
    part: str = ""
    mm_per_pixel: float | None = None
    model: str = ""
    profile: str | None = None
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    lang: str = "en"
    outline: tuple[tuple[float, float], ...] = ()
    hot_spots: "tuple[HotSpotMark, ...]" = ()
    candidates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_other_kinds(self.kind)

    def light(self) -> "PictureView":
        """The view without its arrays, to be kept of each picture of a large batch."""
        return replace(
            self,
            pixels=np.zeros((0, 0), np.uint8),
            heat=None,
            findings=tuple(replace(x, mask=None) for x in self.findings),
        )

    @property
    def best(self) -> PictureFinding | None:
        """The finding that is the verdict; None where the verdict is not among the findings."""
        return next((x for x in self.findings if x.label == self.verdict), None)

    @property
    def score(self) -> float | None:
        """Score of the verdict; None where the verdict is not among the findings."""
        return None if self.best is None else self.best.score

    @property
    def spotted(self) -> tuple[tuple[PictureFinding, SpottedRegion], ...]:
        """Every region with its finding, as they are numbered from 1: the verdict's first."""
        ranked = sorted(self.findings, key=lambda x: (x.label != self.verdict, -x.score))
        return tuple((finding, region) for finding in ranked for region in finding.regions)


def _refuse_other_kinds(kind: str) -> None:
    if kind not in KINDS:
        raise UsageError(f"The kind is '{kind}'; it must be one of {', '.join(KINDS)}.")
