"""What needs no deep network: a linear model of the spectrum, and the rule that nobody trained."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, MissingPackageError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.optional import optional_import
from faultlens.core.progress import progress
from faultlens.datasets.windows import LabelledWindows
from faultlens.evaluation.predictions import Predictions
from faultlens.inputs.vibration import prepare_vibration
from faultlens.models import shipped
from faultlens.models.training_free import HEALTHY, class_of
from faultlens.runtimes.judges import judge_named
from faultlens.text.knowledge import Fault, load_faults

LINEAR, RULE = "linear-spectrum", "training-free"
"""Names of the floors, as reports know them."""

BANDS = 64
SILENT = 1e-12
"""Share of the power below which a band counts as silent: beyond what 16 bits resolve."""

MOST_STEPS = 2000
"""Steps of the regression's solver; it is convex, so more change nothing."""

FEWEST_TURNS = 8.0
"""Shaft revolutions that a window must hold, or the rule's lines cannot be told apart."""

Array = NDArray[np.float64]


def band_powers(samples: NDArray[np.floating], bands: int = BANDS) -> Array:
    """Log power in equally wide bands of mean-removed windows, all scaled to one power.

    The scale of a rig and the drift of a sensor would tell its recordings, and so classes, apart.

    Args:
        samples: (window, time) in any unit.
        bands: number of bands between 0 and half the sampling rate.

    Returns:
        (window, band) natural logarithm of the share of the power.

    Raises:
        UsageError: windows of fewer than 4 samples.

    Example:
        >>> tone = np.sin(2 * np.pi * 0.4 * np.arange(250))[None]
        >>> powers = band_powers(tone, bands=4)
        >>> powers.shape, int(powers.argmax())
        ((1, 4), 3)
    """
    if samples.ndim != 2 or samples.shape[1] < 4:
        raise UsageError(
            f"Samples of shape {samples.shape}; give windows of 4 samples or more, (window, time)."
        )
    power = np.abs(np.fft.rfft(np.asarray(samples, dtype=np.float64), axis=1)[:, 1:]) ** 2
    lines = power.shape[1]
    # A band that ends within a line of the spectrum takes its share of it.
    edges = np.linspace(0, lines, bands + 1)
    whole = np.minimum(edges.astype(np.intp), lines - 1)
    total = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    within = np.diff(total[:, whole] + (edges - whole) * power[:, whole], axis=1)
    share = within / np.maximum(within.sum(axis=1, keepdims=True), 1e-300)
    logs: Array = np.log(np.maximum(share, SILENT))
    return logs


def linear_floor(
    train: LabelledWindows,
    test: LabelledWindows,
    answered: Predictions,
    *,
    adapted: bool = False,
    seed: int = 0,
) -> Predictions | Notice:
    """Logistic regression on 64 log band powers, fitted on the training windows.

    The features are logarithms, all in one unit, and are not standardised: on `bearingset`, from
    one condition to the other, that makes a floor no weaker than a standardised one.

    Args:
        train: windows it may learn from.
        test: windows of the test, in the order of `answered`.
        answered: the model's answers to them; its classes and columns are kept.
        adapted: standardise the features within each condition, of the test too, without labels.
        seed: seed of the solver.

    Returns:
        its answers, or why there are none. A class without a training window gets the score 0.

    Raises:
        UsageError: `test` are other windows than those answered, or of another length or rate
            than the training windows.

    Source:
        Cox, J. R. Stat. Soc. B 20 (1958), logistic regression; penalised by half the squared norm.

    Example:
        >>> from faultlens.datasets.labelled import LabelledRecording
        >>> from faultlens.datasets.windows import cut_windows
        >>> from faultlens.evaluation.predictions import predictions_of
        >>> from faultlens.signals.signal import Signal
        >>> rng = np.random.default_rng(0)
        >>> low, high = np.cumsum(rng.normal(size=640)), rng.normal(size=640)
        >>> cut = cut_windows([LabelledRecording("rig", x, x, Signal(y, sample_rate_hz=64))
        ...                    for x, y in (("low", low), ("high", high))], window=64)
        >>> answered = predictions_of(cut, cut.classes, np.full((20, 2), 0.5))
        >>> float(linear_floor(cut, cut, answered).right.mean())
        1.0
    """
    _refuse_mixture(train, test, answered)
    present = sorted(set(train.labels) & set(answered.classes))
    if len(present) < 2:
        return Notice(
            en="The training windows are of fewer than two classes of the test.",
            zh="训练窗口中属于测试类别的不足两类。",
        )
    try:
        linear = optional_import("sklearn.linear_model", extra="train")
    except MissingPackageError as error:
        line = str(error).rpartition(": ")[2]
        return Notice(
            en=f"It needs scikit-learn. Install it with: {line}",
            zh=f"需要 scikit-learn，安装命令：{line}",
        )
    kept = np.array([x in present for x in train.labels])
    features, asked = band_powers(train.samples[kept]), band_powers(test.samples)
    if adapted:
        features = _standardised(features, _conditions(train)[kept])
        asked = _standardised(asked, _conditions(test))
    fitted = linear.LogisticRegression(max_iter=MOST_STEPS, random_state=seed)
    fitted.fit(features, np.asarray(train.labels)[kept])
    scores = np.zeros((len(test.samples), len(answered.classes)))
    scores[:, [answered.classes.index(str(x)) for x in fitted.classes_]] = fitted.predict_proba(
        asked
    )
    return answered.answered(scores)


