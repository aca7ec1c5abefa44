"""Figures on tuning: five labelled windows per class of a real bearing, tested on its others.

`python -m benches.few_shot [FOLDER]` measures them alone.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from faultlens.datasets.packs import read_packs
from faultlens.evaluation.few_shot import FewShot, few_shot
from faultlens.evaluation.figures import Figure, Section, tables
from faultlens.models.shipped import DEFAULT

FEW = "Five labelled windows per class of the same bearing"
SHOTS = 5
DRAWS = (10, 100)
"""The first is what was asked for; by the second the draws themselves hardly matter."""

PACKS = {"cwru_12k_de": "CWRU drive end", "cwru_12k_fe": "CWRU fan end"}
TUNED = "tuned"
COMMAND = "python -m benches.few_shot"


def accuracy_name(draws: int) -> str:
    """What the figure over so many draws is called.

    Example:
        >>> accuracy_name(10)
        'balanced accuracy, mean of 10 draws'
    """
    return f"balanced accuracy, mean of {draws} draws"


AIMS: dict[tuple[str, str, str], float] = {
    (FEW, rig, accuracy_name(DRAWS[0])): 0.95 for rig in PACKS.values()
}
"""What the figures are held to; asked for before anything was measured."""


def measured_few_shots(folder: str | Path, *, quiet: bool = False) -> dict[str, list[FewShot]]:
    """Tune and test on every bearing in a folder of packs.

    Args:
        folder: holds `manifest.csv` and the packs.
        quiet: no progress bar.

    Returns:
        machine -> one record per number of draws.

    Raises:
        UnreadableFileError: no manifest, or a missing pack.

    Example:
        >>> measured_few_shots("/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv cannot be read: ...
    """
    return {
        rig: _of_draws(few_shot(DEFAULT, recordings, shots=SHOTS, draws=max(DRAWS), quiet=quiet))
        for rig, recordings in (
            (rig, list(read_packs(folder, {pack: rig}))) for pack, rig in PACKS.items()
        )
    }


def few_shot_section(measured: dict[str, list[FewShot]]) -> Section:
    """The figures as a table, base and tuned model side by side.

    Args:
        measured: machine -> one record per number of draws.

    Example:
        >>> few_shot_section({}).topic == FEW
        True
    """
    figures = [
        figure for rig, records in measured.items() for x in records for figure in _rows(rig, x)
    ]
    note = (
        "Outer race, inner race or ball, forced choice; windows of 2 s. The shots of a draw come "
        "from as many different recordings, and every recording of a shot is left out of the test. "
        "n counts draws; [95 % intervals] are of the mean over draws (Student), and say how much "
        "the choice of the shots matters, not how another bearing would do. Method and constants "
        "were chosen with these two bearings in view, the shots were not."
    )
    return Section(FEW, note, tuple(figures))


def _of_draws(found: FewShot) -> list[FewShot]:
    return [
        FewShot(found.model, found.classes, found.shots, found.window_s, found.draws[:count])
        for count in DRAWS
    ]


def _rows(rig: str, found: FewShot) -> list[Figure]:
    count = len(found.draws)
    rows = []
    for how, value in (("", found.before), (TUNED, found.after)):
        rows.append(
            Figure(
                FEW, rig, accuracy_name(count), found.model, value.value, count, value.low,
                value.high, how=how, command=COMMAND,
            )
        )  # fmt: skip
    lowest: Sequence[tuple[str, float]] = (
        ("", min(x.before for x in found.draws)),
        (TUNED, min(x.after for x in found.draws)),
    )
    for how, worst in lowest:
        name = f"the worst of {count} draws"
        rows.append(Figure(FEW, rig, name, found.model, worst, count, how=how, command=COMMAND))
    return rows


def _main() -> None:
    shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared"))
    folder = sys.argv[1] if len(sys.argv) > 1 else shared / "data" / "bearing"
    measured = measured_few_shots(folder)
    print(tables([few_shot_section(measured)], AIMS))
    for rig, records in measured.items():
        for record in records:
            print(f"{rig}: {record.in_words}")


if __name__ == "__main__":
    _main()
