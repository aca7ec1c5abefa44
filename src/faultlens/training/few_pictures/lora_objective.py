"""What LoRA learns by: pictures meet the sentences of their class, places what is drawn there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from faultlens.images.image import Image
from faultlens.runtimes.defect_question import DefectQuestion
from faultlens.runtimes.image_model import picture_preparation
from faultlens.runtimes.image_words import sentence_tokens
from faultlens.runtimes.surface_scores import Scoring
from faultlens.text.prompts import language_of, normal_sentences, sentences_for
from faultlens.training.few_pictures.lora_towers import Towers
from faultlens.training.few_pictures.place_losses import FOCAL_WEIGHT, dice_loss, focal_loss

PLACES_WEIGHT = 0.5
"""Of the loss of places beside that of pictures."""

_SMOOTHING = 0.05

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LoraPicture:
    """One labelled picture to tune by.

    Args:
        image: as the model is shown it; of a large one, the tile that shows what the label says.
        target: class of it; one after the last defect is "no defect".
        mask: (row, column) share of each place that lies on a defect; None where nobody drew it.
    """

    image: Image
    target: int
    mask: Floats | None = None


class LoraObjective(nn.Module):
    """Towers and what they are brought together by.

    Args:
        towers: opened.
        pictures: to learn from.
        question: whose defects are the classes.
        scoring: of the base; its temperature stays.
    """

    def __init__(
        self,
        towers: Towers,
        pictures: Sequence[LoraPicture],
        question: DefectQuestion,
        scoring: Scoring,
    ) -> None:
        super().__init__()
        self.image, self.words = towers.image, towers.words
        self._pictures, self._scale = pictures, 1 / scoring.temperature
        self._preparation = picture_preparation(towers.base)
        meant = question.meanings
        # Without sound pictures, "no defect" must not become what nothing is.
        has_sound = any(x.target == len(meant.defects) for x in pictures)
        rows = np.concatenate([meant.defects, meant.normal[:1]]) if has_sound else meant.defects
        self._rows = torch.from_numpy(rows)
        fine = np.concatenate([meant.normal, *([meant.harmless] if meant.harmless.size else [])])
        bad = meant.defects if meant.anomalous is None else meant.anomalous[None]
        self._fine, self._bad = torch.from_numpy(fine), torch.from_numpy(bad)
        self._tokens = _tokens(towers, question, has_sound=has_sound)

    def forward(self, numbers: Sequence[int]) -> Tensor:
        """The loss of some pictures, each turned and mirrored by lot.

        Args:
            numbers: of the pictures.
        """
        by_shape: dict[tuple[int, ...], list[tuple[Tensor, Tensor | None, int]]] = {}
        for number in numbers:
            pixels, mask = self._drawn(self._pictures[number])
            same = by_shape.setdefault(tuple(pixels.shape), [])
            same.append((pixels, mask, self._pictures[number].target))
        said = self._said()
        costs = [self._cost(alike, said) * len(alike) for alike in by_shape.values()]
        return torch.stack(costs).sum() / len(numbers)

    def _cost(
        self, alike: Sequence[tuple[Tensor, Tensor | None, int]], said: Sequence[Tensor]
    ) -> Tensor:
        points, patches, _ = self.image(torch.stack([x for x, _, _ in alike]))
        target = torch.tensor([x for _, _, x in alike])
        agreement = [
            functional.cross_entropy(self._scale * points @ x.T, target, label_smoothing=_SMOOTHING)
            for x in said
        ]
        cost = torch.stack(agreement).mean()
        places = [
            _place_cost(self._odds(patch), mask)
            for patch, (_, mask, _) in zip(patches, alike, strict=True)
            if mask is not None
        ]
        if places:
            cost = cost + PLACES_WEIGHT * torch.stack(places).sum() / len(alike)
        return cost

    def _odds(self, patch: Tensor) -> Tensor:
        """(row, column) log odds of an anomaly, of (dim, row, column)."""
        ill, well = (
            (self._scale * torch.tensordot(x, patch, dims=1)).logsumexp(dim=0)
            for x in (self._bad, self._fine)
        )
        odds: Tensor = ill - well
        return odds

    def _said(self) -> list[Tensor]:
        """Rows of the classes: their means, and one sentence of each where the words learn too."""
        if self.words is None:
            return [self._rows]
        drawn = [x[int(torch.randint(len(x), (1,)))] for x in self._tokens]
        return [self._rows, self.words(torch.stack(drawn))]

    def _drawn(self, picture: LoraPicture) -> tuple[Tensor, Tensor | None]:
        pixels = torch.from_numpy(self._preparation.pixels(picture.image))
        mask = None if picture.mask is None else torch.from_numpy(picture.mask)
        # By torch's own numbers, which the loop seeds each epoch: what is resumed is the same.
        turns, mirrored = int(torch.randint(4, (1,))), bool(torch.randint(2, (1,)))
        return (
            _turned(pixels, turns, mirrored=mirrored),
            None if mask is None else _turned(mask, turns, mirrored=mirrored),
        )


def _place_cost(odds: Tensor, share: Tensor) -> Tensor:
    return FOCAL_WEIGHT * focal_loss(odds, share) + dice_loss(odds, share)


def _turned(values: Tensor, turns: int, *, mirrored: bool) -> Tensor:
    """(..., row, column) turned by quarters, and mirrored."""
    turned = torch.rot90(values, turns, dims=(-2, -1))
    return (turned.flip(-1) if mirrored else turned).contiguous()


def _tokens(towers: Towers, question: DefectQuestion, *, has_sound: bool) -> list[Tensor]:
    """Of each class (sentence, token), all of one length; none where the words stay."""
    if towers.words is None:
        return []
    said = [list(sentences_for(x, question.part)) for x in question.asked]
    if has_sound:
        lang = language_of(question.asked[0].bare)
        said.append(list(normal_sentences(question.part, lang=lang)))
    ids, _ = sentence_tokens(towers.base, [x for each in said for x in each])
    return list(torch.split(torch.from_numpy(ids), [len(x) for x in said]))
