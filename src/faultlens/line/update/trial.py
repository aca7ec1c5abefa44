"""A candidate beside the live model on the held set: run as a child, it prints its evidence.

    python -m faultlens.line.update.trial line.toml SOURCE --candidate DIR --held DIR ...

A profile belongs to the model that it was made with. Where the source has one, the candidate's own
is made first, of the same sound parts and for the same false-alarm rate.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.datasets.corrections.correction import PICTURE, RECORDING, meaning
from faultlens.datasets.kinds import holds_pictures
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.detectors.making import detector_of
from faultlens.line.frame import Frame
from faultlens.line.update.evidence import rate
from faultlens.signals.signal import Signal
from faultlens.text.knowledge import HEALTHY

BATCH = 8
"""Frames that go through a model together."""


@dataclass(frozen=True, eq=False)
class HeldFrame:
    """One frame of the held set.

    Args:
        frame: as the line would see it.
        label: what it shows, in words.
        sound: whether that is no fault.
    """

    frame: Frame
    label: str
    sound: bool


def held_frames(held: Path, source: str) -> Iterator[HeldFrame]:
    """The labelled frames of a folder, in the order of their names.

    Args:
        held: folder of labelled pictures or recordings, such as a set of corrections.
        source: name of the source that they stand for.

    Raises:
        InputError: nothing there can be read.

    Example:
        >>> held_frames.__name__
        'held_frames'
    """
    now = datetime.now(UTC)
    if holds_pictures(held):
        from faultlens.datasets.pictures.registry import open_pictures
        from faultlens.images.read import read_image

        for picture in open_pictures(held).pictures:
            frame = Frame(picture.file, source, now, read_image(picture.path))
            yield HeldFrame(frame, meaning(PICTURE, picture.label), not picture.defective)
        return
    from faultlens.datasets.registry import open_dataset

    for recording in open_dataset(held).recordings:
        label = meaning(RECORDING, recording.label)
        frame = Frame(recording.file, source, now, recording.signal)
        yield HeldFrame(frame, label, label == HEALTHY)


def tried(
    live: SourceConfig, candidate: SourceConfig, held: Path, *, language: str = "en"
) -> dict[str, Any]:
    """Both models on the held set: names, missed faults, false alarms.

    Args:
        live: the source as it is watched now.
        candidate: the source as the candidate would watch it.
        held: folder of the held set.
        language: of names that the models give.

    Raises:
        InputError: nothing there can be read, or a model is damaged.

    Example:
        >>> tried.__name__  # tests/line/update/test_trial.py runs it
        'tried'
    """
    frames = list(held_frames(held, live.name))
    said = {
        which: [
            judged
            for start in range(0, len(frames), BATCH)
            for judged in detector.judge([x.frame for x in frames[start : start + BATCH]])
        ]
        for which, detector in (
            ("live", detector_of(live, language=language)),
            ("candidate", detector_of(candidate, language=language)),
        )
    }
    kind = PICTURE if frames and frames[0].frame.kind == "picture" else RECORDING
    right = {
        which: [
            not j.alarm if x.sound else meaning(kind, j.verdict or "-") == x.label
            for x, j in zip(frames, judged, strict=True)
        ]
        for which, judged in said.items()
    }
    alarms = {which: [x.alarm for x in judged] for which, judged in said.items()}

    def among(sound: bool, values: Sequence[bool], alarmed: bool) -> list[bool]:
        return [v is alarmed for x, v in zip(frames, values, strict=True) if x.sound is sound]

    rates = [rate("correct", "held", right["live"], right["candidate"])]
    for figure, sound, alarmed in (("missed", False, False), ("false alarms", True, True)):
        if any(x.sound is sound for x in frames):
            rates.append(
                rate(
                    figure,
                    "held",
                    among(sound, alarms["live"], alarmed),
                    among(sound, alarms["candidate"], alarmed),
                )
            )
    reference = said["candidate"][0].model if frames else ""
    return {"rates": rates if frames else [], "held_files": len(frames), "reference": reference}


def candidate_profile(candidate: SourceConfig, healthy: Path, out: Path) -> Path:
    """Make the candidate's own profile, for the false-alarm rate of the one that it replaces.

    Args:
        candidate: the source with the candidate's model; `profile` is the one to be replaced.
        healthy: folder of sound parts, or of healthy recordings.
        out: file to write.

    Raises:
        UsageError: there are no sound samples, or the profile cannot be made of them.
        InputError: one of them cannot be read.

    Example:
        >>> candidate_profile.__name__
        'candidate_profile'
    """
    assert candidate.profile is not None and candidate.model is not None
    from faultlens.inference.batch import expand
    from faultlens.profiles.calibrate import calibrate
    from faultlens.profiles.surface_profile import is_surface_profile, read_surface_profile

    if is_surface_profile(candidate.profile):
        from faultlens.images.read import read_image
        from faultlens.inference.inspect_batch import expand_pictures

        before = read_surface_profile(candidate.profile)
        pictures: list[Image] = [read_image(x) for x in expand_pictures([str(healthy)])]
        made: Any = calibrate(
            pictures,
            false_alarms=before.wanted_rate,
            defects=list(candidate.sentences) or list(before.defects) or None,
            part=candidate.part or before.part,
            mm_per_pixel=candidate.mm_per_pixel,
            model=candidate.model,
            name=out.stem,
        )
    else:
        from faultlens.profiles.profile import read_profile
        from faultlens.signals.read import read_signal

        signals: list[Signal] = [read_signal(x) for x in expand([str(healthy)])]
        was = read_profile(candidate.profile)
        made = calibrate(
            signals,
            false_alarms=was.wanted_rate,
            faults=list(candidate.sentences) or list(was.faults) or None,
            shaft_rpm=candidate.rpm,
            bearing=candidate.bearing,
            speed_tolerance=candidate.speed_tolerance,
            model=candidate.model,
            name=out.stem,
        )
    made.save(out)
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a candidate and print what came of it as one JSON object.

    Args:
        arguments: of the command line; None for those of the process.

    Example:
        >>> main.__name__
        'main'
    """
    parser = argparse.ArgumentParser(prog="python -m faultlens.line.update.trial")
    parser.add_argument("line", type=Path)
    parser.add_argument("source")
    parser.add_argument("--candidate", type=Path, required=True)
    parser.add_argument("--live-model")
    parser.add_argument("--live-profile", type=Path)
    parser.add_argument("--held", type=Path)
    parser.add_argument("--healthy", type=Path)
    given = parser.parse_args(arguments)
    try:
        print(json.dumps(_outcome(given)))
    except FaultlensError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _outcome(given: argparse.Namespace) -> dict[str, Any]:
    config = read_line_config(given.line)
    source = next((x for x in config.sources if x.name == given.source), None)
    if source is None:
        raise UsageError(f"{given.line} has no source '{given.source}'.")
    live = replace(source, model=given.live_model or source.model,
                   profile=given.live_profile or source.profile)  # fmt: skip
    candidate = replace(source, model=str(given.candidate))
    if source.profile is not None:
        if given.healthy is None:
            raise UsageError(
                f"The source '{source.name}' has a profile, which belongs to its model. Name a "
                "folder of sound parts, or healthy recordings, as healthy in [update] of "
                "line.toml: the candidate's own profile is made of them."
            )
        made = candidate_profile(candidate, given.healthy, given.candidate.parent / "own.profile")
        candidate = replace(candidate, profile=made)
    if given.held is None or not given.held.is_dir():
        found: dict[str, Any] = {"rates": [], "held_files": 0, "reference": ""}
    else:
        found = tried(live, candidate, given.held, language=config.language)
    profile = None if candidate.profile is None else str(candidate.profile)
    return {**found, "profile": profile}


if __name__ == "__main__":
    sys.exit(main())
