"""Results of pictures: a verdict, every sentence asked for, and where on the picture it stands."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.images.roi import Outline
from faultlens.inference.saving import AbstractSaved
from faultlens.inference.schema import SCHEMA
from faultlens.reports.inspection_view import CheckedCondition, PictureView, SpottedRegion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from faultlens.inference.infrared.fusion import Fusion
    from faultlens.inference.infrared.hot_spot_finding import HotSpotFinding
    from faultlens.profiles.hot_spot_alarm import HotSpotAlarm

NO_DEFECT = "no defect"
"""Label of the finding that every result has, where the user has no word of their own for it."""


@dataclass(frozen=True, eq=False)
class PictureRegion:
    """Where a defect stands on a picture.

    Args:
        box: left, top, width and height of its worst place, pixels.
        mask: (row, column) of all its places; None where nobody drew one.
    """

    box: tuple[float, float, float, float]
    mask: NDArray[np.bool_] | None = field(repr=False)


@dataclass(frozen=True, eq=False)
class SurfaceFinding:
    """One sentence that was asked for.

    Args:
        label: the sentence, word for word as the user gave it; "no defect" and "unknown" else.
        score: calibrated probability, 0 to 1; over all findings of a result they sum to 1.
        defect: key of the defect that the sentence means ("crack", "no_defect", "unknown"); the
            sentence itself where the knowledge base does not know it.
        kind: "defect", "no_defect" or "unknown".
        regions: where it stands, the worst first; empty for "no defect" and where no place is hot.
        mask: (row, column) where it stands; None where it stands nowhere.
        conditions: what the sentence says of size and place, beside what was measured.
        likeness: the score before its conditions were held against the picture; a defect that is
            there and is smaller than asked for counts for "no defect".
        heat: (row, column) heat map of the picture, 0 to 1; None for what is no defect.
    """

    label: str
    score: float
    defect: str
    kind: str
    regions: tuple[SpottedRegion, ...] = ()
    mask: NDArray[np.bool_] | None = field(default=None, repr=False)
    conditions: tuple[CheckedCondition, ...] = ()
    likeness: float = 0.0
    heat: NDArray[np.float32] | None = field(default=None, repr=False)

    @property
    def is_defect(self) -> bool:
        """Whether it names a defect."""
        return self.kind == "defect"

    @property
    def holds(self) -> bool:
        """Whether no condition of its sentence fails; one that cannot be measured does not fail."""
        return all(x.holds is not False for x in self.conditions)

    @property
    def region(self) -> PictureRegion | None:
        """Where it stands: the box of its worst place, and the mask of all; None for nowhere."""
        return PictureRegion(self.regions[0].box, self.mask) if self.regions else None

    @property
    def evidence(self) -> dict[str, Any]:
        """What speaks for it: the heat map, and the likeness before any condition."""
        if not self.is_defect:
            return {}
        return {"heat": self.heat, "likeness": self.likeness}

    @property
    def boxes(self) -> tuple[tuple[float, float, float, float], ...]:
        """Left, top, width and height of its regions, pixels."""
        return tuple(x.box for x in self.regions)

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain values, as in the JSON of a result."""
        return {
            "label": self.label,
            "score": round(self.score, 6),
            "defect": self.defect,
            "region": {"boxes": [_region(x) for x in self.regions], "mask": _mask(self.mask)}
            if self.regions
            else None,
            "evidence": {"likeness": round(self.likeness, 6)} if self.is_defect else {},
            "conditions": [
                {"stated": x.stated, "measured": x.measured, "holds": x.holds}
                for x in self.conditions
            ],
        }


@dataclass(frozen=True)
class InfraredPart:
    """What the infrared beside a picture added.

    Args:
        hot_spots: findings of their own, the worst first.
        quality: how well it lies on the picture, 0 to 1; None where there was nothing to lay.
        fusion: how the verdict uses it; None where hot spots only stand beside it.
        alarm: threshold of hot spots from sound equipment of the plant; None where nobody measured.
    """

    hot_spots: "tuple[HotSpotFinding, ...]"
    quality: float | None = None
    fusion: "Fusion | None" = None
    alarm: "HotSpotAlarm | None" = None


