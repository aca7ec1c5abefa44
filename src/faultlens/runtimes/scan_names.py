"""From cosines of measured defects with sentences to probabilities, "unknown" among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from faultlens.core.errors import BundleError
from faultlens.inputs.deviation_patch import ScanPatches
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_question import ScanQuestion


@dataclass(frozen=True)
class ScanScoring:
    """Numbers of a model of scans that turn cosines into probabilities.

    Args:
        scale: cosines are multiplied by it.
        known_from: cosine with a sentence from which a defect fits it better than it fits nothing.

    Raises:
        BundleError: a scale that is not positive, or a cosine outside -1 to 1.
    """

    scale: float
    known_from: float

    def __post_init__(self) -> None:
        if not (0 < self.scale < 1e3 and -1 <= self.known_from <= 1):
            raise BundleError(
                f"The model's calibration has scale {self.scale} and known_from "
                f"{self.known_from}; a positive scale and a cosine are needed. Make the bundle "
                "again."
            )


def scan_scoring(calibration: Mapping[str, Any]) -> ScanScoring:
    """The numbers of a manifest's calibration.

    Args:
        calibration: as the manifest of a bundle of scans holds it.

    Raises:
        BundleError: a number is missing, no number, or out of its range.

    Example:
        >>> scan_scoring({"scale": 20.0, "known_from": 0.5})
        ScanScoring(scale=20.0, known_from=0.5)
    """
    try:
        return ScanScoring(float(calibration["scale"]), float(calibration["known_from"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"The model's calibration cannot be read: {error!r}. Make the bundle again."
        ) from error


def name_defects(model: Model, patches: ScanPatches, question: ScanQuestion) -> NDArray[np.float64]:
    """How likely each measured defect is what each sentence says, and that it is none of them.

    Args:
        model: of the kind "scan".
        patches: of the measured defects.
        question: what is asked, of `scan_question`.

    Returns:
        (defect, sentence) probabilities in the order of `question.asked` and one column more,
        "unknown", at the end; each row sums to 1. A sentence of the other direction (a bump,
        where it goes in) has 0.

    Raises:
        UsageError: something that is no patches.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.inputs.deviation_patch import scan_patches
        >>> from faultlens.runtimes.scan_model import load_scan_model
        >>> from faultlens.runtimes.scan_question import scan_question
        >>> model = load_scan_model()
        >>> asked = scan_question(["deep scratch", "腐蚀坑"], model=model)
        >>> name_defects(model, scan_patches(None, []), asked).shape
        (0, 3)
    """
    scoring = scan_scoring(model.bundle.calibration)
    return shares(model.encode(patches), patches.reliefs, question, scoring)


def shares(
    rows: NDArray[np.float32],
    reliefs: tuple[str, ...],
    question: ScanQuestion,
    scoring: ScanScoring,
) -> NDArray[np.float64]:
    """The same from the rows of an encoder.

    Args:
        rows: (defect, dim) unit rows.
        reliefs: of each defect.
        question: what is asked.
        scoring: of the model.

    Source: Radford et al., ICML 2021 (softmax over sentences); the last place is an open-set
    threshold that competes with them, as the dustbin of Sarlin et al., CVPR 2020.

    Example:
        >>> from faultlens.text.defect_sentences import understood_defects
        >>> question = ScanQuestion(understood_defects(["dent", "crack"]), (),
        ...                         np.eye(2, 4, dtype=np.float32), ("depression", "depression"))
        >>> rows = np.eye(4, dtype=np.float32)[[0, 3]]
        >>> shares(rows, ("depression",) * 2, question, ScanScoring(20, 0.5)).round(2).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    cosines = rows.astype(np.float64) @ question.points.T
    other = np.array(
        [[said is not None and said != seen for said in question.reliefs] for seen in reliefs],
        dtype=bool,
    ).reshape(cosines.shape)
    logits = scoring.scale * np.where(other, -np.inf, cosines)
    none = np.full((len(rows), 1), scoring.scale * scoring.known_from)
    return np.asarray(softmax(np.concatenate([logits, none], axis=1), axis=1), np.float64)
