"""`faultlens tune --render`: pictures of sound parts in, a model that knows their surface out."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

from faultlens.cli.failures import print_failures
from faultlens.cli.tune_told import tell_tuned
from faultlens.core.errors import InputError, UnusableSignalError
from faultlens.core.optional import optional_import
from faultlens.core.progress import progress
from faultlens.core.urls import without_password
from faultlens.images.read import read_image
from faultlens.inference.inspect_batch import PictureOutcome, expand_pictures, reason_of
from faultlens.metrics.projection import evenly_chosen

if TYPE_CHECKING:
    from faultlens.images.image import Image
    from faultlens.runtimes.bundle import Bundle
    from faultlens.training.surface.tune_rendered import Gain, TunedOnRendered


def tune_rendered_pictures(
    clean: str,
    out: Path,
    *,
    defects: Sequence[str] | None,
    part: str | None,
    model: str,
    steps: int | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read the pictures, paint and learn, write the bundle, and say what it brought."""
    optional_import("torch", extra="train")
    from faultlens.runtimes.defect_question import PART
    from faultlens.training.surface.tune_rendered import MOST_PICTURES, STEPS, tune_rendered

    images: list[Image] = []
    failed: list[PictureOutcome] = []
    wanted = expand_pictures([clean])
    # More than are learned from are not read: evenly over the folder, so that no shift is left out.
    chosen = [wanted[x] for x in evenly_chosen(len(wanted), MOST_PICTURES)]
    for file in progress(chosen, label="Reading", total=len(chosen), quiet=quiet or as_json):
        try:
            images.append(read_image(file))
        except (InputError, OSError) as error:
            failed.append(PictureOutcome(without_password(file), reason=reason_of(error)))
    print_failures(failed)
    if not images:
        raise UnusableSignalError("None of the pictures could be read; nothing was tuned.")
    bundle, on = tune_rendered(
        images,
        out,
        defects=defects,
        part=part or PART,
        model=model,
        steps=steps or STEPS,
        seed=seed,
        quiet=quiet or as_json,
    )
    tell_tuned(on.notices, _told(bundle, on), _words(bundle, on), as_json=as_json, quiet=quiet)
    if failed:
        raise typer.Exit(InputError.exit_code)


def _told(bundle: "Bundle", on: "TunedOnRendered") -> dict[str, object]:
    """What a program wants to know of it."""

    def gain(of: "Gain | None") -> dict[str, float] | None:
        if of is None:
            return None
        return {"before": of.before, "after": of.after, "low": of.low, "high": of.high}

    return {
        "bundle": str(bundle.folder),
        "model": bundle.reference,
        "base": on.base,
        "defects": list(on.concepts),
        "pictures": on.pictures,
        "held_back": on.held,
        "detection_auroc": gain(on.detection),
        "naming_accuracy": gain(on.naming),
        "warnings": [x.en for x in on.notices],
    }


def _words(bundle: "Bundle", on: "TunedOnRendered") -> str:
    lines = [
        f"{bundle.folder}: {bundle.reference}, tuned by {len(on.concepts)} defects rendered on "
        f"{on.pictures} pictures of sound parts."
    ]
    for what, gain in (
        ("Detection (area under the curve)", on.detection),
        ("Naming (share right)", on.naming),
    ):
        if gain is not None:
            lines.append(
                f"{what}, defects rendered on {on.held} pictures held back: {gain.before:.3f} "
                f"before, {gain.after:.3f} after; difference [{gain.low:+.3f}, {gain.high:+.3f}]."
            )
    folder = quote(str(bundle.folder))
    return "\n".join(
        [
            *lines,
            "Real defects are harder than rendered ones: look at some of yours.",
            f"Next: faultlens inspect FILES --model {folder}",
            f"      faultlens calibrate SOUND_PICTURES --model {folder} --out product.profile",
        ]
    )