@dataclass(frozen=True, eq=False)
class Inspection(AbstractSaved):
    """What was found on one picture.

    Args:
        verdict: label of the best finding; of an alarm the best one that is not "no defect".
        alarm: whether the anomaly probability lies above the threshold.
        alarm_score: probability of an anomaly whose conditions do not fail, 0 to 1: what the
            threshold is held against.
        threshold: alarm score from which it alarms, 0 to 1.
        false_alarm_rate: share of normal parts that exceed the threshold; None where nobody
            measured it.
        findings: every sentence asked for, "no defect" and "unknown", best first.
        sentence: the verdict in one sentence.
        warnings: what a careful engineer would want to know, in the language of the result.
        model: name and hash of what judged.
        seconds: time that the judgement took, s.
        view: everything that the picture and the report show; `view.heat` is the heat map.
        lang: language of sentence, warnings and pictures, "en" or "zh".
        file: the picture's file or URL.
        asset: the machine, as its owner calls it.
        part: what is on the picture, in words.
        source: the camera.
        time: when it was taken, ISO 8601.
        profile: name of the profile that set the threshold.
        references: how many pictures of normal parts it was held against.
        history: what was done to the pixels, oldest first.
        candidates: names that are not told apart, where the verdict is "unknown" for that.
        roi: the region of interest that was looked at; None for the whole picture.
        infrared: what the infrared beside it added; None where there was none.
        views: how many pictures of the part were looked at as one.
    """

    verdict: str
    alarm: bool
    alarm_score: float
    threshold: float
    false_alarm_rate: float | None
    findings: tuple[SurfaceFinding, ...]
    sentence: str
    warnings: tuple[str, ...]
    model: str
    seconds: float
    view: PictureView = field(repr=False)
    lang: str = "en"
    file: str | None = None
    asset: str | None = None
    part: str | None = None
    source: str | None = None
    time: str | None = None
    profile: str | None = None
    references: int = 0
    history: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    roi: Outline | None = None
    infrared: InfraredPart | None = None
    views: int = 1

    @property
    def hot_spots(self) -> "tuple[HotSpotFinding, ...]":
        """Hot spots of the infrared, the worst first; empty where there was none."""
        return () if self.infrared is None else self.infrared.hot_spots

    @property
    def best(self) -> SurfaceFinding:
        """The finding that is the verdict."""
        return next(x for x in self.findings if x.label == self.verdict)

    @property
    def is_defect(self) -> bool:
        """Whether the verdict names a defect."""
        return self.best.is_defect

    @property
    def heat(self) -> NDArray[np.floating] | None:
        """(row, column) how anomalous each place is, 0 to 1."""
        return self.view.heat

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: the JSON of the contracts, and more beside it."""
        return {
            "schema": SCHEMA,
            "file": self.file,
            "asset": self.asset,
            "part": self.part,
            "source": self.source,
            "time": self.time,
            "profile": self.profile,
            "model": self.model,
            "verdict": self.verdict,
            "alarm": self.alarm,
            "alarm_score": round(self.alarm_score, 6),
            "threshold": self.threshold,
            "false_alarm_rate": self.false_alarm_rate,
            "sentence": self.sentence,
            "findings": [x.to_dict() for x in self.findings],
            "picture": {
                "width_px": self.view.width_px,
                "height_px": self.view.height_px,
                "mm_per_pixel": self.view.mm_per_pixel,
            },
            "roi": None if self.roi is None else self.roi.to_dict(),
            "views": self.views,
            "candidates": list(self.candidates),
            **_infrared(self.infrared),
            "references": self.references,
            "warnings": list(self.warnings),
            "history": list(self.history),
            "seconds": round(self.seconds, 4),
        }

    def figure(self) -> "Figure":
        """The evidence picture: the overlay with its regions, the heat map and the scores."""
        from faultlens.reports.inspection_figure import inspection_figure

        return inspection_figure(self.view)

    def _save_picture(self, target: Path) -> None:
        from faultlens.reports.inspection_picture import write_sheet

        write_sheet(target, self.figure())

    def _save_page(self, target: Path) -> None:
        import tempfile

        from faultlens.reports.inspection_gallery import add_to_gallery
        from faultlens.reports.inspection_page import write_inspection_page

        with tempfile.TemporaryDirectory() as folder:
            entry = add_to_gallery(folder, "picture", self.view)
            write_inspection_page(target, [entry], title=self.view.name, lang=self.lang)


def _infrared(part: InfraredPart | None) -> dict[str, Any]:
    if part is None:
        return {"hot_spots": [], "hot_spot_alarm": None, "fusion": None}
    from faultlens.images.thermal.hot_spots import LEAST_SCORE

    alarm = {"threshold": LEAST_SCORE, "false_alarm_rate": None}
    return {
        "hot_spots": [x.to_dict() for x in part.hot_spots],
        "hot_spot_alarm": alarm if part.alarm is None else part.alarm.to_dict(),
        "fusion": None if part.fusion is None else part.fusion.to_dict(),
    }


def _region(x: SpottedRegion) -> dict[str, Any]:
    left, top, width, height = x.box
    return {
        "x": round(left, 2),
        "y": round(top, 2),
        "width": round(width, 2),
        "height": round(height, 2),
        "score": round(x.score, 6),
        "area_px": _rounded(x.area_px),
        "length_px": _rounded(x.length_px),
        "width_px": _rounded(x.width_px),
        "angle_deg": _rounded(x.angle_deg),
    }


def _mask(mask: NDArray[np.bool_] | None) -> dict[str, Any] | None:
    if mask is None:
        return None
    from faultlens.images.coco_mask import rle

    return rle(mask)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
