"""When the name of a defect is believed: thresholds of each class, from labelled confusions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice

LEAST_SHARE = 1e-4
"""Shares are no less: a model's certainty beyond that is not to be trusted."""

HARDLY_APART = 0.3
"""Share of the labelled pictures of two classes, either way, of which the name of the other would
be possible too, from which on the two count as hardly told apart."""

SEVERAL, NONE = -2, -1
"""Columns of `ClassThresholds.said` after those of the classes: several names fit, or none does."""

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class ClassThresholds:
    """What labelled pictures teach of the names that a model gives.

    A name is possible where its share reaches the threshold of its class: the class itself would
    fall below it only so often. Where one name is possible it is given; where several are, a guess
    is not made.

    Args:
        labels: sentences that are asked for, in their order.
        temperature: the log of shares is divided by it.
        offsets: added to the log of the share of each class, nats; 0 where nothing was labelled.
        thresholds: share of each class, so calibrated, from which its name is possible; 0 where
            nothing was labelled.
        samples: labelled pictures behind each, near-duplicates counted once.
        missed: share of its pictures whose own name each class will miss, as can be promised;
            1 where nothing was labelled.
        wanted: share that was asked for.
        said: (class, class + 2) labelled pictures of each class by what is said of them: one name
            alone, several, or none; each judged by thresholds that it had no part in.
        possible: (class, class) the same by every name that was possible.
    """

    labels: tuple[str, ...]
    temperature: float
    offsets: tuple[float, ...]
    thresholds: tuple[float, ...]
    samples: tuple[int, ...]
    missed: tuple[float, ...]
    wanted: float
    said: tuple[tuple[int, ...], ...]
    possible: tuple[tuple[int, ...], ...]

    def in_order(self, labels: Sequence[str]) -> "ClassThresholds | None":
        """The same for sentences in another order; None where they are others.

        Args:
            labels: sentences that are asked for.
        """
        if sorted(labels) != sorted(self.labels):
            return None
        place = [self.labels.index(x) for x in labels]
        said = [[row[i] for i in (*place, SEVERAL, NONE)] for row in self.said]
        return ClassThresholds(
            labels=tuple(labels),
            temperature=self.temperature,
            offsets=tuple(self.offsets[i] for i in place),
            thresholds=tuple(self.thresholds[i] for i in place),
            samples=tuple(self.samples[i] for i in place),
            missed=tuple(self.missed[i] for i in place),
            wanted=self.wanted,
            said=tuple(tuple(said[i]) for i in place),
            possible=tuple(tuple(self.possible[i][j] for j in place) for i in place),
        )

    def calibrated(self, names: Floats) -> Floats:
        """Shares of the names as labelled pictures correct them; their sum stays what it was.

        Args:
            names: (class, ...) probability of each name, given an anomaly.
        """
        return calibrated_names(names, self.temperature, self.offsets)

    def candidates(self, scores: Mapping[str, float]) -> tuple[str, ...]:
        """The names that are possible, likeliest first: one is a name, several are a doubt.

        Args:
            scores: label -> its probability, of all `labels`.
        """
        ordered = [float(scores.get(x, 0.0)) for x in self.labels]
        total = sum(ordered)
        if total <= 0:
            return ()
        which = possible_names([x / total for x in ordered], self.thresholds, self.samples)
        return tuple(self.labels[i] for i in which)

    def hardly_apart(self) -> tuple[tuple[str, str, int, int], ...]:
        """Pairs of classes that are hardly told apart, the worst first.

        Returns:
            of each both labels, how many pictures of either fit the other too, and how many there
            are.
        """
        found = []
        for i, one in enumerate(self.labels):
            for j, other in enumerate(self.labels[i + 1 :], start=i + 1):
                mixed = self.possible[i][j] + self.possible[j][i]
                both = self.samples[i] + self.samples[j]
                if min(self.samples[i], self.samples[j]) and mixed >= HARDLY_APART * both:
                    found.append((one, other, mixed, both))
        return tuple(sorted(found, key=lambda x: (-x[2] / x[3], x[:2])))

    def notice(self, candidates: Sequence[str]) -> Notice:
        """Why no name was given, in words.

        Args:
            candidates: none, or several names, of `candidates`.
        """
        if not candidates:
            return Notice(
                en="No name is given: the defect looks like none of the labelled ones enough.",
                zh="未给出缺陷名称：与已标注的各类缺陷都不够相似。",
            )
        named = " or ".join(f"'{x}'" for x in candidates)
        named_zh = "或".join(f"“{x}”" for x in candidates)
        apart = [x for x in self.hardly_apart() if {x[0], x[1]} <= set(candidates)]
        why, why_zh = ("the picture fits both", "图像与它们都相符")
        if apart:
            one, other, mixed, both = apart[0]
            why = f"of {both} labelled pictures of '{one}' and '{other}' {mixed} fit the other too"
            why_zh = f"“{one}”和“{other}”的 {both} 张标注图像中有 {mixed} 张也符合另一类"
        elif len(candidates) > 2:
            why, why_zh = "the picture fits all of them", "图像与它们都相符"
        return Notice(
            en=f"A defect, {named}: not told apart ({why}).",
            zh=f"有缺陷，{named_zh}：无法区分（{why_zh}）。",
        )


