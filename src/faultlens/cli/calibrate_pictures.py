"""`faultlens calibrate` on pictures: those of a product's normal parts in, its profile out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

import typer

from faultlens.cli.calibrate_classes import (
    opened_labelled,
    refuse_alone,
    taught_by,
    tell_classes,
)
from faultlens.cli.failures import print_failures
from faultlens.core.errors import InputError, UnusableSignalError, UsageError
from faultlens.core.progress import progress
from faultlens.core.urls import without_password
from faultlens.images.image import Image
from faultlens.images.stated_roi import roi_of
from faultlens.inference.inspect_batch import PictureFiles, PictureOutcome, expand_pictures
from faultlens.profiles.picture_profile import picture_profile
from faultlens.profiles.surface_doubts import surface_doubts
from faultlens.runtimes.picture_model import SURFACE_MODEL


def refuse_given(kind: str, others: Mapping[str, object]) -> None:
    """Refuse options that belong to the other kind of sample.

    Args:
        kind: what the samples are.
        others: option -> its value; None where it was not given.

    Raises:
        UsageError: one of them was given.

    Example:
        >>> refuse_given("pictures", {"--rpm": 1772})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The files are pictures, which take no --rpm; leave it out.
    """
    if odd := [name for name, value in others.items() if value is not None]:
        raise UsageError(f"The files are {kind}, which take no {', '.join(odd)}; leave it out.")


def split_names(text: str) -> tuple[str, ...]:
    """Names with commas between them.

    Args:
        text: of an option.

    Example:
        >>> split_names("glare, clahe")
        ('glare', 'clahe')
    """
    return tuple(x.strip() for x in text.split(",") if x.strip())


def calibrate_pictures(
    files: Sequence[str],
    out: Path,
    *,
    false_alarms: float,
    defects: Sequence[str] | None,
    part: str | None,
    scales: Sequence[float] | None,
    mm_per_pixel: float | None,
    enhance: Sequence[str],
    roi: str | None,
    zoom: int,
    labelled: Path | None,
    missed: float | None,
    matrix: Path | None,
    allow_private: bool,
    model: str,
    quiet: bool,
) -> None:
    """Learn from pictures of normal parts, write the profile, and say what it promises."""
    refuse_alone(labelled, missed, matrix)
    # What cannot be used is said before the first picture is read.
    region = roi_of(roi)
    set_of = None if labelled is None else opened_labelled(labelled)
    wanted = expand_pictures(files)
    failed, good = [], []
    for file in progress(wanted, label="Reading", total=len(wanted), quiet=quiet):
        # Read once before anything is learned: a bad picture is told, and the rest goes on.
        reason = PictureFiles((file,), mm_per_pixel, allow_private).why_unusable(region)
        if reason is None:
            good.append(file)
        else:
            failed.append(PictureOutcome(without_password(file), reason=reason))
    print_failures(failed)
    if not good:
        raise UnusableSignalError("None of the pictures could be read; no profile was written.")
    pictures = Watched(PictureFiles(tuple(good), mm_per_pixel, allow_private), quiet=quiet)
    profile = picture_profile(
        pictures,
        false_alarms=false_alarms,
        defects=defects,
        part=part,
        scales=scales,
        mm_per_pixel=mm_per_pixel,
        model=model,
        name=out.stem,
        enhance=enhance,
        roi=roi,
        zoom=zoom,
    )
    taught = None
    if set_of is not None:
        taught = taught_by(profile, set_of, model, missed=missed)
        profile = taught.profile
    profile.save(out)
    # What is doubtful of classes is told below, with their table.
    for notice in surface_doubts(
        replace(profile, classes=None),
        defects=profile.defects,
        part=profile.part,
        scales=profile.scales,
    ):
        typer.echo(f"faultlens: {notice.en}", err=True)
    if not quiet:
        promised = profile.false_alarm_rate
        rate = "none promised" if promised is None else f"{promised:.3g}"
        judge = "" if model == SURFACE_MODEL else f" --model {quote(model)}"
        typer.echo(
            f"{out}: threshold {profile.threshold:.4f} from {profile.parts} "
            f"part{'' if profile.parts == 1 else 's'}, false-alarm rate {rate}.\n"
            f"Use it: faultlens inspect FILES --profile {quote(str(out))}{judge}"
        )
    if taught is not None:
        tell_classes(taught, matrix, quiet=quiet)
    if failed or (taught is not None and taught.failed):
        raise typer.Exit(InputError.exit_code)


@dataclass(frozen=True)
class Watched:
    """Pictures whose reading is shown, each time that they are gone through.

    Args:
        pictures: on disk.
        quiet: no bar.

    Example:
        >>> len(Watched(PictureFiles(("a.png",)), quiet=True))
        1
    """

    pictures: PictureFiles
    quiet: bool

    def __len__(self) -> int:
        return len(self.pictures)

    def __contains__(self, item: object) -> bool:
        return item in self.pictures

    def __iter__(self) -> Iterator[Image]:
        yield from progress(
            self.pictures, label="Learning", total=len(self.pictures), quiet=self.quiet
        )
