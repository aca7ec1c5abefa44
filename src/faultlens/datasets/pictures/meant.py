"""Which sentence asks for which label of a data set."""

from collections.abc import Sequence

from faultlens.datasets.pictures.picture import NO_DEFECT, SOME_DEFECT
from faultlens.text.defect_sentences import understood_defects


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