def class_thresholds_of(table: Mapping[str, Any]) -> ClassThresholds:
    """The thresholds that a profile holds, every number checked.

    Args:
        table: fields of `ClassThresholds`, as JSON holds them.

    Raises:
        ValueError: a field is missing or too much, or a number is none or out of its range.

    Example:
        >>> class_thresholds_of({"labels": ["crack"]})
        Traceback (most recent call last):
            ...
        ValueError: its class thresholds lack missed, offsets, possible, said, samples, ...
    """
    known = {x.name for x in fields(ClassThresholds)}
    if odd := sorted(known ^ set(table)):
        lacking = not set(odd) - known
        raise ValueError(f"its class thresholds {'lack' if lacking else 'hold'} {', '.join(odd)}")
    try:
        made = ClassThresholds(
            labels=tuple(table["labels"]),
            temperature=float(table["temperature"]),
            offsets=tuple(float(x) for x in table["offsets"]),
            thresholds=tuple(float(x) for x in table["thresholds"]),
            samples=tuple(int(x) for x in table["samples"]),
            missed=tuple(float(x) for x in table["missed"]),
            wanted=float(table["wanted"]),
            said=tuple(tuple(int(y) for y in x) for x in table["said"]),
            possible=tuple(tuple(int(y) for y in x) for x in table["possible"]),
        )
    except (TypeError, OverflowError) as error:
        raise ValueError(f"its class thresholds are none: {error}") from error
    count = len(made.labels)
    rows = (made.offsets, made.thresholds, made.samples, made.missed, made.said, made.possible)
    widths = [(x, count + 2) for x in made.said] + [(x, count) for x in made.possible]
    if any(len(x) != count for x in rows) or any(len(x) != width for x, width in widths):
        raise ValueError(f"its class thresholds are not of {count} classes")
    shares = np.array([*made.thresholds, *made.missed, made.wanted])
    counts = [*made.samples, *chain(*made.said), *chain(*made.possible)]
    if not (
        all(isinstance(x, str) for x in made.labels)
        and np.isfinite([made.temperature, *made.offsets]).all()
        and made.temperature > 0
        and ((shares >= 0) & (shares <= 1)).all()
        and min(counts, default=0) >= 0
    ):
        raise ValueError("a number of its class thresholds is out of its range")
    return made


def calibrated_names(
    names: Floats, temperature: float, offsets: Sequence[float] | Floats
) -> Floats:
    """Shares of names with the log of each divided by a temperature and moved by an offset.

    Args:
        names: (class, ...) shares; their sum is at most 1 and stays what it was.
        temperature: positive.
        offsets: of each class, nats.

    Returns:
        (class, ...) shares.

    Source:
        Guo et al., On Calibration of Modern Neural Networks (ICML 2017): vector scaling, with one
        temperature for all classes.

    Example:
        >>> calibrated_names(np.array([0.6, 0.2]), 1.0, [0.0, np.log(3)]).round(3).tolist()
        [0.4, 0.4]
    """
    shares = np.asarray(names, dtype=np.float64)
    total = shares.sum(axis=0)
    logs = np.log(np.maximum(shares / np.maximum(total, LEAST_SHARE), LEAST_SHARE)) / temperature
    moved = logs + np.asarray(offsets, dtype=np.float64).reshape(-1, *[1] * (shares.ndim - 1))
    powers = np.exp(moved - moved.max(axis=0))
    made: Floats = total * powers / powers.sum(axis=0)
    return made


def possible_names(
    shares: Sequence[float], thresholds: Sequence[float], samples: Sequence[int]
) -> tuple[int, ...]:
    """Which names are possible, likeliest first.

    A class of which nothing was labelled is possible where it is the likeliest: that is all that
    is known of it.

    Args:
        shares: of each class, summing to 1.
        thresholds: of each class.
        samples: labelled pictures of each class.

    Source:
        Sadinle, Lei, Wasserman, Least ambiguous set-valued classifiers with bounded error levels,
        J. Am. Stat. Assoc. 114 (2019): a threshold per class.

    Example:
        >>> possible_names([0.5, 0.4, 0.1], [0.3, 0.3, 0.0], [9, 9, 0])
        (0, 1)
    """
    ordered = sorted(range(len(shares)), key=lambda i: -shares[i])
    return tuple(
        i
        for place, i in enumerate(ordered)
        if (shares[i] >= thresholds[i] if samples[i] else place == 0)
    )
