"""Figures on real bearings, learned model and rule side by side: types, detection, alarms."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from benches.intervals import (
    OfDraw,
    area,
    balanced_share,
    calibration_error,
    over_recordings,
    share_over_recordings,
)
from benches.topics import (
    ALARMS,
    ALL_RIGS,
    ANY,
    BALANCED,
    BALL,
    CALIBRATION,
    DETECTION,
    ERROR,
    FALSE,
    HEALTHY_RIGS,
    INNER,
    MINUS_RULE,
    NOTHING_KNOWN,
    OUTER,
    SPEED_KNOWN,
    TYPES,
    WHOLE,
)
from benches.windows import (
    FAULT_KEYS,
    LEARNED,
    NOTHING,
    RULE,
    SPEED,
    WINDOW_S,
    WINDOWS_PER_RECORDING,
    Judged,
    chosen,
)
from faultlens.evaluation.figures import OF_N, Figure, Section
from faultlens.metrics.calibration import reliability

RECALLS = {OUTER: "outer", INNER: "inner", BALL: "ball"}
HEALTHY = "healthy"
FULL_SET = "balanced accuracy, asked for the whole knowledge base"
DETECTED = "fault against healthy, area under the ROC"

ByModel = Mapping[str, Sequence[Judged]]
"""Reference of a model -> its judgements; every model judged the same windows in the same order."""


def bearing_sections(judged: Sequence[Judged]) -> list[Section]:
    """All tables on real bearings.

    Args:
        judged: windows and whole recordings, by every model.

    Example:
        >>> from benches.windows import BOTH
        >>> one = Judged("our rig", "our rig/1", "outer", "mine@1", BOTH, False, "outer",
        ...              "outer_race", "outer_race", 0.9, 0.9, alarm=True, threshold=0.5)
        >>> [section.topic for section in bearing_sections([one])]
        ['Fault type, forced choice of three', ...]
    """
    windows, whole = chosen(judged), chosen(judged, whole=True)
    sections = [
        Section(
            TYPES,
            f"Outer race, inner race or ball; windows of {WINDOW_S:g} s, up to "
            f"{WINDOWS_PER_RECORDING} per recording; n counts windows, [95 % intervals] are over "
            "recordings.",
            tuple(_types(TYPES, windows)),
        ),
        _less_known(SPEED_KNOWN, chosen(judged, known=SPEED)),
        _less_known(NOTHING_KNOWN, chosen(judged, known=NOTHING)),
        Section(
            DETECTION,
            "Against the healthy windows of all rigs together, by the probability of any fault; n "
            "counts the healthy windows too.",
            tuple(_detection(windows)),
        ),
        Section(ALARMS, _thresholds(windows), tuple(_alarms(ALARMS, windows))),
        Section(
            WHOLE,
            "The same recordings, each judged once from its first sample to its last; n counts "
            "recordings.",
            (*_types(WHOLE, whole), *_alarms(WHOLE, whole)),
        ),
        _calibration(windows),
    ]
    return [section for section in sections if section.figures]


def _types(topic: str, models: ByModel) -> Iterator[Figure]:
    for rig in _rigs(models):
        faulty = {model: _of_rig(rows, rig) for model, rows in models.items()}
        yield from _shares(topic, rig, BALANCED, faulty, _named_rightly, minus=True)
        for name, label in RECALLS.items():
            yield from _shares(topic, rig, name, _labelled(faulty, label), _named_rightly)
        yield from _shares(topic, rig, FULL_SET, faulty, lambda x: x.best == FAULT_KEYS[x.label])


def _less_known(topic: str, models: ByModel) -> Section:
    figures: list[Figure] = []
    healthy = {model: [x for x in rows if x.label == HEALTHY] for model, rows in models.items()}
    for rig in _rigs(models):
        faulty = {model: _of_rig(rows, rig) for model, rows in models.items()}
        figures += _shares(topic, rig, BALANCED, faulty, _named_rightly)
        for name, label in RECALLS.items():
            figures += _shares(topic, rig, name, _labelled(faulty, label), _named_rightly)
        figures += _areas(topic, rig, DETECTED, faulty, healthy)
        figures += _shares(topic, rig, "alarmed", faulty, lambda x: x.alarm)
    figures += _shares(topic, HEALTHY_RIGS, FALSE, healthy, lambda x: x.alarm, unit=OF_N)
    note = "The rule needs speed and bearing; the learned model judges alone. Windows as above."
    return Section(topic, note, tuple(figures))


def _detection(models: ByModel) -> Iterator[Figure]:
    healthy = {model: [x for x in rows if x.label == HEALTHY] for model, rows in models.items()}
    for rig in (*_rigs(models), ALL_RIGS):
        faulty = {model: _of_rig(rows, rig) for model, rows in models.items()}
        yield from _areas(DETECTION, rig, ANY, faulty, healthy, minus=True)
        for name in RECALLS.values():
            yield from _areas(DETECTION, rig, name, _labelled(faulty, name), healthy)


def _thresholds(models: ByModel) -> str:
    stated = [f"{model} alarms above {rows[0].threshold:.4f}" for model, rows in models.items()]
    return (
        f"Without a profile: {', '.join(stated)}; both from simulated healthy machines. Recall is "
        "the share of windows that alarm, whatever fault is named."
    )


def _alarms(topic: str, models: ByModel) -> Iterator[Figure]:
    quiet = list(dict.fromkeys(x.rig for x in _any(models) if x.label == HEALTHY))
    for rig in (*quiet, HEALTHY_RIGS):
        rows = {
            model: [x for x in its if x.label == HEALTHY and rig in (x.rig, HEALTHY_RIGS)]
            for model, its in models.items()
        }
        yield from _shares(topic, rig, FALSE, rows, lambda x: x.alarm, unit=OF_N)
    for rig in _rigs(models):
        faulty = {model: _of_rig(its, rig) for model, its in models.items()}
        for name, label in RECALLS.items():
            its_own = _labelled(faulty, label)
            yield from _shares(topic, rig, _alarmed(topic, name), its_own, lambda x: x.alarm)


def _alarmed(topic: str, name: str) -> str:
    """Where types stand in the same table, a recall says which it is."""
    return name if topic == ALARMS else f"{name} at the shipped threshold"


def _calibration(models: ByModel) -> Section:
    figures, lines = [], []
    for model, rows in models.items():
        value, low, high = over_recordings(calibration_error(rows), rows)
        stated = sum(x.confidence for x in rows) / len(rows)
        share = sum(x.right for x in rows) / len(rows)
        figures += [
            Figure(CALIBRATION, ALL_RIGS, ERROR, model, value, len(rows), low, high),
            Figure(CALIBRATION, ALL_RIGS, "mean confidence", model, stated, len(rows)),
            Figure(CALIBRATION, ALL_RIGS, "share right", model, share, len(rows)),
        ]
        for each in reliability([x.confidence for x in rows], [x.right for x in rows]):
            lines.append(
                f"| {model.partition('@')[0]} | {each.low:.1f} to {each.high:.1f} | "
                f"{each.samples} | {each.confidence:.3f} | {each.accuracy:.3f} |"
            )
    head = "| model | confidence | windows | mean confidence | share right |\n|---|---|---|---|---|"
    note = (
        "All windows, healthy ones too: probability of what is held likeliest of the knowledge "
        "base's set, healthy and unknown included, in 10 bins of equal width."
    )
    return Section(CALIBRATION, note, tuple(figures), "\n".join([head, *lines]))


def _shares(
    topic: str,
    subject: str,
    name: str,
    models: ByModel,
    hit: Callable[[Judged], bool],
    *,
    unit: str = "",
    minus: bool = False,
) -> Iterator[Figure]:
    """The share of hits of each model, and how much more the learned one has than the rule."""
    of_draw: dict[str, OfDraw] = {}
    for model, rows in models.items():
        if rows:
            hits = [hit(x) for x in rows]
            of_draw[model] = balanced_share(rows, hits)
            value, low, high = share_over_recordings(rows, hits)
            yield Figure(topic, subject, name, model, value, len(rows), low, high, unit=unit)
    if minus:
        yield from _difference((topic, subject, name), models, of_draw)


def _areas(
    topic: str, subject: str, name: str, faulty: ByModel, healthy: ByModel, *, minus: bool = False
) -> Iterator[Figure]:
    """The area under the ROC of each model, and how much more the learned one has."""
    both = {model: [*rows, *healthy[model]] for model, rows in faulty.items()}
    of_draw: dict[str, OfDraw] = {}
    for model, rows in both.items():
        if faulty[model] and healthy[model]:
            of_draw[model] = area(rows)
            value, low, high = over_recordings(of_draw[model], rows)
            yield Figure(topic, subject, name, model, value, len(rows), low, high)
    if minus:
        yield from _difference((topic, subject, name), both, of_draw)


def _difference(
    key: tuple[str, str, str], models: ByModel, of_draw: Mapping[str, OfDraw]
) -> Iterator[Figure]:
    named = {model.partition("@")[0]: model for model in of_draw}
    if LEARNED in named and RULE in named:
        learned, rule = of_draw[named[LEARNED]], of_draw[named[RULE]]
        rows = models[named[LEARNED]]
        value, low, high = over_recordings(lambda index: learned(index) - rule(index), rows)
        yield Figure(*key, named[LEARNED], value, len(rows), low, high, how=MINUS_RULE)


def _named_rightly(judged: Judged) -> bool:
    return judged.forced == judged.label


def _any(models: ByModel) -> Iterable[Judged]:
    """The windows, as any of the models judged them."""
    return next(iter(models.values()), ())


def _rigs(models: ByModel) -> list[str]:
    return list(dict.fromkeys(x.rig for x in _any(models) if x.label != HEALTHY))


def _of_rig(rows: Sequence[Judged], rig: str) -> list[Judged]:
    return [x for x in rows if x.label != HEALTHY and rig in (x.rig, ALL_RIGS)]


def _labelled(models: ByModel, label: str) -> ByModel:
    return {model: [x for x in rows if x.label == label] for model, rows in models.items()}
