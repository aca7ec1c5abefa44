"""Labelled pictures as rows of a model, beside the labels that are asked for."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import FaultlensError, InputError, UnknownNameError, UsageError
from faultlens.core.progress import progress
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.picture import (
    NO_DEFECT,
    SOME_DEFECT,
    LabelledPicture,
    PictureDataset,
)
from faultlens.evaluation.surface.prompts import WordedPictures
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.images.scaling import resized
from faultlens.runtimes.image_model import IMAGE, each_encoded
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.runtimes.viewing import Viewing, usual_short_side
from faultlens.text.defect_sentences import (
    AskedDefect,
    asked_defects,
    understood_defect,
    understood_defects,
)
from faultlens.text.defect_sets import SURFACE, set_of_part
from faultlens.text.defects import Defect, defect_set


def asked_of_pictures(
    dataset: PictureDataset, sentences: Sequence[str] | None = None, part: str = SURFACE
) -> tuple[AskedDefect, ...]:
    """What is asked for on a set of pictures: the sentences given, or else its own labels.

    Args:
        dataset: the labelled pictures.
        sentences: what to ask for; None asks for the labels that occur, and where no defect has a
            name, for the set of the part.
        part: what is on the pictures.

    Raises:
        UsageError: a sentence says nothing, or twice the same.

    Example:
        >>> asked_of_pictures.__name__
        'asked_of_pictures'
    """
    if sentences is not None:
        return understood_defects(sentences)
    if not dataset.defects:
        return asked_defects(defect_set(set_of_part(part)))
    clean = [NO_DEFECT] if NO_DEFECT in dataset.labels else []
    return understood_defects([*clean, *dataset.defects])


def truth_of(
    pictures: Sequence[LabelledPicture], asked: Sequence[AskedDefect]
) -> tuple[np.ndarray, int | None]:
    """The index of each picture's label among what is asked for, and that of no defect.

    A label is found word for word, or by the defect that both mean.

    Args:
        pictures: labelled.
        asked: what is asked for.

    Returns:
        (picture,) index; -1 for a defect that nothing names; and the index of no defect, if any.

    Raises:
        UnknownNameError: there are clean pictures, and nothing that is asked for means no defect.

    Example:
        >>> truth_of([], understood_defects(["crack", "no defect"]))
        (array([], dtype=int64), 1)
    """
    clean = next((i for i, x in enumerate(asked) if x.means_no_defect), None)
    labels = [x.label for x in asked]
    keys = [None if x.defect is None else x.defect.key for x in asked]
    place: dict[str, int] = {SOME_DEFECT: -1}
    for label in sorted({x.label for x in pictures} - {SOME_DEFECT}):
        if label == NO_DEFECT:
            if clean is None:
                raise UnknownNameError("label", NO_DEFECT, labels, advice="Ask for it as well.")
            place[label] = clean
            continue
        meant = _meant(label)
        place[label] = (
            labels.index(label)
            if label in labels
            else keys.index(meant.key)
            if meant is not None and meant.key in keys
            else -1
        )
    return np.array([place[x.label] for x in pictures], dtype=np.intp), clean


def _meant(label: str) -> Defect | None:
    try:
        return understood_defect(label).defect
    except UsageError:
        return None


def worded_pictures(
    dataset: PictureDataset,
    asked: Sequence[AskedDefect],
    model: Model,
    *,
    scales: Sequence[float] = (),
    quiet: bool = False,
) -> tuple[WordedPictures, tuple[FailedFile, ...]]:
    """Encode labelled pictures, each as a whole; one that cannot be read is named, not used.

    Args:
        dataset: the labelled pictures.
        asked: what is asked for.
        model: of the kind "image".
        scales: sizes at which each picture is looked at, the rows averaged; empty for the one that
            the model is used to.
        quiet: no progress bar.

    Raises:
        InputError: no picture could be read; names the first reason.
        UsageError: the model takes something else, or a scale is out of range.

    Example:
        >>> worded_pictures.__name__
        'worded_pictures'
    """
    kept: list[LabelledPicture] = []
    failed: list[FailedFile] = []

    def images() -> Iterator[Image]:
        for each in progress(dataset.pictures, label="pictures", quiet=quiet):
            try:
                image = read_image(each.path)
            except FaultlensError as error:
                failed.append(FailedFile(each.file, str(error)))
                continue
            kept.append(each)
            yield image

    rows = picture_rows(images(), model, scales=scales)
    if not kept:
        raise InputError(
            f"No picture could be read. The first: {failed[0].file}: {failed[0].reason}"
        )
    truth, clean = truth_of(kept, asked)
    pictures = WordedPictures(
        rows=rows,
        labels=tuple(x.label for x in asked),
        truth=truth,
        group=tuple(x.key for x in kept),
        clean=clean,
        temperature=scoring_of(model.bundle.calibration).temperature,
        file=tuple(x.file for x in kept),
    )
    return pictures, tuple(failed)


def picture_rows(
    images: Iterable[Image], model: Model, *, scales: Sequence[float] = ()
) -> NDArray[np.floating]:
    """Rows of pictures, each as a whole.

    Args:
        images: any number, also from a generator.
        model: of the kind "image".
        scales: sizes at which each is looked at, the rows averaged; empty for the one that the
            model is used to.

    Returns:
        (picture, dim) unit rows.

    Raises:
        UsageError: the model takes something else, or a scale is out of range.

    Example:
        >>> picture_rows.__name__
        'picture_rows'
    """
    viewing, usual_px = Viewing(tuple(scales)), usual_short_side(model)
    shown = (_at(x, scale) for x in images for scale in viewing.scales_for(x, usual_px))
    rows = [x.image for x in each_encoded(model, shown, want=[IMAGE]) if x.image is not None]
    if not rows:
        return np.zeros((0, 0))
    each = max(1, len(viewing.scales))
    averaged = np.stack(rows).reshape(len(rows) // each, each, -1).mean(axis=1)
    unit: NDArray[np.floating] = averaged / np.linalg.norm(averaged, axis=1, keepdims=True)
    return unit


def _at(image: Image, scale: float) -> Image:
    if scale == 1:
        return image
    height, width = (max(1, round(x * scale)) for x in (image.height, image.width))
    return Image(resized(image.pixels, height, width))
