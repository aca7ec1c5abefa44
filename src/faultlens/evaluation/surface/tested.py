"""One draw of a test on pictures, the sentences it was asked with, and what they mean there."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.datasets.pictures.splits import PictureSplit
from faultlens.evaluation.surface.judged import Judgement
from faultlens.profiles.class_thresholds import ClassThresholds


@dataclass(frozen=True, eq=False)
class PictureTest:
    """One draw: what was set aside, and what was said of the rest.

    Args:
        split: which pictures were references and which were judged.
        judgement: the answers.
        model: name and hash of what judged.
        part: what the pictures were said to show.
        threshold: alarm score above which it alarmed.
        stated_rate: the false-alarm rate that goes with the threshold; None where nobody said.
        classes: when a name is believed; None where the likeliest always is.
    """

    split: PictureSplit
    judgement: Judgement
    model: str
    part: str
    threshold: float
    stated_rate: float | None
    classes: ClassThresholds | None = None


def asked_sentences(dataset: PictureDataset, defects: Sequence[str] | None) -> list[str] | None:
    """The sentences that a data set is asked with.

    Args:
        dataset: labelled pictures.
        defects: as given; None for the data set's own names.

    Returns:
        None where it names none: the set of the part is asked for then.

    Example:
        >>> from faultlens.datasets.dataset import DataCard
        >>> asked_sentences(PictureDataset("mine", (), DataCard("", "", "", "")), ["crack"])
        ['crack']
    """
    if defects is not None:
        return list(defects)
    return list(dataset.defects) or None
