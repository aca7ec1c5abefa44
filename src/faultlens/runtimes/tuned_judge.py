"""A tuned model as a judge: whether there is a fault its base says, which one its labelled windows.

The base's probability of all classes that it was tuned on is kept as a whole, and shared out by the
tuned scores. So healthy and unknown stay what the base says, unless healthy windows were among the
labelled ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from faultlens.core.errors import UnusableSignalError
from faultlens.core.notice import Notice
from faultlens.inputs.line_windows import LineWindows, line_windows, spread_notice, why_not
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput
from faultlens.models.training_free import CLASSES, HEALTHY, UNKNOWN, Families, place_of
from faultlens.models.tuning import tuned_scores
from faultlens.runtimes.judge import AbstractJudge, Judgement
from faultlens.runtimes.judges import LearnedJudge
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.tuned_bundle import TunedBearing, base_cosines, readings_of, tuned_facts
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Bearing, Signal
from faultlens.text.knowledge import Fault, load_faults

HEALTHY_TUNED = Notice(
    en="Healthy windows were among those that the model was tuned on, so that its alarm threshold, "
    "which comes from simulation, holds no false-alarm rate any more; calibrate a profile on the "
    "asset's own healthy recordings (faultlens calibrate --model).",
    zh="调整模型所用的窗口中包含健康样本，因此来自仿真的报警阈值不再保证任何误报率；"
    "请用本设备的健康记录建立标定档案（faultlens calibrate --model）。",
)


@final
class TunedJudge(AbstractJudge):
    """A model that was tuned to a machine by few labelled windows.

    Args:
        model: a bundle that `faultlens tune` wrote.

    Raises:
        BundleError: it does not say how it was tuned.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.base = LearnedJudge(model)
        self.facts = tuned_facts(model)
        self._numbers = [CLASSES.index(x) for x in self.facts.classes]
        self._tuned_faults = [x for x in load_faults() if place_of(x) in self.facts.classes]
        super().__init__(model.reference, self.base.meanings)

    def prepare(
        self,
        payload: Signal | Recording,
        *,
        shaft_rpm: float | ArrayLike | None = None,
        bearing: Bearing | None = None,
        speed_tolerance: float = SPEED_TOLERANCE,
    ) -> VibrationInput:
        """See `AbstractJudge.prepare`; the recording's windows are read one by one as well."""
        ready = self.base.prepare(
            payload, shaft_rpm=shaft_rpm, bearing=bearing, speed_tolerance=speed_tolerance
        )
        reason = why_not(payload, self.facts.grid, shaft_rpm=shaft_rpm, bearing=bearing)
        if reason is not None:
            return replace(ready, warnings=(_untuned(reason), *ready.warnings))
        try:
            windows = line_windows(
                payload,
                self.facts.grid,
                shaft_rpm=shaft_rpm,
                bearing=bearing,
                speed_tolerance=speed_tolerance,
            )
        except UnusableSignalError as error:
            # As a whole it could be read, or the base would have refused it.
            why = str(error).rstrip(".")
            reason = Notice(en=f"no window of it can be used: {why}", zh=f"没有可用的窗口：{why}")
            return replace(ready, warnings=(_untuned(reason), *ready.warnings))
        notices = [*self._other_bearing(ready), *spread_notice(payload, self.facts.grid)]
        return replace(
            ready,
            arrays={**ready.arrays, **windows.to_arrays()},
            warnings=(*notices, *ready.warnings),
        )

    def encoded(self, ready: Sequence[VibrationInput]) -> list[VibrationInput]:
        """See `AbstractJudge.encoded`."""
        return self.base.encoded(ready)

    def judge(self, ready: VibrationInput, faults: Iterable[Fault]) -> Judgement:
        """See `AbstractJudge.judge`."""
        asked = list(faults)
        windows = LineWindows.from_arrays(ready.arrays)
        if windows is None:
            return self.base.judge(ready, asked)
        # Of a class that nobody asks for, too, the tuned scores must have their say.
        known = {place_of(x) for x in asked}
        more = [x for x in self._tuned_faults if place_of(x) not in known]
        found = self.base.judge(ready, [*asked, *more])
        odds = dict(found.odds)
        whole = sum(odds[x] for x in self.facts.classes)
        for place, share in zip(self.facts.classes, self.shares(windows), strict=True):
            odds[place] = min(1.0, whole * float(share))
        for place in {place_of(x) for x in more} - {HEALTHY}:
            _moved(odds, place, known)
        if HEALTHY not in self.facts.classes:
            return replace(found, odds=odds)
        return replace(found, odds=odds, false_alarm_rate=None, threshold_from=HEALTHY_TUNED)

    def shares(self, windows: LineWindows) -> NDArray[np.float64]:
        """How the tuned classes share their probability in one recording.

        Args:
            windows: of the recording; all count.

        Returns:
            (class,) they sum to 1.
        """
        base = base_cosines(self.model, self.base.prototypes, self._numbers, windows)
        scores = tuned_scores(self.facts.tuning, readings_of(windows, base)).mean(axis=0)
        shared: NDArray[np.float64] = softmax(self.facts.sharpness * scores)
        return shared

    def _other_bearing(self, ready: VibrationInput) -> tuple[Notice, ...]:
        if ready.bearing is None:
            return ()
        its = TunedBearing.of(ready.bearing)
        if any(x.is_like(its) for x in self.facts.bearings):
            return ()
        known = ", ".join(x.label for x in self.facts.bearings)
        base = self.facts.base.partition("@")[0]
        return (
            Notice(
                en=f"The model was tuned on {known}, and this is {its.label}: the levels of bands "
                "that it learned belong to that machine. Tune it on this one, or let "
                f"{base} judge.",
                zh=f"模型按 {known} 调整，而本记录为 {its.label}：所学的频带电平属于那台设备。"
                f"请用本设备的样本重新调整，或使用 {base}。",
            ),
        )


def _moved(odds: dict[Families, float], place: Families, asked: set[Families]) -> None:
    """Give what nobody asked for to unknown; of two faults at once either answer is right."""
    either = [x for x in asked if len(place) > 1 and x != HEALTHY and set(x) <= set(place)]
    share = odds.pop(place)
    for each in either or [UNKNOWN]:
        odds[each] = min(1.0, odds[each] + share / len(either or [UNKNOWN]))


def _untuned(reason: Notice) -> Notice:
    return Notice(
        en=f"The base model judged alone, without what it was tuned on: {reason.en}.",
        zh=f"仅由基础模型判断，未使用调整所得：{reason.zh}。",
    )
