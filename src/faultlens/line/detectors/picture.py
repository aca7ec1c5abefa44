"""Pictures in, verdicts out, by `inspect`; with a small picture of what was found."""

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import final

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UnusableSignalError, UsageError
from faultlens.images.image import Image
from faultlens.inference.inspect import RENDERED_THRESHOLD, UNMEASURED_THRESHOLD, inspector
from faultlens.inference.inspection import Inspection
from faultlens.inference.inspector import Inspector, each_looked_at
from faultlens.inference.preprocessing import Looked, looked
from faultlens.inference.shot import Shot
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.decision.threshold import profile_threshold
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.preview import preview_jpeg
from faultlens.line.detectors.quality import frame_quality
from faultlens.line.detectors.unjudged import each_or_alone, unjudged, whereabouts
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.profiles.surface_profile import read_surface_profile
from faultlens.runtimes.image_model import EncodedImage
from faultlens.runtimes.looking import Finish
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.runtimes.picture_tiles import ScaledTile, refuse_unseen


@final
class PictureDetector(AbstractDetector):
    """A model of pictures with the profile, the part and the sentences of a source.

    Args:
        source: of line.toml.
        model: name or folder; None for that of the source, or the built-in one.
        language: "en" or "zh", of sentences and warnings.

    Raises:
        UsageError: a sentence that is none, a profile of another model, a false-alarm rate without
            a profile.
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
        file = source.profile
        ready = inspector(
            defects=source.sentences or None,
            part=source.part,
            model=model or source.model or SURFACE_MODEL,
            profile=None if file is None else read_surface_profile(file),
            mm_per_pixel=source.mm_per_pixel,
            lang=language,
        )
        self._rows: list[NDArray[np.float32]] = []
        ready = _with_rule(ready, source)
        self._ready = replace(ready, finish=partial(_remembered, self._rows, ready.finish))

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        return each_or_alone(frames, self._together, self._ready.model.reference)

    def _together(self, frames: Sequence[Frame]) -> list[Judged]:
        self._rows.clear()
        started = clock.perf_counter()
        opened = [self._opened(x) for x in frames]
        results = each_looked_at(self._ready, [x for x in opened if isinstance(x, Looked)])
        judged: list[Judged] = []
        for frame, look in zip(frames, opened, strict=True):
            if isinstance(look, Exception):
                judged.append(unjudged(frame, look, self._ready.model.reference))
                continue
            result = next(results)
            judged.append(_judged(frame, result, _point(self._rows)))
            self._rows.clear()
        share = (clock.perf_counter() - started) / max(len(frames), 1)
        return [replace(x, seconds=share) for x in judged]

    def _opened(self, frame: Frame) -> Looked | InputError:
        """The picture as the model is shown it, or why it cannot be."""
        try:
            if not isinstance(frame.payload, Image):
                raise UnusableSignalError(
                    f"Frame {frame.id} of '{frame.source}' is a recording, and its detector judges "
                    'pictures: set detector = "signal" or "auto".'
                )
            look = looked(Shot(frame.payload), self._ready.ways)
            refuse_unseen(look.shown, defects=len(self._ready.question.asked))
        except InputError as error:
            return error
        return look


def _with_rule(ready: Inspector, source: SourceConfig) -> Inspector:
    """The same with the threshold that line.toml asks for."""
    config, profile = source.decision, ready.profile
    if config.rule == "fixed":
        doubts = (RENDERED_THRESHOLD, UNMEASURED_THRESHOLD)
        notices = tuple(x for x in ready.notices if x not in doubts)
        return replace(ready, threshold=config.threshold, false_alarm_rate=None, notices=notices)
    if config.false_alarms is None:
        return ready
    if profile is None:
        raise UsageError(
            f"[source.{source.name}.decision] wants {config.false_alarms:g} false alarms, which "
            "only pictures of the product's own normal parts can promise: name their profile, made "
            "by faultlens calibrate PICTURES --out NAME.profile, or leave false_alarms out."
        )
    made = profile_threshold(profile.scores, config, config.false_alarms)
    return replace(ready, threshold=made.threshold, false_alarm_rate=made.false_alarm_rate)


def _remembered(
    rows: list[NDArray[np.float32]],
    finish: Finish | None,
    image: Image,
    tile: ScaledTile,
    part: Image,
    said: EncodedImage,
) -> EncodedImage:
    """What the model says of a tile, whose row is kept: their mean is the picture's embedding."""
    if said.image is not None:
        rows.append(said.image)
    return said if finish is None else finish(image, tile, part, said)


def _point(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    if not rows:
        return None
    mean = np.mean(rows, axis=0)
    point: NDArray[np.float32] = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
    return point


def _judged(frame: Frame, result: Inspection, embedding: NDArray[np.float32] | None) -> Judged:
    return Judged(
        frame=frame,
        verdict=result.verdict,
        alarm=result.alarm,
        score=result.alarm_score,
        threshold=result.threshold,
        model=result.model,
        result={**result.to_dict(), **whereabouts(frame)},
        false_alarm_rate=result.false_alarm_rate,
        profile=result.profile,
        embedding=embedding,
        quality=frame_quality(frame),
        preview=partial(preview_jpeg, result.view),
    )
