"""`faultlens calibrate --screen`: healthy frames of one camera in, its profile out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from glob import glob
from math import ceil
from pathlib import Path

import typer

from faultlens.core.errors import UnreadableFileError
from faultlens.core.progress import progress
from faultlens.images.image import Image
from faultlens.line.sources.recorded import Reading, in_order, is_recorded, pieces_of
from faultlens.profiles.calibrate_screen import screen_profile_of


def calibrate_screen(
    files: Sequence[str],
    out: Path,
    *,
    false_alarms: float,
    part: str | None,
    quiet: bool,
) -> None:
    """Learn from healthy frames, write the camera's profile, and say what it promises."""
    paths = _expanded(files)
    counted = progress(paths, label="Counting", total=len(paths), quiet=quiet)
    frames = CameraFrames(paths, sum(len(CameraFrames.of(x)) for x in counted))
    made = screen_profile_of(
        _Shown(frames, quiet),
        false_alarms=false_alarms,
        name=out.stem,
        **({} if part is None else {"part": part}),
    )
    made.save(out)
    if made.false_alarm_rate > false_alarms:
        needed = ceil((1 / false_alarms - 1) * len(frames) / len(made.scores))
        typer.echo(
            f"faultlens: {len(frames)} healthy frames cannot promise a false-alarm rate of "
            f"{false_alarms:g}, which takes about {needed}; this profile promises "
            f"{made.false_alarm_rate:.3g}.",
            err=True,
        )
    if not quiet:
        fixed = "a part in its place" if made.pattern is not None else "a surface that moves on"
        typer.echo(
            f"{out}: {fixed}, {made.width_px} x {made.height_px} pixels, learnt from "
            f"{made.learnt} frames, threshold from {len(made.scores)}, false-alarm rate "
            f"{made.false_alarm_rate:.3g} per frame.\n"
            f'Use it in line.toml: detector = "screen", profile = "{out}"'
        )


@dataclass(frozen=True)
class CameraFrames(Collection[Image]):
    """Frames of files, read anew whenever they are gone through.

    Args:
        paths: pictures, videos, and stacks of pictures (.npy, .npz).
        count: of all their frames.
    """

    paths: tuple[Path, ...]
    count: int

    @classmethod
    def of(cls, path: Path) -> "CameraFrames":
        """Those of one file.

        Raises:
            InputError: it cannot be read.
        """
        return cls((path,), sum(isinstance(x.payload, Image) for x in pieces_of(path, Reading())))

    def __len__(self) -> int:
        return self.count

    def __contains__(self, item: object) -> bool:
        return False

    def __iter__(self) -> Iterator[Image]:
        for path in self.paths:
            for piece in pieces_of(path, Reading()):
                if isinstance(piece.payload, Image):
                    yield piece.payload


@dataclass(frozen=True)
class _Shown(Collection[Image]):
    """The same with a bar for each round."""

    frames: CameraFrames
    quiet: bool

    def __len__(self) -> int:
        return len(self.frames)

    def __contains__(self, item: object) -> bool:
        return item in self.frames

    def __iter__(self) -> Iterator[Image]:
        return iter(
            progress(self.frames, label="Learning", total=len(self.frames), quiet=self.quiet)
        )


def _expanded(files: Sequence[str]) -> tuple[Path, ...]:
    found: list[Path] = []
    for name in files:
        path = Path(name)
        if path.is_dir():
            inside = [x for x in path.iterdir() if x.is_file() and is_recorded(x.name)]
        elif path.exists() or not any(mark in name for mark in "*?["):
            inside = [path]
        else:
            inside = [Path(x) for x in glob(name, recursive=True)]
        if not inside:
            raise UnreadableFileError(
                f"{name} holds no frames; give pictures, a video, or a stack of frames (.npy)."
            )
        found += sorted(inside, key=lambda x: in_order(x.name))
    return tuple(dict.fromkeys(found))
