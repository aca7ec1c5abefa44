"""`tune` on few labelled pictures: naming, places and time on real ones, several draws of each.

`make bench-tune` measures; answers stay in `results/tune`, so that a stopped run goes on.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from benches.surface.answers import STRIP, TILES, Bench
from benches.surface.builtin import held_table
from benches.surface.command import Parts, bench_command
from benches.surface.questions import PARTS, RIGHT
from benches.surface.tuned_trials import TunedAnswers, TunedTrial, tuned_answers
from faultlens.datasets.pictures.picture import NO_DEFECT
from faultlens.evaluation.figures import Figure, Section, tables
from faultlens.evaluation.surface.picture_figures import (
    Spanned,
    drawn_groups,
    image_figures,
    naming,
    pixel_figures_of,
    share_figure,
)

COMMAND = "make bench-tune"

NAMED = "Named after a few labelled pictures"
PLACED = "Found after a few drawn masks"
TIMED = "Time to tune"

FIVE, ONE = "NEU, 5 pictures per class", "NEU, 1 picture per class"
TEN = "magnetic tiles, 10 pictures per defect"
MASKS = "magnetic tiles, 10 masks per defect, 10 sound ones"
PIXEL_AUROC = "pixel AUROC"
SECONDS = "seconds, 30 pictures"

AIMS: dict[tuple[str, str, str], float] = {
    (NAMED, FIVE, RIGHT): 0.92,
    (NAMED, ONE, RIGHT): 0.86,
    (NAMED, TEN, RIGHT): 0.80,
    (PLACED, MASKS, PIXEL_AUROC): 0.95,
}
"""(topic, subject, name) -> what the figure is to reach."""


def parts(bench: Bench) -> Parts:
    """What can be measured, by name, in the order of the page.

    Args:
        bench: pictures and model.

    Example:
        >>> from pathlib import Path
        >>> list(parts(Bench(Path("/x"), Path("/y"))))
        ['names', 'places']
    """
    return {"names": lambda: names_section(bench), "places": lambda: places_section(bench)}


def names_section(bench: Bench) -> Section:
    """NEU and magnetic tiles named after a few labelled pictures of each class.

    Args:
        bench: pictures and model.

    Raises:
        InputError: pictures or model cannot be read.
        OSError: answers cannot be written.

    Example:
        >>> from pathlib import Path
        >>> names_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    figures: list[Figure] = []
    methods: list[str] = []
    for subject, subset, shots in ((FIVE, STRIP, 5), (ONE, STRIP, 1), (TEN, TILES, 10)):
        dataset = bench.pictures(subset)
        trial = TunedTrial(f"{subset}-{shots}", PARTS[subset], shots)
        answers = tuned_answers(bench, dataset, trial)
        figures += _named(bench, NAMED, subject, answers)
        taken = Counter(x.method for x in answers)
        methods.append(f"{subject}: {', '.join(f'{x} {n}' for x, n in taken.items())}")
        seconds = [x.seconds for x in answers]
        if shots == 5:
            figures.append(
                Figure(
                    NAMED, subject, SECONDS, bench.reference, float(np.median(seconds)),
                    len(seconds), unit="s", command=COMMAND,
                )
            )  # fmt: skip
    note = (
        f"{bench.draws} draws; `tune --method auto`, then `inspect` with the bundle on all others "
        "that share no group (near-duplicates, one part) with a labelled one; each class weighs "
        f"alike. Methods taken: {'; '.join(methods)}. Intervals are over groups and draws."
    )
    return Section(NAMED, note, tuple(figures))


def places_section(bench: Bench) -> Section:
    """Where defects of magnetic tiles are, after ten drawn masks of each and ten sound tiles.

    Args:
        bench: pictures and model.

    Raises:
        InputError: pictures or model cannot be read.
        OSError: answers cannot be written.

    Example:
        >>> from pathlib import Path
        >>> places_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    dataset = bench.pictures(TILES)
    trial = TunedTrial(f"{TILES}-masks", PARTS[TILES], 10, sound=True)
    answers = tuned_answers(bench, dataset, trial, pixels=True)
    tests = [x.judged for x in answers]
    drawn = drawn_groups(tests)
    figures = list(_named(bench, PLACED, MASKS, answers))
    image = image_figures(tests, drawn)
    figures.append(_figure(bench, PLACED, MASKS, "image AUROC", image["auroc"]))
    labels = sorted({y for x in tests for y in x.truth} - {NO_DEFECT})
    pixel = pixel_figures_of(tests, drawn)
    figures.append(_figure(bench, PLACED, MASKS, PIXEL_AUROC, pixel["auroc"]))
    figures.append(_figure(bench, PLACED, MASKS, "AUPRO", pixel["region_overlap_area"]))
    for label in labels:
        some = [
            x.chosen([i for i, y in enumerate(x.truth) if y in (label, NO_DEFECT)]) for x in tests
        ]
        found = pixel_figures_of(some, drawn_groups(some))
        figures.append(_figure(bench, PLACED, MASKS, f"{PIXEL_AUROC}, {label}", found["auroc"]))
    clean = [~x.defective for x in tests]
    for name, hits, among in (
        ("false alarms", [x.alarm for x in tests], clean),
        ("defects missed", [~x.alarm for x in tests], [x.defective for x in tests]),
    ):
        share = share_figure(tests, drawn, hits, among)
        if share is not None:
            figures.append(_figure(bench, PLACED, MASKS, name, share))
    note = (
        f"{bench.draws} draws; masks teach places, ten sound tiles the threshold (which promises "
        "1/11 false alarms). Pixels of all pictures together. Intervals are over groups and draws."
    )
    return Section(PLACED, note, tuple(figures))


def _named(
    bench: Bench, topic: str, subject: str, answers: Sequence[TunedAnswers]
) -> Iterator[Figure]:
    tests = [x.judged for x in answers]
    drawn = drawn_groups(tests)
    meant = {x: x for x in tests[0].sentences}
    pairs = [naming(x, meant) for x in tests]
    hits, among = [x[0] for x in pairs], [x[1] for x in pairs]
    right = share_figure(tests, drawn, hits, among, balanced=True)
    if right is not None:
        yield _figure(bench, topic, subject, RIGHT, right)
    every = share_figure(tests, drawn, hits, among)
    if every is not None:
        yield _figure(bench, topic, subject, f"{RIGHT}, every picture alike", every)
    for label in sorted(meant):
        its = [
            y & np.array([z == label for z in x.truth]) for x, y in zip(tests, among, strict=True)
        ]
        share = share_figure(tests, drawn, hits, its)
        if share is not None:
            yield _figure(bench, topic, subject, f"{RIGHT}, {label}", share)


def _figure(bench: Bench, topic: str, subject: str, name: str, found: Spanned) -> Figure:
    return Figure(
        topic, subject, name, bench.reference, found.value, found.n, found.low, found.high,
        how="tuned", command=COMMAND,
    )  # fmt: skip


def page_of(sections: Sequence[Section]) -> str:
    """The whole page: what is held, then every figure.

    Args:
        sections: measured.

    Example:
        >>> page_of([]).splitlines()[0]
        '# Few labelled pictures'
    """
    head = f"# Few labelled pictures\n\nMade by `{COMMAND}`.\n\n"
    return head + held_table(sections, AIMS) + "\n" + tables(sections, AIMS)


if __name__ == "__main__":
    bench_command("benches.surface.tune", "tune", parts, page_of, draws=10)
