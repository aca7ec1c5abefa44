"""`tune --render`: pictures of sound parts alone in, a model that knows their surface out.

Defects are rendered onto windows of the user's own pictures, and the encoder goes on learning from
them: a new part without a single picture of a defect. What normalises inside the encoder stands
still, since a few pictures must not move what many have set. Some of the rendered surfaces that it
knows already are learned along, so that it stays what it was elsewhere.
"""

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.simulator.concepts import CONCEPTS
from faultlens.metrics.classification import auroc
from faultlens.metrics.intervals import bootstrap_interval
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.models.encoders.surface_restored import restored_surface
from faultlens.runtimes.bundle import Bundle
from faultlens.runtimes.defect_question import PART, defect_question
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.text.defect_sentences import AskedDefect
from faultlens.text.defects import NO_DEFECT, Defect, defect
from faultlens.training.loop import Examples, train
from faultlens.training.settings import TrainingSettings
from faultlens.training.surface.calibration import (
    anomaly_odds,
    seen_by,
    surface_calibration,
)
from faultlens.training.surface.crops import crops_of
from faultlens.training.surface.objective import SurfaceObjective
from faultlens.training.surface.painted import SOUND, painted_windows, window_px
from faultlens.training.surface.pool import Chunk, Drawing, draw_chunk, joined, read_chunk
from faultlens.training.surface.tuned_bundle import write_tuned
from faultlens.training.surface.words import SurfaceWords

STEPS = 300
"""Of 32 crops: a minute or two on two cores."""

MOST_PICTURES = 200
"""Pictures learned from; more bring hardly more of one product's surface."""

FEWEST_PICTURES = 5
"""With fewer none is held back, and nothing is known of what tuning did."""

_BATCH, _EPOCHS, _RATE, _CROP_PX = 32, 6, 3e-4, 128
_SOUND_SHARE, _HELD_SHARE = 0.35, 0.2
_KNOWN_SHARE = 0.3  # of rendered surfaces learned along
_HELD_WINDOWS = 240
_SMOOTHING, _DENSE_WEIGHT, _FALSE_ALARMS = 0.05, 0.7, 0.05
_KNOWN_SEED = 40_000_000  # apart from what builtin/surface learned from and was measured on


@dataclass(frozen=True)
class Gain:
    """One figure on defects painted onto pictures that were held back.

    Args:
        before: of the model that was tuned.
        after: of the tuned one.
        low: lower end of the interval of the difference, over windows.
        high: upper end.
    """

    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True)
class TunedOnRendered:
    """What a model was tuned on, and what that brought on pictures held back.

    Args:
        base: name and hash of the model that was tuned.
        concepts: defects that were painted, keys of `CONCEPTS`.
        pictures: of sound parts that were learned from.
        held: pictures held back; 0 where there were too few.
        detection: AUROC of sound windows against painted ones; None where none was held back.
        naming: share of painted windows whose defect is named right; None likewise.
        notices: what a careful engineer would want to know.
    """

    base: str
    concepts: tuple[str, ...]
    pictures: int
    held: int
    detection: Gain | None
    naming: Gain | None
    notices: tuple[Notice, ...]