def training_free_floor(
    test: LabelledWindows, answered: Predictions, *, quiet: bool = False
) -> Predictions | Notice:
    """The rule `builtin/physics`, a forced choice among the classes of the test.

    Args:
        test: windows of the test, in the order of `answered`.
        answered: the model's answers to them; its classes and columns are kept.
        quiet: no progress bar.

    Returns:
        its answers, or why there are none: speed or bearing are not known, a class is none that
        the rule has, or the windows hold too few revolutions.

    Raises:
        UsageError: `test` are other windows than those answered.

    Example:
        >>> from faultlens.datasets.labelled import LabelledRecording
        >>> from faultlens.datasets.windows import cut_windows
        >>> from faultlens.evaluation.predictions import predictions_of
        >>> from faultlens.signals.signal import Signal
        >>> signal = Signal(np.arange(64.0), sample_rate_hz=64)
        >>> cut = cut_windows([LabelledRecording("rig", "a", "healthy", signal)], window=32)
        >>> answered = predictions_of(cut, ("healthy", "cage fault"), np.full((2, 2), 0.5))
        >>> training_free_floor(cut, answered).en
        'builtin/physics needs shaft speed and bearing of every recording; 1 of 1 lack them.'
    """
    _refuse_other_test(test, answered)
    used = [test.recordings[x] for x in np.unique(test.recording)]
    known = {x.names.en: x for x in load_faults()}
    if why := _cannot(used, test, answered, known):
        return why
    judge = judge_named(shipped.NAME)
    faults = [known[x] for x in answered.classes]
    rows = []
    for number in progress(range(len(test.samples)), label="Training-free rule", quiet=quiet):
        signal = test.recordings[test.recording[number]].signal
        window = replace(signal, samples=test.samples[number], speeds_rpm=None)
        try:
            odds = judge.judge(prepare_vibration(window), faults).odds
        except InputError as error:
            return Notice(
                en=f"builtin/physics cannot read window {number} of the test: {error}",
                zh=f"builtin/physics 无法读取测试集的第 {number} 个窗口：{error}",
            )
        rows.append([odds[class_of(x) if x.families else HEALTHY] for x in faults])
    scores = np.maximum(np.array(rows), 1e-12)
    # A forced choice: what the rule gives to "unknown", or to healthy where nobody asked for it,
    # is shared out in proportion.
    return answered.answered(scores / scores.sum(axis=1, keepdims=True))


def _cannot(
    used: Sequence[object],
    test: LabelledWindows,
    answered: Predictions,
    known: dict[str, Fault],
) -> Notice | None:
    signals = [test.recordings[x].signal for x in np.unique(test.recording)]
    lacking = sum(x.shaft_rpm is None or x.bearing is None for x in signals)
    if lacking:
        return Notice(
            en=f"{shipped.NAME} needs shaft speed and bearing of every recording; {lacking:d} of "
            f"{len(used):d} lack them.",
            zh=f"{shipped.NAME} 需要每段记录的转速和轴承型号；{len(used):d} 段记录中有 "
            f"{lacking:d} 段缺少。",
        )
    if strange := [x for x in answered.classes if x not in known]:
        names = ", ".join(strange)
        return Notice(
            en=f"{shipped.NAME} has no class for {names}.",
            zh=f"{shipped.NAME} 没有以下类别：{names}。",
        )
    slowest = min(x.shaft_rpm / 60 for x in signals if x.shaft_rpm is not None)
    turns = slowest * test.size / test.sample_rate_hz
    if turns < FEWEST_TURNS:
        return Notice(
            en=f"A window holds {turns:.1f} shaft revolutions; {shipped.NAME} needs "
            f"{FEWEST_TURNS:g} to tell its lines apart. Judge longer windows.",
            zh=f"一个窗口只有 {turns:.1f} 转；{shipped.NAME} 至少需要 {FEWEST_TURNS:g} 转"
            "才能分辨谱线。请使用更长的窗口。",
        )
    return None


def _refuse_mixture(train: LabelledWindows, test: LabelledWindows, answered: Predictions) -> None:
    _refuse_other_test(test, answered)
    here = (train.size, train.sample_rate_hz)
    there = (test.size, test.sample_rate_hz)
    if here != there:
        raise UsageError(
            f"Training windows of {here[0]} samples at {here[1]:g} Hz and test windows of "
            f"{there[0]} samples at {there[1]:g} Hz; cut both alike (cut_windows with one window)."
        )


def _refuse_other_test(test: LabelledWindows, answered: Predictions) -> None:
    if tuple(test.labels) != answered.truth:
        raise UsageError(
            f"{len(test.samples)} windows of the test and {len(answered.truth)} answers that do "
            "not belong to them; give the windows in the order in which they were answered."
        )


def _conditions(windows: LabelledWindows) -> NDArray[np.str_]:
    return np.array([windows.recordings[x].condition for x in windows.recording])


def _standardised(features: Array, conditions: NDArray[np.str_]) -> Array:
    ready = np.empty_like(features)
    for condition in np.unique(conditions):
        its = conditions == condition
        ready[its] = (features[its] - features[its].mean(axis=0)) / _spread(features[its])
    return ready


def _spread(features: Array) -> Array:
    spread = features.std(axis=0)
    return np.where(spread > 0, spread, 1.0)
