"""Frames of a fast camera against the profile of its healthy frames; hot places get their names.

Every frame is judged by the screen. The full model then looks at the hottest place of a frame that
alarms, if there is time: where frames wait, an alarm without a name comes first.
"""

import time as clock
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, final

import numpy as np

from faultlens.core.errors import FaultlensError, UnusableSignalError, UsageError
from faultlens.images.image import Image
from faultlens.inference.inspect import inspector
from faultlens.inference.inspection import NO_DEFECT
from faultlens.inference.inspector import each_looked_at
from faultlens.inference.preprocessing import looked
from faultlens.inference.schema import SCHEMA
from faultlens.inference.screen import Screen, ScreenedFrame
from faultlens.inference.shot import Shot
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.decision.threshold import profile_threshold
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.preview import preview_jpeg
from faultlens.line.detectors.quality import frame_quality
from faultlens.line.detectors.unjudged import each_or_alone, unjudged, whereabouts
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.profiles.screen_profile import ScreenProfile, read_screen_profile
from faultlens.reports.inspection_view import PictureFinding, PictureView
from faultlens.runtimes.image_model import image_threads
from faultlens.runtimes.picture_model import SURFACE_MODEL

DEFECT = {"en": "defect", "zh": "缺陷"}
"""What a place is called that nobody had the time to name."""

PLACE_PX = 160
"""Side of what the full model is shown of a hot place: a defect of 40 px with its surroundings."""

NAMED_WITHIN_S = 0.08
"""A frame that waited longer is not named: the alarm must be there 0.25 s after the frame."""


@dataclass(frozen=True)
class _Rule:
    """From which score a frame alarms, and how often healthy frames reach it."""

    threshold: float
    false_alarm_rate: float | None


@final
class ScreenDetector(AbstractDetector):
    """The screen of a camera, and the model that names what it finds.

    Args:
        source: of line.toml; its profile is that of the camera.
        model: name or folder of the model that names; None for the source's, or the built-in one.
        language: "en" or "zh", of sentences and warnings.

    Raises:
        UsageError: no profile, or a sentence that is none.
        UnreadableFileError: a profile that cannot be read.
        BundleError: the model is damaged.
    """

    def __init__(
        self, source: SourceConfig, *, model: str | None = None, language: str = "en"
    ) -> None:
        if source.profile is None:
            raise UsageError(
                f'[source.{source.name}] has detector = "screen", which needs the profile of its '
                "camera: make one with faultlens calibrate HEALTHY_FRAMES --screen --out "
                "NAME.screen, and name it with profile = ..."
            )
        profile = read_screen_profile(source.profile)
        self._rule = _rule_of(source, profile)
        cores = image_threads()
        self._screen = Screen(profile, threshold=self._rule.threshold)
        # Two side by side beat one look on two threads; but one that is alone has both cores.
        alone = Screen(profile, threshold=self._rule.threshold, threads=cores)
        self._alone = alone if cores > 1 else self._screen
        self._reference = self._screen.reference
        self._unnamed = DEFECT[language]
        self._namer = inspector(
            defects=source.sentences or None,
            part=source.part or profile.part,
            model=model or source.model or SURFACE_MODEL,
            mm_per_pixel=source.mm_per_pixel,
            lang=language,
        )
        self._naming = Lock()
        self._pool = ThreadPoolExecutor(cores, f"screen {source.name}")
        self._most = cores
        # What is loaded and compiled at the first look would make the first frames wait.
        for each in (self._screen, self._alone):
            each.look(Image(np.full((profile.height_px, profile.width_px), 128, np.uint8)))
        self._called(Image(np.tile(np.arange(PLACE_PX, dtype=np.uint8), (PLACE_PX, 1))))

    @property
    def most_frames(self) -> int:
        """See `AbstractDetector.most_frames`: no frame waits for others than those beside it."""
        return self._most

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        return each_or_alone(frames, self._side_by_side, self._reference)

    def _side_by_side(self, frames: Sequence[Frame]) -> list[Judged]:
        if len(frames) == 1:
            return [self._judged(self._alone, frames[0])]
        return list(self._pool.map(partial(self._judged, self._screen), frames))

    def _judged(self, screen: Screen, frame: Frame) -> Judged:
        started = clock.perf_counter()
        image = frame.payload
        if not isinstance(image, Image):
            kind = UnusableSignalError(
                f"Frame {frame.id} of '{frame.source}' is a recording, and its detector judges "
                'camera frames: set detector = "signal" or "auto".'
            )
            return unjudged(frame, kind, self._reference)
        try:
            found = screen.look(image)
        except FaultlensError as error:
            return unjudged(frame, error, self._reference)
        verdict = NO_DEFECT
        if found.score > self._rule.threshold:
            late = frame.arrived_s > 0 and clock.perf_counter() - frame.arrived_s > NAMED_WITHIN_S
            verdict = self._unnamed if late or not found.regions else self._name(image, found)
        return self._told(frame, image, found, verdict, started)

    def _name(self, image: Image, found: ScreenedFrame) -> str:
        """What the model calls the hottest place; its own doubt leaves it unnamed."""
        return self._called(Image(np.ascontiguousarray(_around(image, found.regions[0].box))))

    def _called(self, place: Image) -> str:
        try:
            with self._naming:
                result = next(each_looked_at(self._namer, [looked(Shot(place), self._namer.ways)]))
        except FaultlensError:
            return self._unnamed
        return next((x.label for x in result.findings if x.is_defect), self._unnamed)

    def _told(
        self, frame: Frame, image: Image, found: ScreenedFrame, verdict: str, started: float
    ) -> Judged:
        alarm = found.score > self._rule.threshold
        seconds = clock.perf_counter() - started
        return Judged(
            frame=frame,
            verdict=verdict,
            alarm=alarm,
            score=found.score,
            threshold=self._rule.threshold,
            model=self._reference,
            result={
                **_facts(image, found, verdict, alarm),
                **whereabouts(frame),
                "profile": self._screen.profile.name,
                "model": self._reference,
                "namer": self._namer.model.reference,
                "threshold": self._rule.threshold,
                "false_alarm_rate": self._rule.false_alarm_rate,
                "seconds": round(seconds, 4),
            },
            false_alarm_rate=self._rule.false_alarm_rate,
            profile=self._screen.profile.name,
            embedding=found.embedding,
            quality=frame_quality(frame),
            preview=partial(_preview, image, found, verdict, self._rule.threshold),
            seconds=seconds,
        )