def tune_rendered(
    clean: Sequence[Image],
    folder: str | Path,
    *,
    defects: Sequence[str] | None = None,
    part: str = PART,
    model: str = SURFACE_MODEL,
    steps: int = STEPS,
    seed: int = 0,
    quiet: bool = True,
) -> tuple[Bundle, TunedOnRendered]:
    """Tune the built-in model to a product by its sound parts, and write it as a bundle.

    Args:
        clean: pictures of sound parts, one at least; a fifth is held back to see what it brings.
        folder: bundle to write; a folder that holds anything else is left alone.
        defects: sentences to look for; None for the set of the part.
        part: what is on the pictures, in any words.
        model: "builtin/surface", or a bundle that was tuned from it.
        steps: of 32 crops each.
        seed: of pictures held back, places, defects and crops.
        quiet: no progress bars.

    Raises:
        UsageError: no picture, one too small, no defect that can be drawn, or a folder that holds
            something else.
        BundleError: a model that cannot be trained on.
        MissingPackageError: what trains is not installed.

    Source: Li et al., CutPaste, CVPR 2021 (defects made on sound pictures).

    Example:
        >>> tune_rendered([], "/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No picture of a sound part; ...
    """
    if not clean:
        raise UsageError("No picture of a sound part; give one at least, better 20 and more.")
    if steps < _EPOCHS:
        raise UsageError(f"{steps} steps; {_EPOCHS} is the fewest, {STEPS} is usual.")
    base = load_image_model(model)
    question = defect_question(defects, part=part, model=base)
    drawable, notices = _drawable(question.asked)
    encoder = restored_surface(base.bundle.path("image.onnx"))
    draw = np.random.default_rng(seed)
    order = [clean[i] for i in draw.permutation(len(clean))[:MOST_PICTURES]]
    kept_back = round(_HELD_SHARE * len(order)) if len(order) >= FEWEST_PICTURES else 0
    learned, held = order[kept_back:], order[:kept_back]
    words = _words(base, drawable)
    size = window_px(order)
    seeds = [int(x) for x in draw.integers(2**31, size=2)]
    each_epoch = _BATCH * math.ceil(steps / _EPOCHS)
    known = _known(words.concepts, round(_KNOWN_SHARE * each_epoch), size, seed)
    windows = painted_windows(
        learned, words.concepts, count=each_epoch - len(known.concept), size_px=size,
        sound_share=_SOUND_SHARE, seed=seeds[0], quiet=quiet,
    )  # fmt: skip
    # Without pictures held back it is calibrated on other windows of those learned from.
    judged = painted_windows(
        held or learned, words.concepts, count=_HELD_WINDOWS, size_px=size,
        sound_share=0.5, seed=seeds[1], quiet=quiet,
    )  # fmt: skip
    before = _figures(encoder, judged, words)
    scale = float(base.bundle.calibration["trained_scale"])
    objective = SurfaceObjective(
        encoder, words, smoothing=_SMOOTHING, dense_weight=_DENSE_WEIGHT, scale=scale
    )
    _fit(
        objective, joined([windows, known]), judged, words,
        TrainingSettings(epochs=_EPOCHS, batch_size=_BATCH, learning_rate=_RATE, seed=seed),
        quiet=quiet,
    )  # fmt: skip
    after = _figures(encoder, judged, words)
    calibration = surface_calibration(
        encoder, objective.scale(), [judged], words, usual=words.concepts[1:],
        false_alarms=_FALSE_ALARMS,
    )  # fmt: skip
    if not held:
        notices = (*notices, _none_held(len(clean)))
    on = TunedOnRendered(
        base=base.reference,
        concepts=words.concepts[1:],
        pictures=len(learned),
        held=len(held),
        detection=_gain(before, after, judged.concept, _detection) if held else None,
        naming=_gain(before, after, judged.concept, _naming) if held else None,
        notices=notices,
    )
    return write_tuned(folder, base, encoder, calibration, on_what=_story(on), seed=seed), on


def _drawable(asked: Sequence[AskedDefect]) -> tuple[list[AskedDefect], tuple[Notice, ...]]:
    """The defects that can be painted, and what is said of the others."""
    drawable = [x for x in asked if x.defect is not None and x.defect.concept in CONCEPTS]
    if not drawable:
        named = ", ".join(x.label for x in asked)
        raise UnknownNameError("defect that can be rendered", named, CONCEPTS)
    left = [x.label for x in asked if x not in drawable]
    if not left:
        return drawable, ()
    return drawable, (
        Notice(
            en=f"Cannot be rendered, so nothing new was learned of it: {', '.join(left)}.",
            zh=f"无法渲染，因此未学习到新内容：{'、'.join(left)}。",
        ),
    )


def _words(base: Model, drawable: Sequence[AskedDefect]) -> SurfaceWords:
    """Points of what was asked for, and of the other names of the same."""
    said: dict[str, list[str]] = {NO_DEFECT: _sayings(defect(NO_DEFECT))}
    for each in drawable:
        assert each.defect is not None  # what is not known cannot be drawn
        said.setdefault(each.defect.concept, []).extend([each.bare, *_sayings(each.defect)])
    captions = tuple(base.encode_text(list(dict.fromkeys(x))) for x in said.values())
    means = np.stack([x.mean(axis=0) for x in captions])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return SurfaceWords(tuple(said), captions, means)


def _sayings(known: Defect) -> list[str]:
    names = [known.names.en, known.names.zh, *known.synonyms.en, *known.synonyms.zh]
    return [*names, *known.prompts_basic.en, *known.prompts_basic.zh]


