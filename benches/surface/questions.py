"""What the built-in model of surfaces is asked on real pictures, and the figures that come of it.

No real picture and no figure measured here chose a weight, a threshold or a sentence; what was
looked at on the way stands in the model's card.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benches.surface.answers import (
    CASTINGS,
    COMMAND,
    STRIP,
    TILES,
    Bench,
    nearest_answers,
)
from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.meant import meant_by
from faultlens.datasets.pictures.picture import NO_DEFECT
from faultlens.evaluation.figures import OF_N, Figure, Section
from faultlens.evaluation.surface.floors import NEAREST
from faultlens.evaluation.surface.judged import JudgedPictures
from faultlens.evaluation.surface.picture_figures import (
    Spanned,
    drawn_groups,
    image_figures,
    naming,
    pixel_figures_of,
    share_figure,
)
from faultlens.evaluation.surface.trial import PictureTrial

PARAPHRASES = Path("recipes") / "benchmarks" / "surface_paraphrases.toml"

REFERENCES, CALIBRATION = 60, 100

NAMING = "Six defects of hot-rolled strip named by text alone"
OWN_WORDS, PARAPHRASED, CHINESE = (
    "NEU, the set's own words", "NEU, paraphrases, five sets", "NEU, a Chinese paraphrase"
)  # fmt: skip
TEXT = "Found by text alone"
SHOWN = f"Found with {REFERENCES} clean references"
TILE, CASTING = "magnetic tiles", "castings"
ALARMS = f"Threshold for 1 % false alarms, calibrated on {CALIBRATION} clean tiles"

RIGHT = "named rightly"
AUROC, PIXEL_AUROC, AUPRO = "image AUROC", "pixel AUROC", "AUPRO"
FALSE, MISSED = "false alarms on the other clean tiles", "defects missed"
CHANCE = "chance"

AIMS: dict[tuple[str, str, str], float] = {
    (NAMING, OWN_WORDS, RIGHT): 0.88,
    (NAMING, PARAPHRASED, RIGHT): 0.80,
    (TEXT, TILE, AUROC): 0.88,
    (SHOWN, TILE, AUROC): 0.92,
    (SHOWN, TILE, PIXEL_AUROC): 0.92,
    (SHOWN, TILE, AUPRO): 0.72,
    (SHOWN, CASTING, AUROC): 0.85,
    (ALARMS, TILE, FALSE): 0.02,
}
"""(topic, subject, name) -> what the figure is to reach: false alarms at most."""

OVER = "Intervals are over groups of pictures that show the same, and over draws where there are."

PARTS = {STRIP: "hot-rolled steel strip", TILES: "magnetic tile", CASTINGS: "casting"}


def read_surface_paraphrases(path: Path = PARAPHRASES) -> dict[str, dict[str, dict[str, str]]]:
    """Language -> draw -> true label -> the sentence that asks for it.

    Args:
        path: TOML file.

    Raises:
        UnreadableFileError: it cannot be read, or a draw lacks a name.

    Example:
        >>> read_surface_paraphrases(Path("/nowhere.toml"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.toml cannot be read: ...
    """
    try:
        with path.open("rb") as stream:
            read: dict[str, dict[str, dict[str, str]]] = tomllib.load(stream)
        wanted = {frozenset(x) for draws in read.values() for x in draws.values()}
        if len(wanted) != 1:
            raise ValueError("its draws name different defects")
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableFileError(f"{path} cannot be read: {error}.") from error
    return read


def naming_section(bench: Bench, paraphrases: Path = PARAPHRASES) -> Section:
    """Six defects of NEU by name: in the set's own words, and in five sets of other words.

    Args:
        bench: pictures and model.
        paraphrases: TOML file.

    Raises:
        InputError: pictures, model or paraphrases cannot be read.
        OSError: answers cannot be written.

    Example:
        >>> naming_section(Bench(Path("/x"), Path("/y")), Path("/nowhere.toml"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.toml cannot be read: ...
    """
    worded = read_surface_paraphrases(paraphrases)
    dataset = bench.pictures(STRIP)
    own = {x: x for x in dataset.defects}
    figures: list[Figure] = []
    for subject, name, sets in (
        (OWN_WORDS, "neu-own", [own]),
        (PARAPHRASED, "neu-paraphrase", list(worded["en"].values())[: bench.draws]),
        (CHINESE, "neu-zh", list(worded.get("zh", {}).values())),
    ):
        tests = []
        for number, words in enumerate(sets):
            asked = tuple(words[x] for x in dataset.defects)
            trial = PictureTrial(defects=asked, part=PARTS[STRIP])
            tests += bench.answers(f"{name}-{number}", dataset, trial, pixels=False)
        if tests:
            figures += _named(bench, subject, tests, sets, each=subject == OWN_WORDS)
    note = (
        f"{len(dataset.pictures)} pictures of 416 px, each of one defect; asked for the six names, "
        f"the likeliest counts. Part: '{PARTS[STRIP]}'. {OVER} A 3B vision-language model reaches "
        "21.7 % (Qwen2.5-VL-3B, zero-shot, 360 of these pictures)."
    )
    return Section(NAMING, note, tuple(figures))


def text_section(bench: Bench) -> Section:
    """Tiles by their five names, castings by the set of castings, without any reference.

    Args:
        bench: pictures and model.

    Raises:
        InputError: pictures or model cannot be read.
        OSError: answers cannot be written.

    Example:
        >>> text_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    figures: list[Figure] = []
    for subset, subject in ((TILES, TILE), (CASTINGS, CASTING)):
        dataset = bench.pictures(subset)
        trial = PictureTrial(defects=dataset.defects or None, part=PARTS[subset])
        tests = bench.answers(f"{subset}-text", dataset, trial)
        figures += _found(bench, TEXT, subject, tests)
        figures += _alarmed(bench, TEXT, subject, tests)
        if dataset.defects:
            words = meant_by(dataset.defects, tests[0].sentences)
            figures += _named(bench, subject, tests, [words], topic=TEXT)
    note = (
        "Tiles are asked for their five names, castings for the knowledge base's set of castings. "
        f"Alarms are at the threshold that ships, which comes from rendered pictures. {OVER}"
    )
    return Section(TEXT, note, tuple(figures))


def references_section(bench: Bench) -> Section:
    """Tiles and castings after `calibrate` on clean pictures of theirs, drawn several times.

    Args:
        bench: pictures and model.

    Raises:
        InputError: pictures or model cannot be read.
        OSError: answers cannot be written.

    Example:
        >>> references_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    figures: list[Figure] = []
    for subset, subject in ((TILES, TILE), (CASTINGS, CASTING)):
        dataset = bench.pictures(subset)
        trial = PictureTrial(
            defects=dataset.defects or None,
            part=PARTS[subset],
            references=REFERENCES,
            draws=bench.draws,
        )
        tests = bench.answers(f"{subset}-{REFERENCES}", dataset, trial)
        figures += _found(bench, SHOWN, subject, tests)
        nearest = nearest_answers(dataset, tests, REFERENCES)
        drawn = drawn_groups(nearest)
        area = image_figures(nearest, drawn)["auroc"]
        figures.append(_figure(SHOWN, subject, AUROC, NEAREST, area))
        if dataset.defects:
            words = meant_by(dataset.defects, tests[0].sentences)
            figures += _named(bench, subject, tests, [words] * len(tests), topic=SHOWN)
    note = (
        f"{bench.draws} draws of {REFERENCES} clean pictures, one to a group; what shares a group "
        f"with a reference is left out of the test; n counts all draws. {OVER}"
    )
    return Section(SHOWN, note, tuple(figures))


def alarms_section(bench: Bench) -> Section:
    """False alarms and misses on tiles at a threshold that clean tiles gave.

    Args:
        bench: pictures and model.

    Raises:
        InputError: pictures or model cannot be read.
        OSError: answers cannot be written.

    Example:
        >>> alarms_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    dataset = bench.pictures(TILES)
    trial = PictureTrial(
        defects=dataset.defects,
        part=PARTS[TILES],
        references=CALIBRATION,
        false_alarms=0.01,
        draws=bench.draws,
    )
    tests = bench.answers(f"{TILES}-{CALIBRATION}", dataset, trial, pixels=False)
    levels = ", ".join(f"{x.threshold:.3f}" for x in tests)
    note = (
        f"{bench.draws} draws of {CALIBRATION} clean tiles, one to a group, into `calibrate`, "
        f"which sets threshold and references; thresholds {levels}. n counts all draws. {OVER}"
    )
    return Section(ALARMS, note, tuple(_alarmed(bench, ALARMS, TILE, tests)))


def _found(
    bench: Bench, topic: str, subject: str, tests: Sequence[JudgedPictures]
) -> Iterator[Figure]:
    model, drawn = bench.reference, drawn_groups(tests)
    image = image_figures(tests, drawn)
    yield _figure(topic, subject, AUROC, model, image["auroc"])
    yield _figure(topic, subject, "image average precision", model, image["average_precision"])
    yield _figure(topic, subject, "image F1-max", model, image["best_f1"])
    labels = sorted({y for x in tests for y in x.truth} - {NO_DEFECT})
    for label in labels if len(labels) > 1 else ():
        some = [_only(x, label) for x in tests]
        area = image_figures(some, drawn_groups(some))["auroc"]
        yield _figure(topic, subject, f"{AUROC}, {label}", model, area)
    if pixel := pixel_figures_of(tests, drawn):
        yield _figure(topic, subject, PIXEL_AUROC, model, pixel["auroc"])
        yield _figure(topic, subject, AUPRO, model, pixel["region_overlap_area"])
        yield _figure(topic, subject, "pixel average precision", model, pixel["average_precision"])
        yield _figure(topic, subject, "pixel F1-max", model, pixel["best_f1"])


def _alarmed(
    bench: Bench, topic: str, subject: str, tests: Sequence[JudgedPictures]
) -> Iterator[Figure]:
    model, drawn = bench.reference, drawn_groups(tests)
    clean = [~x.defective for x in tests]
    name = FALSE if topic == ALARMS else "false alarms"
    false = share_figure(tests, drawn, [x.alarm for x in tests], clean)
    if false is not None:
        yield _figure(topic, subject, name, model, false, unit=OF_N)
    missed = [~x.alarm for x in tests]
    rows: dict[str, list[np.ndarray]] = {MISSED: [x.defective for x in tests]}
    labels = sorted({y for x in tests for y in x.truth} - {NO_DEFECT})
    for label in labels if len(labels) > 1 else ():
        rows[f"{MISSED}, {label}"] = [np.array([y == label for y in x.truth]) for x in tests]
    for told, among in rows.items():
        share = share_figure(tests, drawn, missed, among)
        if share is not None:
            yield _figure(topic, subject, told, model, share, unit=OF_N)


def _named(
    bench: Bench,
    subject: str,
    tests: Sequence[JudgedPictures],
    words: Sequence[Mapping[str, str]],
    *,
    topic: str = NAMING,
    each: bool = True,
) -> Iterator[Figure]:
    drawn = drawn_groups(tests)
    pairs = [naming(x, y) for x, y in zip(tests, words, strict=True)]
    hits, among = [x[0] for x in pairs], [x[1] for x in pairs]
    right = share_figure(tests, drawn, hits, among, balanced=True)
    if right is None:
        return
    yield _figure(topic, subject, RIGHT, bench.reference, right)
    chance = 1 / len(tests[0].sentences)
    yield Figure(topic, subject, RIGHT, CHANCE, chance, right.n, command=COMMAND)
    if len(tests) > 1 and topic == NAMING:
        yield from _one_by_one(bench, topic, subject, tests, hits, among)
    for label in sorted(words[0]) if each else ():
        its = [
            y & np.array([z == label for z in x.truth]) for x, y in zip(tests, among, strict=True)
        ]
        share = share_figure(tests, drawn, hits, its)
        if share is not None:
            yield _figure(topic, subject, f"{RIGHT}, {label}", bench.reference, share)


def _one_by_one(
    bench: Bench,
    topic: str,
    subject: str,
    tests: Sequence[JudgedPictures],
    hits: Sequence[np.ndarray],
    among: Sequence[np.ndarray],
) -> Iterator[Figure]:
    for number, (test, hit, counted) in enumerate(zip(tests, hits, among, strict=True), start=1):
        share = share_figure([test], drawn_groups([test]), [hit], [counted], balanced=True)
        if share is not None:
            yield _figure(topic, subject, f"{RIGHT}, set {number}", bench.reference, share)


def _only(judged: JudgedPictures, label: str) -> JudgedPictures:
    return judged.chosen([i for i, x in enumerate(judged.truth) if x in (label, NO_DEFECT)])


def _figure(
    topic: str, subject: str, name: str, model: str, found: Spanned, *, unit: str = ""
) -> Figure:
    return Figure(
        topic, subject, name, model, found.value, found.n, found.low, found.high,
        unit=unit, command=COMMAND,
    )  # fmt: skip
