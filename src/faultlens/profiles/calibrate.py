"""Makes a profile from an asset's own healthy samples: it alarms only as often as allowed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import overload

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.images.image import Image
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput
from faultlens.metrics.conformal import conformal_threshold
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.calibrate_classes import MISSED
from faultlens.profiles.picture_profile import picture_profile
from faultlens.profiles.profile import Profile
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.runtimes.asking import understood
from faultlens.runtimes.judge import Judgement
from faultlens.runtimes.judges import judge_named
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Bearing, Signal
from faultlens.surfaces.surface import Surface


@overload
def calibrate(
    samples: Iterable[Signal | Recording],
    *,
    false_alarms: float = 0.01,
    faults: Sequence[str] | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
    model: str | None = None,
    name: str = "profile",
) -> Profile: ...


@overload
def calibrate(
    samples: Iterable[Image],
    *,
    false_alarms: float = 0.01,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    scales: Sequence[float] | None = None,
    mm_per_pixel: float | None = None,
    enhance: Sequence[str] = (),
    roi: str | Sequence[object] | None = None,
    zoom: int = 0,
    labelled: str | Path | PictureDataset | None = None,
    missed: float | None = None,
    model: str | None = None,
    name: str = "profile",
) -> SurfaceProfile: ...


def calibrate(
    samples: Iterable[Signal | Recording] | Iterable[Image],
    *,
    false_alarms: float = 0.01,
    faults: Sequence[str] | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    scales: Sequence[float] | None = None,
    mm_per_pixel: float | None = None,
    enhance: Sequence[str] = (),
    roi: str | Sequence[object] | None = None,
    zoom: int = 0,
    labelled: str | Path | PictureDataset | None = None,
    missed: float | None = None,
    model: str | None = None,
    name: str = "profile",
) -> Profile | SurfaceProfile:
    """Learn from healthy recordings, or pictures of normal parts, how high their scores are.

    Args:
        samples: healthy recordings of one asset, each counts once, however long it is; or pictures
            of normal parts of one product, each a part of its own.
        false_alarms: share of them that may alarm. With n samples no rate below 1 / (n + 1) can be
            promised; the profile then says which one it promises.
        faults: of recordings, sentences that will be asked for; None for the model's own set.
        shaft_rpm: shaft speed where the recordings do not say it, revolutions per minute.
        bearing: bearing where the recordings do not say it.
        speed_tolerance: largest relative error of the stated speed; None for 0.02.
        defects: of pictures, sentences that will be asked for; None for the set of the part.
        part: what is on the pictures, in any words; None for "metal surface".
        scales: sizes at which pictures are looked at, averaged; None for the one that
            the model is used to.
        mm_per_pixel: size of a pixel on the part, mm; None where nobody knows.
        enhance: what is done to every picture first, names of `images.light.enhance.ENHANCEMENTS`.
        roi: where to look on every picture, as in `inspect`: a box, a polygon or the file of a
            picture of the part. The profile keeps it, and `inspect` looks there by itself.
        zoom: how many of the hottest places of a picture are looked at again, enlarged.
        labelled: pictures of the product's defects, a data set or its folder, from which the
            profile learns which of them are confused, and when a name is believed.
        missed: share of its pictures whose own name a defect may miss; None for 0.1.
        model: name of the model, as in `diagnose` or `inspect`; None for the built-in one.
        name: how the profile is called in results.

    Raises:
        UsageError: no samples, of both kinds, or an argument of the other kind; a rate outside 0 to
            1, an unknown model or sentence; recordings of several bearings, or of which not equally
            much is known.
        InputError: a sample that cannot be judged.

    Example:
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> healthy = [
        ...     simulate((), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1800,
        ...              sample_rate_hz=12800, seconds=2.0, seed=seed).signal
        ...     for seed in range(4)
        ... ]
        >>> calibrate(healthy, false_alarms=0.2).false_alarm_rate
        0.2
    """
    of_recordings = {"faults": faults, "shaft_rpm": shaft_rpm, "bearing": bearing,
                     "speed_tolerance": speed_tolerance}  # fmt: skip
    of_pictures = {"defects": defects, "part": part, "scales": scales,
                   "mm_per_pixel": mm_per_pixel, "enhance": enhance or None, "zoom": zoom or None,
                   "roi": roi, "labelled": labelled, "missed": missed}  # fmt: skip
    everything = iter(samples)
    first = next(everything, None)
    if isinstance(first, Image):
        _refuse("pictures", of_recordings)
        return picture_profile(
            _all_pictures([first, *everything]), false_alarms=false_alarms, defects=defects,
            part=part, scales=scales, mm_per_pixel=mm_per_pixel,
            model=SURFACE_MODEL if model is None else model, name=name, enhance=enhance, zoom=zoom,
            roi=roi, labelled=labelled, missed=MISSED if missed is None else missed,
        )  # fmt: skip
    if isinstance(first, Surface):
        raise UsageError(
            "The samples are scans; make their profile with calibrate_scans(samples), which takes "
            "what measure takes."
        )
    _refuse("recordings", of_pictures)
    model = DEFAULT if model is None else model
    speed_tolerance = SPEED_TOLERANCE if speed_tolerance is None else speed_tolerance
    judge = judge_named(model)
    inputs: list[VibrationInput] = []
    judgements: list[Judgement] = []
    for each in () if first is None else chain([first], everything):
        if isinstance(each, Image):
            raise UsageError("Recordings and pictures were given; calibrate each by itself.")
        ready = judge.prepare(
            each, shaft_rpm=shaft_rpm, bearing=bearing, speed_tolerance=speed_tolerance
        )
        judgements += judgements_of([ready], faults=faults, model=model)
        inputs.append(ready.emptied())
    return profile_of(
        inputs,
        false_alarms=false_alarms,
        faults=faults,
        speed_tolerance=speed_tolerance,
        model=model,
        name=name,
        judgements=judgements,
    )


def _refuse(kind: str, others: Mapping[str, object]) -> None:
    if odd := [name for name, value in others.items() if value is not None]:
        raise UsageError(f"The samples are {kind}, which take no {', '.join(odd)}; leave it out.")


def _all_pictures(samples: Sequence[object]) -> list[Image]:
    if odd := [x for x in samples if not isinstance(x, Image)]:
        raise UsageError(
            f"Pictures and a {type(odd[0]).__name__} were given; calibrate each kind by itself."
        )
    return [x for x in samples if isinstance(x, Image)]


def judgements_of(
    inputs: Sequence[VibrationInput],
    *,
    faults: Sequence[str] | None = None,
    model: str = DEFAULT,
) -> tuple[Judgement, ...]:
    """What the model says of each recording without a profile.

    Args:
        inputs: one per recording.
        faults: sentences that will be asked for; None for the model's own set.
        model: name of the model, as in `diagnose`.

    Raises:
        UsageError: an unknown model or sentence, or no sentence.
        InputError: a recording that the model cannot judge.

    Example:
        >>> judgements_of([])
        ()
    """
    if faults is not None and (isinstance(faults, str) or not faults):
        raise UsageError(
            f"faults is {faults!r}; give a list of at least one sentence, such as "
            "['inner race fault'], or leave it out for the model's own set."
        )
    judge = judge_named(model)
    asked = judge.faults if faults is None else [x.fault for x in understood(faults, judge).faults]
    return tuple(judge.judge(x, asked) for x in inputs)


def profile_of(
    inputs: Sequence[VibrationInput],
    *,
    false_alarms: float,
    faults: Sequence[str] | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
    model: str = DEFAULT,
    name: str = "profile",
    judgements: Sequence[Judgement] | None = None,
) -> Profile:
    """A profile from healthy recordings that were read already; see `calibrate`.

    Args:
        inputs: one per healthy recording.
        false_alarms: share of healthy recordings that may alarm.
        faults: sentences that will be asked for; None for the model's own set.
        speed_tolerance: with which they were read.
        model: name of the model.
        name: how the profile is called in results.
        judgements: what `judgements_of` said of them, with the same model and sentences; None
            judges them now.

    Raises:
        UsageError: no recordings, a rate outside 0 to 1, or recordings of several bearings, or of
            which not equally much is known.

    Example:
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> quiet = simulate((), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1800,
        ...                  sample_rate_hz=12800, seconds=2.0, seed=1).signal
        >>> made = profile_of([judge_named(DEFAULT).prepare(quiet)], false_alarms=0.01)
        >>> made.recordings, made.false_alarm_rate  # one recording promises no more than 1 in 2
        (1, 0.5)
    """
    bearings = sorted({"" if x.bearing is None else x.bearing.label for x in inputs})
    if len(bearings) > 1:
        named = ", ".join(x or "not stated" for x in bearings)
        raise UsageError(
            f"The recordings are of several bearings ({named}); a profile is of one asset. "
            "Calibrate each by itself."
        )
    readings = sorted({x.reading for x in inputs})
    if len(readings) > 1:
        raise UsageError(
            "Some of the recordings state a shaft speed and some do not, so they are judged in "
            "different ways. State the speed of all (command line: --rpm), or leave those out."
        )
    if judgements is None:
        judgements = judgements_of(inputs, faults=faults, model=model)
    scores = tuple(x.fault_probability for x in judgements)
    chosen = conformal_threshold(np.array(scores), false_alarms=false_alarms)
    return Profile(
        name=name,
        model=judge_named(model).reference,
        threshold=chosen.threshold,
        false_alarm_rate=chosen.false_alarm_rate,
        wanted_rate=false_alarms,
        recordings=chosen.samples,
        scores=scores,
        bearing=bearings[0],
        faults=tuple(faults or ()),
        speed_tolerance=speed_tolerance,
        reading=readings[0],
    )