def _rule_of(source: SourceConfig, profile: ScreenProfile) -> _Rule:
    config = source.decision
    if config.rule == "fixed":
        return _Rule(config.threshold, None)
    if config.false_alarms is None:
        return _Rule(profile.threshold, profile.false_alarm_rate)
    made = profile_threshold(profile.scores, config, config.false_alarms)
    return _Rule(made.threshold, made.false_alarm_rate)


def _around(image: Image, box: tuple[float, float, float, float]) -> Any:
    left, top, width, height = box
    row, column = int(top + height / 2), int(left + width / 2)
    first = [
        min(max(middle - PLACE_PX // 2, 0), max(side - PLACE_PX, 0))
        for middle, side in ((row, image.height), (column, image.width))
    ]
    return image.pixels[first[0] : first[0] + PLACE_PX, first[1] : first[1] + PLACE_PX]


def _facts(image: Image, found: ScreenedFrame, verdict: str, alarm: bool) -> dict[str, Any]:
    """The JSON of the contracts, of what a screen can say."""
    boxes = [{"box": list(x.box), "score": round(x.score, 6)} for x in found.regions]
    sound = {"label": NO_DEFECT, "score": round(1 - found.score, 6), "evidence": {}}
    defect = {
        "label": verdict,
        "score": round(found.score, 6),
        "region": {"boxes": boxes},
        "evidence": {},
    }
    return {
        "schema": SCHEMA,
        "file": image.name,
        "verdict": verdict,
        "alarm": alarm,
        "alarm_score": round(found.score, 6),
        "findings": [defect, sound] if alarm else [sound],
        "picture": {"width_px": image.width, "height_px": image.height},
        "warnings": [],
    }


def _preview(image: Image, found: ScreenedFrame, verdict: str, threshold: float) -> bytes:
    alarm = found.score > threshold
    kind = "defect" if alarm else "no_defect"
    pixels = image.pixels
    if pixels.dtype != np.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    finding = PictureFinding(verdict, found.score, kind, found.regions if alarm else ())
    return preview_jpeg(
        PictureView(
            image.name or "",
            np.asarray(pixels, dtype=np.uint8),
            image.width,
            image.height,
            verdict,
            kind,
            alarm,
            found.score,
            threshold,
            (finding,),
            heat=found.heat,
            heat_level=threshold,
        )
    )
