"""A model trained on windows as a judge: every window counts, and its classes are what it tells."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput
from faultlens.inputs.windowed import prepare_windowed
from faultlens.models import shipped
from faultlens.models.training_free import HEALTHY, UNKNOWN, Families, families_of, place_of
from faultlens.runtimes.judge import AbstractJudge, Judgement, Meanings, outside_points
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.window_bundle import (
    WindowFacts,
    named_point,
    window_facts,
    window_points,
    windows_in,
)
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Bearing, Signal
from faultlens.text.knowledge import Fault
from faultlens.text.own_words import class_faults
from faultlens.text.spelling import plain

NO_HEALTHY = Notice(
    en="The model was trained without healthy recordings and takes every one for a fault that it "
    "knows, or for unknown: an alarm of it means little. Train it with healthy recordings too.",
    zh="该模型训练时没有健康样本，会把任何记录判为某种已知故障或无法判定，其报警意义不大。"
    "请加入健康样本重新训练。",
)


@final
class WindowJudge(AbstractJudge):
    """Compares the windows of a recording with the sentences of the classes it was trained on.

    Args:
        model: a bundle that `faultlens export` wrote.

    Raises:
        BundleError: it does not say how windows are judged.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.facts = window_facts(model)
        classes = model.bundle.classes
        meant = class_faults(classes)
        self._of_class = meant
        self._by_word = {
            plain(name): each for name, each in zip(classes, meant, strict=True) if each
        }
        self._places = tuple(UNKNOWN if x is None else place_of(x) for x in meant)
        distinct = {place_of(x): x for x in meant if x is not None}
        super().__init__(
            model.reference, _meanings(model, self.facts, meant), tuple(distinct.values())
        )

    def prepare(
        self,
        payload: Signal | Recording,
        *,
        shaft_rpm: float | ArrayLike | None = None,
        bearing: Bearing | None = None,
        speed_tolerance: float = SPEED_TOLERANCE,
    ) -> VibrationInput:
        """See `AbstractJudge.prepare`."""
        return prepare_windowed(
            payload,
            self.facts.preparation,
            shaft_rpm=shaft_rpm,
            bearing=bearing,
            speed_tolerance=speed_tolerance,
        )

    def by_word(self, sentence: str) -> Fault | None:
        """See `AbstractJudge.by_word`."""
        return self._by_word.get(plain(sentence))

    def told(self, fault: Fault) -> Notice | None:
        """See `AbstractJudge.told`.

        Raises:
            UsageError: it has no class for the fault and is not asked in words.
        """
        if fault.is_healthy or place_of(fault) in self._places:
            return None
        known = ", ".join(self.model.bundle.classes)
        if self.model.bundle.text is None:
            raise UsageError(
                f"{self.reference} was not trained on {fault.names.en}; it tells {known}. Leave it "
                "out, or train with recordings of it."
            )
        return Notice(
            en=f"The model was not trained on {fault.names.en}: it is told by the likeness of its "
            f"sentence alone, which is much less sure. It was trained on {known}.",
            zh=f"模型训练时没有“{fault.names.zh}”的样本：仅按语句相似度判断，可靠性低得多。"
            f"训练过的类别：{known}。",
        )

    def encoded(self, ready: Sequence[VibrationInput]) -> list[VibrationInput]:
        """See `AbstractJudge.encoded`."""
        # The mean of the windows' log-odds, since these are linear in the point of a window.
        points = [window_points(self.model, windows_in(x)).mean(axis=0) for x in ready]
        return [
            replace(x, points={**x.points, self.reference: point})
            for x, point in zip(ready, points, strict=True)
        ]

    def judge(self, ready: VibrationInput, faults: Iterable[Fault]) -> Judgement:
        """See `AbstractJudge.judge`."""
        (seen,) = [ready] if self.reference in ready.points else self.encoded([ready])
        point = seen.points[self.reference]
        asked = {place_of(x): x for x in faults if not x.is_healthy}
        unseen = {place: x for place, x in asked.items() if place not in self._places}
        rows = [self.facts.classes]
        for each in unseen.values():
            self.told(each)  # refused, where the model is not asked in words
            rows.append(named_point(self.model, self.facts, each)[None])
        cosines = (np.concatenate(rows) @ point).astype(np.float64)
        places = [*self._places, *unseen]
        kept = [*(self._counts(x, asked) for x in self._of_class), *(True for _ in unseen)]
        if self.facts.unknown is not None:
            cosines = np.append(cosines, self.facts.unknown)
            places, kept = [*places, UNKNOWN], [*kept, True]
        chances = softmax(np.where(kept, self.facts.scale * cosines, -np.inf))
        known = {HEALTHY, *asked}
        odds: dict[Families, float] = dict.fromkeys((HEALTHY, UNKNOWN, *asked), 0.0)
        for place, chance in zip(places, chances, strict=True):
            its = place if place in known else UNKNOWN
            # Rounding may carry a sum past 1 by a last digit.
            odds[its] = min(1.0, odds[its] + float(chance))
        threshold = self.facts.threshold
        return Judgement(
            odds,
            threshold.alarm_threshold,
            threshold.false_alarm_rate,
            threshold.told,
            () if HEALTHY in self._places else (NO_HEALTHY,),
        )

    def _counts(self, of_class: Fault | None, asked: dict[Families, Fault]) -> bool:
        """Whether a class has a say: of two faults at once either is right where one was asked for.

        The same as in `models.training_free.allotted`.
        """
        if of_class is None or place_of(of_class) in asked:
            return True
        families = families_of(of_class)
        wanted = {name for x in asked.values() for name in families_of(x)}
        return len(families) < 2 or not wanted.intersection(families)


def _meanings(model: Model, facts: WindowFacts, meant: tuple[Fault | None, ...]) -> Meanings | None:
    link = model.bundle.text
    if link is None or facts.meant is None:
        return None
    faults = tuple(None if x is None or x.is_healthy else x for x in meant)
    builtin = load_model(shipped.DEFAULT)
    outside: NDArray[np.float32] = np.zeros((0, facts.meant.shape[1]), np.float32)
    if builtin.bundle.text == link:
        outside = outside_points(builtin)
    return Meanings(model, facts.meant, faults, outside)
