"""The trial that a model needs, by what it takes in."""

from collections.abc import Sequence
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.evaluation.trials.bearings import bearing_trial
from faultlens.evaluation.trials.pictures import picture_trial
from faultlens.evaluation.trials.sentences import sentence_trial
from faultlens.evaluation.trials.windows import window_trial
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.inference.batch import expand
from faultlens.inference.diagnose_file import described
from faultlens.inference.inspect_batch import expand_pictures
from faultlens.inputs.vibration import LINES, WINDOWS, VibrationInput, prepare_vibration
from faultlens.runtimes.loaded import PICTURES, Model
from faultlens.runtimes.trial import Trial
from faultlens.signals.recording import Recording

TEXT = "text"


def trial_of(model: Model, files: Sequence[str | Path] = ()) -> Trial:
    """What a model is calibrated with and measured on.

    Args:
        model: in single precision.
        files: of the user's own to calibrate with: pictures or recordings, names, globs, folders.

    Raises:
        UsageError: files for a model that needs none, or a model that no trial is known for.
        InputError: a file that cannot be used.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> trial_of(load_model("builtin/text")).calibrated_on
        ''
        >>> trial_of(load_model("builtin/text"), ["pump-7.csv"])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... needs no calibration files: ...
    """
    if files and (model.kind == TEXT or model.brings_text):
        raise UsageError(
            f"{model.reference} needs no calibration files: its ranges are read as inputs come. "
            "Leave --calibration out."
        )
    if model.kind == TEXT:
        return sentence_trial()
    if model.kind == PICTURES:
        return picture_trial(model, _pictures(files))
    if WINDOWS in model.bundle.preparation:
        return window_trial(model, _recordings(files))
    if LINES not in model.bundle.calibration:
        raise UsageError(
            f"{model.reference} does not say how its readings are calibrated, so that nothing can "
            "be measured. Export the model that it was made from."
        )
    return bearing_trial([_read(x) for x in _recordings(files)])


def _pictures(files: Sequence[str | Path]) -> list[Image]:
    return [read_image(x) for x in expand_pictures(files)] if files else []


def _recordings(files: Sequence[str | Path]) -> list[Recording]:
    return [described(x) for x in expand(files)] if files else []


def _read(recording: Recording) -> VibrationInput:
    return prepare_vibration(recording)
