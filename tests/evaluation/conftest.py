"""Predictions with a known truth."""

from collections.abc import Callable

import numpy as np
import pytest

from faultlens.evaluation.predictions import Predictions

CLASSES = ("healthy", "inner race fault", "outer race fault")

Make = Callable[..., Predictions]


def made(
    classes: tuple[str, ...] = CLASSES,
    *,
    recordings: int = 6,
    windows: int = 10,
    strength: float = 2.0,
    seed: int = 0,
    embeddings: bool = True,
) -> Predictions:
    """Windows of several recordings per class, whose errors the recording decides in part."""
    rng = np.random.default_rng(seed)
    count = len(classes)
    truth = np.repeat(np.arange(count), recordings * windows)
    recording = np.repeat(np.arange(count * recordings), windows)
    logits = rng.normal(size=(len(truth), count)) + strength * np.eye(count)[truth]
    logits += 0.8 * rng.normal(size=(count * recordings, count))[recording]
    odds = np.exp(logits)
    names = tuple(f"r{x}" for x in recording)
    points = np.eye(count, 8)[truth] * 5 + rng.normal(size=(len(truth), 8))
    return Predictions(
        classes=classes,
        file=tuple(f"{x}.csv" for x in names),
        recording=names,
        group=names,
        condition=("20 Hz, 0 V",) * len(names),
        truth=tuple(classes[i] for i in truth),
        window=np.tile(np.arange(windows), count * recordings),
        scores=odds / odds.sum(axis=1, keepdims=True),
        embeddings=points.astype(np.float32) if embeddings else None,
    )


@pytest.fixture(scope="session")
def make_predictions() -> Make:
    """The function `made`: classes, sizes, strength and seed -> `Predictions`."""
    return made
