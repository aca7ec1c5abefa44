"""`python -m faultlens.evaluation`: the figures; with `builtin`, the shipped numbers made again."""

import argparse
import os
import sys
from pathlib import Path

from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.evaluation.bench_bearing import bearing_benchmark, bearing_tables
from faultlens.evaluation.bench_speed import speed_benchmark, speed_table
from faultlens.evaluation.rule_calibration import calibrate_rule, read_recipe, write_calibration

SHARED = "FAULTLENS_SHARED"
CALIBRATION = Path(__file__).parents[1] / "builtin" / "physics" / "calibration.toml"


def _main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m faultlens.evaluation")
    parser.add_argument("what", nargs="?", choices=("bench", "builtin"), default="bench")
    parser.add_argument("--hour", action="store_true", help="also an hour of 51.2 kHz wav")
    parser.add_argument("--recipe", type=Path, default=Path("recipes/physics.toml"))
    parser.add_argument("--out", type=Path, default=Path("results"))
    chosen = parser.parse_args()
    try:
        if chosen.what == "builtin":
            _builtin(chosen.recipe, chosen.out)
        else:
            _bench(chosen.out, hour=chosen.hour)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _builtin(recipe: Path, out: Path) -> None:
    numbers = calibrate_rule(read_recipe(recipe), cache=out / f"{recipe.stem}.jsonl")
    write_calibration(CALIBRATION, numbers)
    print(CALIBRATION.read_text(encoding="utf-8"))


def _bench(out: Path, *, hour: bool) -> None:
    data = Path(os.environ.get(SHARED, "../shared")) / "data" / "bearing"
    pages = ["# Figures", ""]
    if data.is_dir():
        pages.append(bearing_tables(bearing_benchmark(data)))
    else:
        pages.append(f"No real recordings at {data}; set {SHARED} to the folder 'shared'.\n")
    pages.append(speed_table(speed_benchmark(hour=hour)))
    page = "\n".join(pages)
    write_text(out / "bench.md", page)
    print(page)


if __name__ == "__main__":
    _main()