def _known(concepts: tuple[str, ...], count: int, size_px: int, seed: int) -> Chunk:
    """Surfaces that the renderer draws by itself, with the same defects."""
    shares = (_SOUND_SHARE, *[(1 - _SOUND_SHARE) / (len(concepts) - 1)] * (len(concepts) - 1))
    drawing = Drawing(_KNOWN_SEED + seed * 100_000, count, size_px, concepts, shares)
    with tempfile.TemporaryDirectory() as folder:
        return read_chunk(draw_chunk(drawing, Path(folder) / "known.npz"))


def _fit(
    objective: SurfaceObjective,
    chunk: Chunk,
    judged: Chunk,
    words: SurfaceWords,
    settings: TrainingSettings,
    *,
    quiet: bool,
) -> None:
    """Train in place; the best weights by windows of pictures held back stay."""
    for part in objective.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.requires_grad_(False)
    size = min(_CROP_PX, chunk.pixels.shape[1])
    draws = np.random.default_rng(settings.seed)

    def cost(which: Tensor, _: Tensor) -> Tensor:
        draw = torch.Generator().manual_seed(int(draws.integers(2**31)))
        crops = crops_of(chunk, which[:, 0].long().numpy(), size_px=size, draw=draw)
        loss: Tensor = objective(crops, draw).total
        return loss

    # The loop carries which window it is; crops are cut only where they are learned from.
    windows = np.arange(len(chunk.concept), dtype=np.float32)[:, None]
    train(
        objective,
        Examples(windows, chunk.concept),
        cost,
        settings,
        validate=lambda: _judged(objective.encoder, judged, words, objective.scale()),
        label="Tuning",
        quiet=quiet,
    )


def _judged(
    encoder: SurfaceEncoder, judged: Chunk, words: SurfaceWords, scale: float
) -> tuple[float, float, float]:
    """Loss, share of windows named right ("no defect" is a name too), and its standard error."""
    encoder.eval()
    cosines = torch.from_numpy(seen_by(encoder, judged).image @ words.means.T)
    truth = torch.from_numpy(judged.concept)
    loss = float(functional.cross_entropy(scale * cosines, truth))
    right = float((cosines.argmax(dim=1) == truth).float().mean())
    return loss, right, math.sqrt(max(right * (1 - right), 0.01) / len(truth))


@dataclass(frozen=True, eq=False)
class _Figures:
    odds: NDArray[np.float64]
    named: NDArray[np.bool_]


def _figures(encoder: SurfaceEncoder, chunk: Chunk, words: SurfaceWords) -> _Figures:
    """(window,) log odds of an anomaly, and whether the best defect is the one painted."""
    seen = seen_by(encoder, chunk)
    odds = anomaly_odds(seen, words.means[:1], words.means[1:], temperature=0.1)
    best = 1 + (seen.image @ words.means[1:].T).argmax(axis=1)
    return _Figures(odds, best == chunk.concept)


def _detection(figures: _Figures, concept: NDArray[np.int64], at: NDArray[np.intp]) -> float:
    odds, sound = figures.odds[at], concept[at] == SOUND
    return auroc(odds[~sound], odds[sound])


def _naming(figures: _Figures, concept: NDArray[np.int64], at: NDArray[np.intp]) -> float:
    return float(figures.named[at][concept[at] != SOUND].mean())


def _gain(
    before: _Figures,
    after: _Figures,
    concept: NDArray[np.int64],
    figure: Callable[[_Figures, NDArray[np.int64], NDArray[np.intp]], float],
) -> Gain:
    every = np.arange(len(concept))
    low, high = bootstrap_interval(
        lambda at: figure(after, concept, at) - figure(before, concept, at),
        [str(x) for x in every],
        strata=["sound" if x == SOUND else "painted" for x in concept],
        draws=400,
    )
    return Gain(figure(before, concept, every), figure(after, concept, every), low, high)


def _story(on: TunedOnRendered) -> str:
    return (
        f"{on.base}, then rendered defects ({', '.join(on.concepts)}) on {on.pictures} pictures of "
        "sound parts. No picture of a real defect."
    )


def _none_held(pictures: int) -> Notice:
    return Notice(
        en=f"{pictures} pictures are too few to hold one back ({FEWEST_PICTURES} are needed): "
        "nobody knows what tuning brought, and the threshold rests on what was learned from.",
        zh=f"{pictures} 张图像太少，无法留出验证图像（至少需要 {FEWEST_PICTURES} 张）："
        "调优效果未知，阈值依据的也是学习所用的图像。",
    )
