"""`python -m benches`: `bench` measures, `card` writes it into the models' cards."""

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from benches.bearing import bearing_sections
from benches.cards import write_results
from benches.speed import speed_section
from benches.topics import AIMS
from benches.trend import AIMS as TREND_AIMS
from benches.trend import measured_runs, trend_section
from benches.windows import judged_packs
from benches.words import asked_section, paraphrase_section, read_paraphrases
from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.evaluation.figures import Section, figures_json, read_figures, tables
from faultlens.models import shipped
from faultlens.runtimes.loaded import builtin_folders, load_model

SHARED = "FAULTLENS_SHARED"
PARAPHRASES = Path("recipes") / "benchmarks" / "paraphrases.toml"
TEXT = "builtin/text"
FIGURES = "bench.json"


def _main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m faultlens.evaluation")
    parser.add_argument("what", nargs="?", choices=("bench", "card"), default="bench")
    parser.add_argument("--hour", action="store_true", help="also an hour of 51.2 kHz wav")
    parser.add_argument(
        "--ten-thousand", action="store_true", help="time ten thousand windows, not a sample"
    )
    parser.add_argument("--out", type=Path, default=Path("results"))
    chosen = parser.parse_args()
    try:
        if chosen.what == "card":
            _card(chosen.out)
        else:
            _bench(chosen.out, hour=chosen.hour, ten_thousand=chosen.ten_thousand)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _bench(out: Path, *, hour: bool, ten_thousand: bool) -> None:
    words = list(_words())  # first: they are quick, and need models that belong together
    speed = speed_section(hour=hour, ten_thousand=ten_thousand)
    sections = [*_bearings(), *_trends(), *words, speed]
    page = "# Figures\n\n" + tables(sections, {**AIMS, **TREND_AIMS})
    write_text(out / "bench.md", page)
    write_text(out / FIGURES, figures_json(chain.from_iterable(x.figures for x in sections)))
    print(page)


def _bearings() -> list[Section]:
    data = Path(os.environ.get(SHARED, "../shared")) / "data" / "bearing"
    if data.is_dir():
        return bearing_sections(judged_packs(data))
    why = f"No real recordings at {data}; set {SHARED} to the folder 'shared'."
    return [Section("Real recordings", why, ())]


def _trends() -> Iterator[Section]:
    runs = Path(os.environ.get(SHARED, "../shared")) / "data" / "bearing" / "femto"
    if runs.is_dir():
        yield trend_section(measured_runs(runs))


def _words() -> Iterator[Section]:
    places = [Path.cwd() / PARAPHRASES, Path(__file__).parents[3] / PARAPHRASES]
    path = next((x for x in places if x.is_file()), None)
    if path is None:
        why = f"No {PARAPHRASES} here: it lies in the repository, not in the installed package."
        yield Section("Words", why, ())
        return
    held_out = read_paraphrases(path)
    yield paraphrase_section(load_model(TEXT), held_out)
    yield asked_section(load_model(shipped.DEFAULT), held_out["bearing"])


def _card(out: Path) -> None:
    figures = read_figures(out / FIGURES)
    folders = builtin_folders()
    for name in (shipped.DEFAULT, TEXT):
        bundle = write_results(folders[name], figures)
        print(f"{bundle.reference}: {len(bundle.card.results)} results in {bundle.folder}")


if __name__ == "__main__":
    _main()
