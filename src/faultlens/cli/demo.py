"""`faultlens demo`: the main job on files, from recording to report, with nothing to prepare."""

import sys
from os.path import relpath
from pathlib import Path
from shlex import quote
from shutil import which

import numpy as np
import typer

from faultlens.cli import options
from faultlens.cli.diagnose import diagnose
from faultlens.cli.inspect import inspect
from faultlens.cli.measure import measure
from faultlens.cli.simulate import make_recording
from faultlens.cli.simulate_scan import placed_forms
from faultlens.core.files import write_text
from faultlens.images.simulator.render import render_surface
from faultlens.images.write import write_image
from faultlens.signals.write import write_signal
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.write import write_surface

MACHINES = (
    ("pump-1-healthy", (), 0.0),
    ("pump-2-outer-race", ("outer",), -2.0),
    ("pump-3-inner-race", ("inner",), 0.0),
    ("pump-4-ball", ("ball",), 4.0),
    ("pump-5-cage", ("cage",), 15.0),
    ("pump-6-inner-and-outer", ("outer", "inner"), 12.0),
)
"""Name, fault and power of the fault over its background (dB) of the simulated machines."""

RPM, SECONDS, SAMPLE_RATE_HZ = 1772.0, 10.0, 12000.0

PARTS = (
    ("shaft-1-sound", "no_defect", "ground", 30),
    ("strip-2-scratch", "scratch", "cold_rolled", 21),
    ("casting-3-porosity", "porosity", "cast", 22),
    ("plate-4-corrosion", "corrosion", "hot_rolled", 33),
    ("shaft-5-crack", "crack", "ground", 4),
    ("panel-6-dent", "dent", "brushed", 15),
)
"""Name, defect, process and number after the seed of the rendered parts."""

SCANS = (
    ("plate-1-dent-and-scratch", "plane", "dent, scratch", 5),
    ("pipe-2-spatter", "cylinder", "bump", 12),
    ("cover-3-sound", "free form", "", 13),
)
"""Name, body, what is carved into it and number after the seed of the simulated scans."""

SCAN_MM, DEPTH_MM = (60.0, 40.0), 0.35

PICTURE_PX = 320

ASKED = "crack, scratch, porosity, corrosion, dent"

NEXT = """
Look at    {page},
at         {surfaces}
and at     {scans}
Then type:
  {me} diagnose {csv} --json
  {me} diagnose {csv} --faults "spalling on the inner raceway, cracked cage"
  {me} diagnose YOUR.csv --rpm 1772 --bearing 6205 --sample-rate 12000 --out report
  {me} calibrate HEALTHY/*.csv --rpm 1772 --bearing 6205 --out pump-7.profile
  {me} inspect {picture} --defects "hairline scratch, rust, 裂纹"
  {me} inspect YOUR.png --part casting --out report
  {me} measure {scan} --unit mm --defects "scratch deeper than 0.2 mm, dent"
  {me} measure YOUR.ply --unit mm --rules sample --out report
"""


def demo(
    context: typer.Context,
    out: options.NewFolder = Path("faultlens-demo"),
    seed: options.Seed = 7,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Simulate machines, parts and scans as files; diagnose, inspect and measure; three reports."""
    recordings = out / "recordings"
    if not quiet:
        typer.echo(f"Writing {len(MACHINES)} simulated recordings of a 6205 to {recordings} ...")
    files = [
        str(
            write_signal(
                recordings / f"{name}.csv",
                make_recording(
                    families, "6205", rpm=RPM, seconds=SECONDS,
                    sample_rate=SAMPLE_RATE_HZ, snr=snr, seed=seed + number,
                ).signal,
            )
        )
        for number, (name, families, snr) in enumerate(MACHINES)
    ]  # fmt: skip
    # From here on the demo is what a user types: files in, report out.
    diagnose(context, files, out=out, lang=lang, quiet=quiet)
    pictures = [str(_rendered(out, seed, *part)) for part in PARTS]
    if not quiet:
        typer.echo(
            f"\nRendered {len(PARTS)} metal parts to {out / 'pictures'}; inspecting them ..."
        )
    inspect(context, pictures, defects=ASKED, out=out / "surfaces", lang=lang, quiet=quiet)
    scans = [str(_scanned(out, seed, *scan)) for scan in SCANS]
    if not quiet:
        typer.echo(f"\nSimulated {len(SCANS)} scans in {out / 'scans'}; measuring them ...")
    measure(context, scans, unit="mm", rules="sample", out=out / "scanned", lang=lang, quiet=quiet)
    advice = NEXT.format(
        page=out / "report.html",
        surfaces=out / "surfaces" / "report.html",
        scans=out / "scanned" / "report.html",
        csv=quote(files[2]),
        picture=quote(pictures[1]),
        scan=quote(scans[0]),
        me=_called(),
    )
    write_text(out / "NEXT.txt", advice.lstrip())
    if not quiet:
        typer.echo(advice)


def _rendered(out: Path, seed: int, name: str, defect: str, process: str, number: int) -> Path:
    made = render_surface(
        seed=seed + number, height_px=PICTURE_PX, width_px=PICTURE_PX, concept=defect,
        process=process, part="sheet", alone=True,
    )  # fmt: skip
    return write_image(out / "pictures" / f"{name}.png", made.pixels)


def _scanned(out: Path, seed: int, name: str, body: str, forms: str, number: int) -> Path:
    rng = np.random.default_rng(seed + number)
    asked = [x.strip() for x in forms.split(",") if x.strip()]
    defects = placed_forms(asked, DEPTH_MM, None, None, SCAN_MM, rng)
    made = simulate_scan(
        body, defects, size_mm=SCAN_MM, spacing_mm=0.2, roughness_mm=0.004, seed=seed + number
    )
    return write_surface(out / "scans" / f"{name}.ply", made.surface)


def _called() -> str:
    """How to call this program from here: by name where the shell finds it, else by its path."""
    if which("faultlens"):
        return "faultlens"
    own = Path(sys.argv[0])
    if own.name != "faultlens":
        return f"{quote(sys.executable)} -m faultlens"
    return quote(relpath(own))
