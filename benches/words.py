"""Figures on words: sentences that nobody trained on, alone and against simulated recordings."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.topics import ASKED, PARAPHRASES, TOP_1
from faultlens.core.errors import UnreadableFileError
from faultlens.core.progress import progress
from faultlens.evaluation.figures import Figure, Section
from faultlens.metrics.intervals import bootstrap_interval, share_interval
from faultlens.models.training_free import class_of
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.vibration import encode_vibration
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.draw import draw_recording
from faultlens.text.knowledge import fault

SAYINGS, NAMES = "sayings of the knowledge base", "one name each"
"""What sentences are compared with."""

CLASS_NAMES = {
    "healthy": "healthy bearing",
    "outer_race": "outer race fault",
    "inner_race": "inner race fault",
    "rolling_element": "ball fault",
    "cage": "cage fault",
}
"""Class of a bearing -> the name that stands for it where one name must do."""

LANGUAGES = {"en": "English", "zh": "Chinese"}

EACH = 20
"""Simulated recordings per class."""

FIRST_SEED = 9_000_000
"""Far from the seeds of every recipe."""

SNR_DB = (5.0, 15.0)
SECONDS = 2.0

ASKINGS = 20
"""Draws of five sentences, one per class, for each recording and language."""

RIGHT = "the right sentence wins"

Sentences = Mapping[str, Sequence[str]]
"""Class -> sentences that mean it."""


def read_paraphrases(path: str | Path) -> dict[str, dict[str, Sentences]]:
    """Held-out sentences: world ("bearing", "surface"), language, class.

    Raises:
        UnreadableFileError: no such file, or it is not TOML.

    Example:
        >>> read_paraphrases("/nowhere/paraphrases.toml")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/paraphrases.toml cannot be read: ...
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error}. It lies in the repository, under recipes/benchmarks."
        ) from error


def paraphrase_section(tower: Model, held_out: Mapping[str, Mapping[str, Sentences]]) -> Section:
    """How often a sentence is nearest to what it means.

    Args:
        tower: the text tower.
        held_out: world -> language -> class -> sentences.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> held_out = {"bearing": {"en": {x: [x.replace("_", " ")] for x in CLASS_NAMES}}}
        >>> section = paraphrase_section(load_model("builtin/text"), held_out)
        >>> [(x.name, x.n) for x in section.figures if x.how == NAMES][:2]
        [('top-1', 5), ('healthy', 1)]
    """
    figures: list[Figure] = []
    for lang, sentences in held_out.get("bearing", {}).items():
        points, truth = _encoded(tower, sentences)
        ways = {SAYINGS: _sayings(tower, list(sentences)), NAMES: _names(tower, sentences)}
        for how, prototypes in ways.items():
            figures += _top_1(f"bearings, {LANGUAGES[lang]}", how, tower, points @ prototypes.T,
                              truth, list(sentences))  # fmt: skip
    for lang, sentences in held_out.get("surface", {}).items():
        points, truth = _encoded(tower, sentences)
        figures += _top_1(f"metal surfaces, {LANGUAGES[lang]}", NAMES, tower,
                          points @ _names(tower, sentences).T, truth, list(sentences))  # fmt: skip
    note = (
        "Held out by phrase (recipes/benchmarks/paraphrases.toml): highest cosine with a class's "
        "sayings in the knowledge base, English and Chinese, or with its English name alone "
        f"({', '.join(CLASS_NAMES.values())}; of surfaces: no defect, crack, ...). n counts "
        "sentences, [95 % intervals] are over sentences."
    )
    return Section(PARAPHRASES, note, tuple(figures))


