"""One draw of a test on pictures, the sentences it was asked with, and what they mean there."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.datasets.pictures.picture import NO_DEFECT, SOME_DEFECT, PictureDataset
from faultlens.datasets.pictures.splits import PictureSplit
from faultlens.evaluation.surface.judged import Judgement
from faultlens.text.defect_sentences import understood_defects


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
    """

    split: PictureSplit
    judgement: Judgement
    model: str
    part: str
    threshold: float
    stated_rate: float | None


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


def meant_by(labels: Sequence[str], sentences: Sequence[str]) -> dict[str, str]:
    """Which sentence asks for which label: the same words, or the same defect.

    Args:
        labels: true labels of a data set.
        sentences: as asked for.

    Returns:
        label -> sentence; labels that no sentence, or more than one, asks for are left out.

    Example:
        >>> meant_by(["scratches", "pitted surface"], ["long scratches", "pitted surface"])
        {'scratches': 'long scratches', 'pitted surface': 'pitted surface'}
    """
    named = [x for x in labels if x not in (NO_DEFECT, SOME_DEFECT)]
    if not named or not sentences:
        return {}
    keys = [x.defect.key if x.defect else None for x in understood_defects(sentences)]
    own = {x.sentence: x.defect.key if x.defect else None for x in understood_defects(named)}
    meant = {}
    for label in named:
        same = [x for x in sentences if x.casefold() == label.casefold()]
        alike = [x for x, key in zip(sentences, keys, strict=True) if key and key == own[label]]
        if len(found := same or alike) == 1:
            meant[label] = found[0]
    return meant
