"""Windows of vibration in, verdicts out, by `diagnose`."""

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, final

from faultlens.core.errors import FaultlensError, UnusableSignalError, UsageError
from faultlens.inference.diagnose import each_diagnosed
from faultlens.inference.findings import Diagnosis
from faultlens.inference.question import Question, asked_faults
from faultlens.line.configuration.line_config import DecisionConfig, SourceConfig
from faultlens.line.decision.threshold import profile_threshold
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.quality import frame_quality
from faultlens.line.detectors.spectrum import band_levels
from faultlens.line.detectors.unjudged import each_or_alone, unjudged, whereabouts
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.profile import Profile, read_profile
from faultlens.runtimes.judges import judge_named
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.catalogue.parse import parse_bearing
from faultlens.signals.signal import Bearing, Signal


@final
class SignalDetector(AbstractDetector):
    """A model of vibration with the profiles, speeds and bearings of a source's channels.

    What comes with a frame goes before what stands in line.toml: a speed that was measured with
    the window is better than the one on the machine's plate.

    Args:
        source: of line.toml.
        model: name or folder; None for that of the source, or the built-in one.
        language: "en" or "zh", of sentences and warnings.

    Raises:
        UsageError: a sentence or a bearing that is not understood, a profile of another model, a
            false-alarm rate without a profile.
        UnreadableFileError: a profile that cannot be read.
        BundleError: the model is damaged.
    """

    def __init__(
        self,
        source: SourceConfig,
        *,
        model: str | None = None,
        language: str = "en",
    ) -> None:
        self._source = source
        named = model or source.model or DEFAULT
        self._judge = judge_named(named)
        self._plain = Question(
            faults=source.sentences or None,
            speed_tolerance=source.speed_tolerance,
            model=named,
            threshold=source.decision.threshold if source.decision.rule == "fixed" else None,
            lang=language,
        )
        asked_faults(self._plain, self._judge)
        # All channels that line.toml names are opened now, so that what is wrong is said at once.
        self._channels = {name: self._channel(name) for name in source.channels}
        self._others = self._channel("", alone=not source.channels)

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        return each_or_alone(frames, self._together, self._judge.reference)

    def _together(self, frames: Sequence[Frame]) -> list[Judged]:
        started = clock.perf_counter()
        signals = [_signal(x) for x in frames]
        asked = [self._question(x, y) for x, y in zip(frames, signals, strict=True)]
        found = each_diagnosed(list(zip(signals, asked, strict=True)))
        judged = [
            unjudged(frame, result, self._judge.reference)
            if isinstance(result, FaultlensError)
            else _judged(frame, signal, result)
            for frame, signal, result in zip(frames, signals, found, strict=True)
        ]
        share = (clock.perf_counter() - started) / max(len(frames), 1)
        return [replace(x, seconds=share) for x in judged]

    def _question(self, frame: Frame, signal: Signal) -> Question:
        known = self._channels.get(frame.channel, self._others)
        states_speed = signal.shaft_rpm is not None or signal.speeds_rpm is not None
        return replace(
            known,
            shaft_rpm=None if states_speed else known.shaft_rpm,
            bearing=None if signal.bearing is not None else known.bearing,
        )

    def _channel(self, name: str, *, alone: bool = True) -> Question:
        """What is asked of a channel; `alone` is False for those that line.toml does not name."""
        config = self._source.channel(name)
        profile = None if config.profile is None else read_profile(config.profile)
        if profile is not None and profile.model != self._judge.reference:
            raise UsageError(
                f"The profile '{config.profile}' was made with {profile.model}; "
                f"'{self._source.name}' is judged by {self._judge.reference}. Make it again with "
                "faultlens calibrate, or name the model that it was made with."
            )
        if profile is not None or alone:
            profile = _of_decision(self._source.decision, profile, self._source.name)
        return replace(
            self._plain,
            shaft_rpm=config.rpm,
            bearing=None if config.bearing is None else _bearing(config.bearing),
            profile=profile,
        )


def _of_decision(config: DecisionConfig, profile: Profile | None, source: str) -> Profile | None:
    """The profile with the threshold at which the whole decision holds the wanted rate."""
    if config.false_alarms is None or config.rule == "fixed":
        return profile
    if profile is None:
        raise UsageError(
            f"[source.{source}.decision] wants {config.false_alarms:g} false alarms, which only "
            "healthy recordings of the asset itself can promise: name their profile, made by "
            "faultlens calibrate HEALTHY_FILES --out NAME.profile, or leave false_alarms out."
        )
    made = profile_threshold(profile.scores, config, config.false_alarms)
    return replace(
        profile,
        threshold=made.threshold,
        false_alarm_rate=made.false_alarm_rate,
        wanted_rate=config.false_alarms,
    )


def _bearing(stated: str) -> Bearing:
    bearing = parse_bearing(stated)
    resolve_bearing(bearing)
    return bearing


def _signal(frame: Frame) -> Signal:
    if not isinstance(frame.payload, Signal):
        raise UnusableSignalError(
            f"Frame {frame.id} of '{frame.source}' is a picture, and its detector judges "
            'vibration: set detector = "picture" or "auto".'
        )
    return frame.payload


def _judged(frame: Frame, signal: Signal, result: Diagnosis) -> Judged:
    spectrum, band_hz = band_levels(signal.samples, signal.sample_rate_hz)
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
        embedding=result.embedding,
        quality=frame_quality(frame),
        spectrum=spectrum,
        band_hz=band_hz,
    )


def _told(result: Diagnosis, frame: Frame) -> dict[str, Any]:
    """The JSON of a result; of a window that does not alarm without the lines of its evidence.

    Those are 19 of its 21 kB, and 64 channels make 32 of them a second.
    """
    table = {**result.to_dict(), **whereabouts(frame)}
    if not result.alarm:
        findings = [{**x, "evidence": {}} for x in table["findings"]]
        table = {**table, "findings": findings, "expected": []}
    return table
