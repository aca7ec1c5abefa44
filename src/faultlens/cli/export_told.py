"""What `faultlens export` was asked for, and how it tells of a bundle in fewer bits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import join, quote
from typing import TYPE_CHECKING, Any

import typer

from faultlens.cli import options

if TYPE_CHECKING:
    from faultlens.runtimes.bundle import Bundle
    from faultlens.runtimes.loaded import Model
    from faultlens.runtimes.trial import Trial

BUNDLES = Path("bundles")

VERBS = {"image": "inspect", "vibration": "diagnose"}
"""Kind of a model -> verb that takes it."""


@dataclass(frozen=True)
class Wanted:
    """What a user asked for.

    Args:
        model: as it was named.
        out: folder of the bundle; None for one in `BUNDLES`.
        name: how results call it; None for its own.
        licence: its terms; None for its own.
        precision: "fp32", "fp16" or "int8".
        calibration: files, globs and folders to calibrate with.
        largest_drop: that is let pass, of a figure from 0 to 1.
        as_json: JSON on standard output.
        quiet: nothing there.
    """

    model: str
    out: Path | None
    name: str | None
    licence: str | None
    precision: str
    calibration: tuple[str, ...]
    largest_drop: float
    as_json: bool
    quiet: bool

    @property
    def is_single(self) -> bool:
        """Whether single precision is wanted."""
        return self.precision == "fp32"

    @property
    def command(self) -> str:
        """What does it again."""
        own = [y for x in self.calibration for y in ("--calibration", x)]
        return join(["faultlens", "export", self.model, "--precision", self.precision, *own])

    def folder(self, name: str) -> Path:
        """Where the bundle goes, if it can be written there.

        Args:
            name: of the model, where no folder was given.
        """
        folder = self.out or BUNDLES / name.replace("/", "--")
        options.writable_folder(folder.parent)
        return folder


def tell(wanted: Wanted, bundle: "Bundle", lines: Sequence[str], more: Mapping[str, Any]) -> None:
    """Say what was written, in words or as JSON.

    Args:
        wanted: what was asked for.
        bundle: what was written.
        lines: what is worth knowing of it.
        more: the same for JSON.
    """
    if wanted.as_json:
        told = {"bundle": str(bundle.folder), "model": bundle.reference, **more}
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif not wanted.quiet:
        where = quote(str(bundle.folder))
        verb = VERBS.get(bundle.kind)
        after = f"\nNext: faultlens {verb} FILES --model {where}" if verb else ""
        told_of = "\n".join(lines)
        typer.echo(
            f"{bundle.folder}: {bundle.reference}{told_of}\nCard: faultlens models {where}{after}"
        )


def write_reduced(
    wanted: Wanted, source: "Model", name: str, *, called: str, trial: "Trial | None" = None
) -> None:
    """Make a bundle smaller, measure it, write it and tell of it.

    Args:
        wanted: what was asked for.
        source: in single precision.
        name: of the new model.
        called: the source's name, for JSON.
        trial: what it is calibrated with and measured on; None takes that of its kind.
    """
    from faultlens.evaluation.trials.by_kind import trial_of
    from faultlens.runtimes.reduced import reduced_bundle

    folder = wanted.folder(name)
    trial = trial_of(source, wanted.calibration) if trial is None else trial
    if not wanted.quiet:
        typer.echo(f"faultlens: measuring on {trial.what} ...", err=True)
    made = reduced_bundle(
        source,
        folder,
        precision=wanted.precision,
        trial=trial,
        name=wanted.name or name,
        licence=wanted.licence,
        largest_drop=wanted.largest_drop,
        command=wanted.command,
    )
    size_mb = sum(made.bundle.path(x).stat().st_size for x in made.bundle.files) / 1e6
    alike = ", ".join(f"{name} {cosine:.4f}" for name, cosine in made.lowest_cosines.items())
    lines = [
        f", {wanted.precision}, {size_mb:.1f} MB.",
        f"On {trial.what}, single precision to {wanted.precision}:",
        *(f"  {x}" for x in made.drops),
        f"Lowest cosine of a row with single precision: {alike}.",
        f"Licence: {made.bundle.card.licence}.",
    ]
    more = {
        "source": called,
        "precision": wanted.precision,
        "licence": made.bundle.card.licence,
        "mb": round(size_mb, 3),
        "figures": [asdict(x) for x in made.drops],
        "lowest_cosines": dict(made.lowest_cosines),
    }
    tell(wanted, made.bundle, lines, more)
