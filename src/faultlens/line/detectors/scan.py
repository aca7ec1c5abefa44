"""Scans in, verdicts and sizes out, by `measure`; with a small picture of the deviations."""

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, final

from faultlens.core.errors import InputError, UnusableSurfaceError, UsageError
from faultlens.inference.measure import measurer
from faultlens.inference.measurement import Measurement
from faultlens.inference.measuring import each_measured
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.decision.threshold import profile_threshold
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.quality import frame_quality
from faultlens.line.detectors.scan_preview import scan_preview
from faultlens.line.detectors.unjudged import each_or_alone, unjudged, whereabouts
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.profiles.scan_profile import ScanProfile, read_scan_profile
from faultlens.runtimes.scan_model import SCAN_MODEL
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.surface import Surface

MOST_DEFECTS = 50
"""Defects that stand in the JSON of a result, the worst first; how many there were is said."""


@final
class ScanDetector(AbstractDetector):
    """What measures the scans of a source: reference, rules, profile and sentences.

    Args:
        source: of line.toml.
        model: name or folder; None for that of the source, or the built-in one.
        language: "en" or "zh", of sentences and warnings.

    Raises:
        UsageError: a sentence that is none, a profile of another model, a false-alarm rate without
            a profile.
        InputError: a golden scan, rules or a profile that cannot be read.
        BundleError: the model is damaged.
    """

    def __init__(
        self,
        source: SourceConfig,
        *,
        model: str | None = None,
        language: str = "en",
    ) -> None:
        profile = None if source.profile is None else read_scan_profile(source.profile)
        threshold, rate = _rule(source, profile)
        scan = source.scan
        golden = None if scan.golden is None else read_surface(scan.golden, unit=scan.unit)
        ready = measurer(
            # What line.toml leaves out is the profile's.
            reference=None if scan.reference == "auto" else scan.reference,
            golden=golden,
            defects=source.sentences or None,
            part=source.part,
            rules=scan.rules,
            least_depth_mm=scan.least_depth_mm or None,
            profile=profile,
            threshold=threshold,
            model=model or source.model or SCAN_MODEL,
            lang=language,
        )
        self._ready = ready if rate is None else replace(ready, false_alarm_rate=rate)

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        return each_or_alone(frames, self._together, self._ready.model.reference)

    def _together(self, frames: Sequence[Frame]) -> list[Judged]:
        return [self._one(x) for x in frames]

    def _one(self, frame: Frame) -> Judged:
        started = clock.perf_counter()
        try:
            (result,) = each_measured(self._ready, [_surface(frame)])
            judged = _judged(frame, result)
        except InputError as error:
            judged = unjudged(frame, error, self._ready.model.reference)
        return replace(judged, seconds=clock.perf_counter() - started)


def _surface(frame: Frame) -> Surface:
    if not isinstance(frame.payload, Surface):
        raise UnusableSurfaceError(
            f"Frame {frame.id} of '{frame.source}' is a {frame.kind}, and its detector measures "
            f'scans: set detector = "{frame.kind}" or "auto".'
        )
    return frame.payload


def _rule(source: SourceConfig, profile: ScanProfile | None) -> tuple[float | None, float | None]:
    """The threshold that line.toml asks for, and its false-alarm rate; None for the usual one."""
    config = source.decision
    if config.rule == "fixed":
        return config.threshold, None
    if config.false_alarms is None:
        return None, None
    if profile is None:
        raise UsageError(
            f"[source.{source.name}.decision] wants {config.false_alarms:g} false alarms, which "
            "only scans of the product's own sound parts can promise: name their profile, made by "
            "faultlens calibrate SCANS --out NAME.profile, or leave false_alarms out."
        )
    made = profile_threshold(profile.scores, config, config.false_alarms)
    return made.threshold, made.false_alarm_rate


def _judged(frame: Frame, result: Measurement) -> Judged:
    return Judged(
        frame=frame,
        verdict=result.verdict,
        alarm=result.alarm,
        score=result.alarm_score,
        threshold=result.threshold,
        model=result.model,
        result=_told(result, frame),
        false_alarm_rate=result.false_alarm_rate,
        profile=result.profile,
        quality=frame_quality(frame),
        # The view, and not the result, so that a queue holds no more than it must.
        preview=partial(scan_preview, result.view, result.counted),
    )


def _told(result: Measurement, frame: Frame) -> dict[str, Any]:
    """The JSON of a result, with no more defects than anybody reads."""
    table = {**result.to_dict(), **whereabouts(frame)}
    defects = table["defects"]
    if len(defects) > MOST_DEFECTS:
        table = {**table, "defects": defects[:MOST_DEFECTS], "defects_found": len(defects)}
    return table
