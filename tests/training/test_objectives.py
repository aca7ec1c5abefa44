"""What a batch costs: by hand, and with the weights of the document's formula and of its code."""

import math

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from torch import Tensor, nn

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.encoder import AbstractEncoder, unit_rows
from faultlens.training.objectives import (
    LOSSES,
    LossSettings,
    Sentences,
    captions_and_choices,
    drawn,
    objective,
)


class Given(AbstractEncoder):
    """The points themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return unit_rows(x)


TRUTH = torch.tensor([0, 2, 0, 1])
torch.manual_seed(0)
X, PROTOTYPES, CAPTIONS = torch.randn(4, 6), torch.randn(5, 6), torch.randn(5, 6)


def cost(settings: LossSettings, truth: Tensor = TRUTH) -> float:
    model = ContrastiveModel(Given())
    return objective(model, lambda: (PROTOTYPES, CAPTIONS), settings)(X, truth).item()


def logits(rows: Tensor) -> list[list[float]]:
    """Scaled cosines, by hand."""
    return [[14.3 * float(a @ b) / math.sqrt(float(a @ a) * float(b @ b)) for b in rows] for a in X]


def log_share(values: list[float], at: int) -> float:
    return values[at] - math.log(sum(math.exp(x) for x in values))


def by_hand(table: list[list[float]], truth: list[int], columns: list[int]) -> tuple[float, float]:
    """Cross-entropy of rows over the table's columns, and of the columns named over the rows."""
    rows = -sum(log_share(table[i], k) for i, k in enumerate(truth)) / len(truth)
    total = 0.0
    for column in columns:
        values = [row[column] for row in table]
        own = [i for i, k in enumerate(truth) if k == column]
        total -= sum(log_share(values, i) for i in own) / len(own)
    return rows, total / len(columns)


@pytest.mark.parametrize(
    ("to_text", "to_sensor"),
    [(1.0, 0.5), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)],
    ids=["the document's formula", "its authors' code", "one way", "the other way"],
)
def test_both_weights_reach_both_ways_of_the_contrast(to_text: float, to_sensor: float) -> None:
    settings = {"to_text": to_text, "to_sensor": to_sensor}
    rows, columns = by_hand(logits(PROTOTYPES), TRUTH.tolist(), [0, 1, 2])
    assert cost(LossSettings("prototypes", **settings)) == pytest.approx(
        to_text * rows + to_sensor * columns, rel=1e-5
    )
    # Captions of classes that no recording of the batch has are not there to be chosen.
    there = CAPTIONS[:3]
    rows, columns = by_hand(logits(there), TRUTH.tolist(), [0, 1, 2])
    assert cost(LossSettings("captions", **settings)) == pytest.approx(
        to_text * rows + to_sensor * columns, rel=1e-5
    )


def test_what_is_the_default_is_the_authors_code() -> None:
    assert LossSettings() == LossSettings("prototypes", 0.5, 0.5, 0.0)


def test_smoothing_spreads_a_share_of_the_target_over_all_classes() -> None:
    table = logits(PROTOTYPES)
    plain = by_hand(table, TRUTH.tolist(), [0])[0]
    even = -sum(log_share(row, k) for row in table for k in range(5)) / (4 * 5)
    found = cost(LossSettings("prototypes", 1.0, 0.0, smoothing=0.2))
    assert found == pytest.approx(0.8 * plain + 0.2 * even, rel=1e-5)


def test_attributes_are_judged_each_by_itself_with_a_bias_for_one_in_all() -> None:
    bias, total = -math.log(4), 0.0
    for row, truth in zip(logits(PROTOTYPES), TRUTH.tolist(), strict=True):
        for k, value in enumerate(row):
            sign = 1 if k == truth else -1
            total += math.log1p(math.exp(-sign * (value + bias)))
    assert cost(LossSettings("attributes")) == pytest.approx(total / 20, rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_falls_where_points_come_to_their_sentences(name: str) -> None:
    model = ContrastiveModel(Given())
    judged = objective(model, lambda: (PROTOTYPES, PROTOTYPES), LossSettings(name))
    there, elsewhere = PROTOTYPES[TRUTH], PROTOTYPES[(TRUTH + 1) % 5]
    assert judged(there, TRUTH) < 0.5 * judged(elsewhere, TRUTH)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"name": "triplet"}, UnknownNameError),
        ({"to_text": -0.1}, UsageError),
        ({"to_text": 0.0, "to_sensor": 0.0}, UsageError),
        ({"smoothing": 1.0}, UsageError),
    ],
)
def test_a_loss_that_cannot_be_is_refused(
    settings: dict[str, float], error: type[Exception]
) -> None:
    with pytest.raises(error):
        LossSettings(**settings)  # type: ignore[arg-type]


def test_captions_are_drawn_from_all_wordings_of_their_own_class() -> None:
    rows = np.arange(5, dtype=np.float32)[:, None]
    said = Sentences([rows[:2], rows[2:]], rows[:2])
    torch.manual_seed(0)
    seen = {tuple(drawn(said)[:, 0].tolist()) for _ in range(100)}
    assert seen == {(a, b) for a in (0.0, 1.0) for b in (2.0, 3.0, 4.0)}


def test_the_built_in_recipe_weighs_captions_as_it_is_told() -> None:
    points = PROTOTYPES.numpy()
    said = Sentences([points[i : i + 1] for i in range(5)], points)
    costs = []
    for weight in (0.0, 1.0, 2.0):
        torch.manual_seed(3)
        judged = captions_and_choices(ContrastiveModel(Given()), said, captions_weight=weight)
        costs.append(judged(X, TRUTH).item())
    assert costs[2] - costs[1] == pytest.approx(costs[1] - costs[0], rel=1e-4)
    assert costs[1] > costs[0]