def asked_section(
    model: Model, held_out: Mapping[str, Sentences], *, each: int = EACH, quiet: bool = False
) -> Section:
    """How often, of five sentences, the true one is nearest to a simulated recording.

    Args:
        model: of vibration; its own text tower encodes the sentences.
        held_out: language -> class of a bearing -> sentences.
        each: simulated recordings per class.
        quiet: no progress bar.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> held_out = {"en": {key: [name] for key, name in CLASS_NAMES.items()}}
        >>> section = asked_section(load_model("builtin/bearing"), held_out, each=1, quiet=True)
        >>> [(x.name, x.n) for x in section.figures][:2]
        [('the right sentence wins', 5), ('healthy', 1)]
    """
    keys = list(CLASS_NAMES)
    truth = [key for key in keys for _ in range(each)]
    points = np.concatenate(
        [
            encode_vibration(model, [_simulated(key, FIRST_SEED + i)])
            for i, key in progress(
                list(enumerate(truth)), label="Simulated recordings", quiet=quiet
            )
        ]
    )
    figures: list[Figure] = []
    for lang, sentences in held_out.items():
        rng = np.random.default_rng(FIRST_SEED)
        encoded = {key: model.encode_text(sentences[key]) for key in keys}
        wins = np.zeros(len(truth))
        for _ in range(ASKINGS):
            # A set of five for each recording: (recording, class, dim).
            asked = np.stack(
                [encoded[key][rng.integers(0, len(encoded[key]), len(truth))] for key in keys],
                axis=1,
            )
            nearest = np.einsum("rd,rcd->rc", points, asked).argmax(axis=1)
            wins += [keys[k] == true for k, true in zip(nearest, truth, strict=True)]
        figures += _rows(ASKED, LANGUAGES[lang], RIGHT, "", model, wins / ASKINGS, truth)
    note = (
        f"Simulated recordings of {SECONDS:g} s, signal to noise {SNR_DB[0]:g} to {SNR_DB[1]:g} "
        f"dB, speed and bearing known, {each} per class; each is asked {ASKINGS} times with five "
        "held-out sentences, one per class, by the cosine of encode with encode_text. n counts "
        "recordings, [95 % intervals] are over recordings; one in five is chance."
    )
    return Section(ASKED, note, tuple(figures))


def _simulated(key: str, seed: int) -> Signal:
    families = class_of(fault(key))
    return draw_recording(seed, fault_families=families, seconds=SECONDS, snr_db=SNR_DB).signal


def _encoded(tower: Model, sentences: Sentences) -> tuple[NDArray[np.float32], list[str]]:
    truth = [key for key, its in sentences.items() for _ in its]
    return tower.encode_text(list(chain.from_iterable(sentences.values()))), truth


def _sayings(tower: Model, keys: Sequence[str]) -> NDArray[np.float32]:
    """(class, dim) mean of what the knowledge base says of each, less what all share."""
    means = np.stack([tower.encode_text(list(fault(x).sayings())).mean(axis=0) for x in keys])
    units = _units(means)
    return _units(units - units.mean(axis=0))


def _names(tower: Model, keys: Sentences) -> NDArray[np.float32]:
    return tower.encode_text([CLASS_NAMES.get(key, key.replace("_", " ")) for key in keys])


def _top_1(
    subject: str,
    how: str,
    tower: Model,
    cosines: NDArray[np.floating],
    truth: Sequence[str],
    keys: Sequence[str],
) -> Iterator[Figure]:
    wins = [keys[k] == true for k, true in zip(cosines.argmax(axis=1), truth, strict=True)]
    return _rows(PARAPHRASES, subject, TOP_1, how, tower, np.array(wins, dtype=float), truth)


def _rows(
    topic: str,
    subject: str,
    name: str,
    how: str,
    model: Model,
    wins: NDArray[np.float64],
    truth: Sequence[str],
) -> Iterator[Figure]:
    """The share of wins, of all and per class."""
    labels = np.array(truth)
    for each in (None, *dict.fromkeys(truth)):
        its = wins if each is None else wins[labels == each]
        strata = truth if each is None else [each] * len(its)
        low, high = _interval(its, strata)
        yield Figure(topic, subject, name if each is None else each.replace("_", " "),
                     model.reference, float(its.mean()), len(its), low, high, how=how)  # fmt: skip


def _interval(wins: NDArray[np.float64], strata: Sequence[str]) -> tuple[float, float]:
    if wins.min() == wins.max() and wins[0] in (0, 1):
        # Drawing again shows nothing that was never seen.
        return share_interval(len(wins) if wins[0] else 0, len(wins))
    return bootstrap_interval(
        lambda index: float(wins[index].mean()), [str(x) for x in range(len(wins))], strata=strata
    )


def _units(points: NDArray[np.float32]) -> NDArray[np.float32]:
    scaled: NDArray[np.float32] = points / np.linalg.norm(points, axis=1, keepdims=True)
    return scaled
