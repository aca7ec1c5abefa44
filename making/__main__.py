"""`python -m making [surface scan]`: the shipped models, or some of them, made again."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from faultlens.core.errors import FaultlensError
from faultlens.training.text_recipe import read_text_recipe
from making.bearing import make_bearing
from making.bearing_recipe import read_bearing_recipe
from making.rule_calibration import calibrate_rule, read_recipe, write_calibration
from making.scan import make_scan
from making.scan_recipe import read_scan_recipe
from making.surface import make_surface
from making.surface_recipe import read_surface_recipe
from making.text import make_text

BUILTIN = Path(__file__).parents[1] / "src" / "faultlens" / "builtin"


def _text(recipes: Path, out: Path) -> None:
    made = make_text(
        read_text_recipe(recipes / "text.toml"), cache=out / "text", out=BUILTIN / "text"
    )
    print(made.reference)


def _bearing(recipes: Path, out: Path) -> None:
    made = make_bearing(
        read_bearing_recipe(recipes / "bearing.toml"),
        corpus=recipes / "text",
        cache=out / "bearing",
        out=BUILTIN / "bearing",
    )
    print(made.reference)


def _physics(recipes: Path, out: Path) -> None:
    numbers = calibrate_rule(read_recipe(recipes / "physics.toml"), cache=out / "physics.jsonl")
    write_calibration(BUILTIN / "physics" / "calibration.toml", numbers)
    print("builtin/physics: threshold", numbers.alarm_threshold)


def _surface(recipes: Path, out: Path) -> None:
    made = make_surface(
        read_surface_recipe(recipes / "surface.toml"),
        corpus=recipes / "text",
        cache=out / "surface",
        out=BUILTIN / "surface",
    )
    print(made.reference)


def _scan(recipes: Path, out: Path) -> None:
    made = make_scan(
        read_scan_recipe(recipes / "scan.toml"),
        corpus=recipes / "text",
        wordings=recipes / "scan_wordings.toml",
        cache=out / "scan",
        out=BUILTIN / "scan",
    )
    print(made.reference)


# In this order: the encoders of bearings and surfaces are trained into the text tower.
STEPS: dict[str, Callable[[Path, Path], None]] = {
    "physics": _physics,
    "text": _text,
    "bearing": _bearing,
    "surface": _surface,
    "scan": _scan,
}


def _main() -> None:
    """Make what the command line asks for; all by default."""
    parser = argparse.ArgumentParser(prog="python -m making")
    parser.add_argument("what", nargs="*", help=f"any of {', '.join(STEPS)}; all by default")
    parser.add_argument("--recipes", type=Path, default=Path("recipes"))
    parser.add_argument("--out", type=Path, default=Path("results") / "making")
    chosen = parser.parse_args()
    if odd := [x for x in chosen.what if x not in STEPS]:
        parser.error(f"unknown model {odd[0]}; known: {', '.join(STEPS)}")
    torch.set_num_threads(2)
    try:
        for name, make in STEPS.items():
            if not chosen.what or name in chosen.what:
                make(chosen.recipes, chosen.out)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    _main()
