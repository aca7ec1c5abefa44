"""Makes `builtin/bearing`: simulate, train three encoders, calibrate, write the bundle.

Every step keeps what it made, named by what decided it, so that a stopped run goes on where it was.
"""

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from torch import Tensor

from faultlens.core.files import written_whole
from faultlens.evaluation.trials.simulated_set import SimulatedSet, simulated_set
from faultlens.inputs import line_array, order_array
from faultlens.inputs.vibration import LINES, ORDERS, WAVEFORM
from faultlens.metrics.conformal import conformal_threshold
from faultlens.models import shipped
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.encoder import AbstractEncoder, MeanEncoder
from faultlens.models.encoders.vibration import CombEncoder, VectorEncoder, WaveformEncoder
from faultlens.models.training_free import (
    CLASSES,
    HEALTHY,
    PAIRS,
    SINGLES,
    allotted,
    fault_probability,
)
from faultlens.runtimes.bundle import Bundle, TextLink, write_bundle
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.judge import PROTOTYPES
from faultlens.runtimes.judges import RULE_SHARE, log_odds, with_rule
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx
from faultlens.runtimes.vibration import KIND
from faultlens.training.hashes import hash_of
from faultlens.training.loop import Examples, train
from faultlens.training.objectives import Sentences, captions_and_choices
from faultlens.training.settings import TrainingSettings
from making.augment import augmented_lines, augmented_orders, augmented_waveform
from making.bearing_recipe import BearingRecipe
from making.sentences import ClassPoints, class_key, class_points

NAME = "builtin/bearing"
READINGS = (LINES, ORDERS, WAVEFORM)
GOLDEN_ROWS = 4

WARMUP = 0.3
"""Share of the steps in which the learning rate rises: fresh encoders of sparse lines need long."""

SUMMARY = (
    "Names bearing faults in a vibration recording by sentences: outer race, inner race, rolling "
    "element, cage, two at once, none, or unknown. Best with speed and bearing known; judges with "
    "the speed alone, and hardly without."
)
LIMITS = (
    "Learned from simulated machines alone; but how they are simulated and read, how long is "
    "trained and how much the rule has to say were chosen with CWRU, MFPT and IMS in view: expect "
    "a little less elsewhere. Weak faults of rolling elements, and faults whose lines are absent "
    "or lie on shaft harmonics, are missed or take another name. Without a bearing outer and "
    "inner race faults are confused; without a speed it can hardly tell which fault. No real cage "
    "fault and no gearbox was measured. Thresholds come from simulation: calibrate a profile."
)


def make_bearing(
    recipe: BearingRecipe,
    *,
    corpus: Path,
    cache: Path,
    out: Path,
    workers: int = 2,
    quiet: bool = False,
) -> Bundle:
    """Make the bundle.

    Args:
        recipe: every number.
        corpus: folder of the grammars of wordings.
        cache: keeps shards and trained encoders.
        out: folder of the bundle.
        workers: processes that simulate.
        quiet: no progress bars.

    Raises:
        OSError: a file cannot be written.
        UsageError: no grammar in `corpus`.

    Example:
        >>> from dataclasses import fields
        >>> recipe = BearingRecipe(**{field.name: 1 for field in fields(BearingRecipe)})
        >>> note = Path(tempfile.mkdtemp()) / "note.txt"
        >>> _ = note.write_text("a file, no folder")
        >>> make_bearing(recipe, corpus=note.parent, cache=note, out=note)
        Traceback (most recent call last):
            ...
        NotADirectoryError: [Errno 20] Not a directory: '...note.txt/examples'
    """
    learned = simulated_set(
        recipe.first_seed, recipe.examples, folder=cache / "examples", workers=workers, quiet=quiet
    )
    held = simulated_set(
        recipe.validation_first_seed,
        recipe.validation_examples,
        folder=cache / "validation",
        workers=workers,
        quiet=quiet,
    )
    tower = load_model("builtin/text")
    points = class_points(tower, corpus, seed=recipe.seed)
    models = {
        reading: _trained(reading, recipe, learned, points, tower.reference, cache, quiet)
        for reading in READINGS
    }
    mixtures = _mixtures(recipe, models)
    calibration = {
        reading: _calibrated(reading, mixtures[reading], models, held, points, recipe)
        for reading in READINGS
    }
    story = (
        f"{recipe.examples} simulated recordings (data sha256 {learned.sha256}) and "
        f"{recipe.validation_examples} others for scale and thresholds (sha256 {held.sha256}); "
        f"wordings from recipes/text and the knowledge base. No real recording."
    )
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, Path | bytes] = {}
        runs = {}
        for reading, model in models.items():
            path = Path(folder) / f"{reading}.onnx"
            example = torch.from_numpy(getattr(held, reading)[:GOLDEN_ROWS]).float()
            export_onnx(model.encoder, {"x": example}, path, dynamic={"x": {0: "batch"}})
            parity(model.encoder, path, {"x": example}, bound=1e-3)
            files[path.name] = path
            runs[reading] = ({"x": example.numpy()}, _points(model, example.numpy()))
        files[PROTOTYPES] = _prototype_bytes(points, Path(folder) / PROTOTYPES)
        files["golden.npz"] = golden_bytes(runs)
        return write_bundle(
            out,
            name=NAME,
            kind=KIND,
            card=ModelCard(SUMMARY, "MIT", story, (), LIMITS, tower.card.sources),
            preparation={
                "mixtures": mixtures,
                "line_features": line_array.LENGTH,
                "order_channels": order_array.CHANNELS,
                "orders": len(order_array.GRID),
                "recipe": asdict(recipe),
                "rule": shipped.reference() if recipe.rule_share else None,
            },
            classes=[class_key(x) for x in CLASSES],
            calibration=calibration,
            text=TextLink(tower.bundle.name, tower.bundle.sha256),
            files=files,
        )


def fresh_encoder(reading: str) -> AbstractEncoder:
    """The encoder of a reading, with fresh weights.

    Args:
        reading: one of `READINGS`.

    Example:
        >>> type(fresh_encoder("waveform")).__name__
        'WaveformEncoder'
    """
    if reading == LINES:
        return VectorEncoder(line_array.LENGTH)
    if reading == ORDERS:
        return CombEncoder(order_array.CHANNELS, [float(x) for x in order_array.GRID])
    return WaveformEncoder()


_AUGMENT: dict[str, Callable[[Tensor], Tensor]] = {
    LINES: augmented_lines,
    ORDERS: augmented_orders,
    WAVEFORM: augmented_waveform,
}


def _trained(
    reading: str,
    recipe: BearingRecipe,
    learned: SimulatedSet,
    points: ClassPoints,
    tower: str,
    cache: Path,
    quiet: bool,
) -> ContrastiveModel:
    """The members of a reading, trained apart, as one model."""
    members = [
        _member(reading, number, recipe, learned, points, tower, cache, quiet)
        for number in range(getattr(recipe, f"{reading}_members"))
    ]
    whole = ContrastiveModel(MeanEncoder([x.encoder for x in members]))
    with torch.no_grad():
        whole.log_scale.fill_(sum(float(x.log_scale.detach()) for x in members) / len(members))
    return whole.eval()


def _member(
    reading: str,
    number: int,
    recipe: BearingRecipe,
    learned: SimulatedSet,
    points: ClassPoints,
    tower: str,
    cache: Path,
    quiet: bool,
) -> ContrastiveModel:
    settings = TrainingSettings(
        epochs=getattr(recipe, f"{reading}_epochs"),
        batch_size=256 if reading == LINES else 128,
        learning_rate=2e-3,
        weight_decay=1e-2,
        warmup=WARMUP,
        seed=recipe.seed + number,
    )
    torch.manual_seed(settings.seed)
    model = ContrastiveModel(fresh_encoder(reading))
    decided = hash_of(
        [reading, asdict(settings), recipe.smoothing, learned.sha256, tower, str(model.encoder)]
    )
    kept = cache / f"{reading}-{decided[:12]}.safetensors"
    if not kept.exists():
        # A stated bearing decides what is unknown; without one every fault is itself.
        target = learned.told if reading == LINES else learned.actual
        train(
            model,
            Examples(getattr(learned, reading), target),
            captions_and_choices(
                model, Sentences(points.captions, points.prototypes), smoothing=recipe.smoothing
            ),
            settings,
            augment=_AUGMENT[reading],
            label=f"Training {reading}, {number + 1}",
            quiet=quiet,
        )
        with written_whole(kept) as part:
            save_file(model.state_dict(), part)
    model.load_state_dict(load_file(kept))
    return model


def _mixtures(
    recipe: BearingRecipe, models: dict[str, ContrastiveModel]
) -> dict[str, dict[str, float]]:
    """Weight of each encoder's point, its own scale included: a sure one counts for more."""
    scale = {name: float(model.scale.detach()) for name, model in models.items()}
    share = recipe.orders_share
    known = {LINES: (1 - share) * scale[LINES], ORDERS: share * scale[ORDERS]}
    whole = sum(known.values())
    return {
        LINES: {name: round(x / whole, 4) for name, x in known.items()},
        ORDERS: {ORDERS: 1.0},
        WAVEFORM: {WAVEFORM: 1.0},
    }


def _points(model: ContrastiveModel, arrays: NDArray[np.floating]) -> NDArray[np.float32]:
    with torch.inference_mode():
        rows = [
            model.encoder(torch.from_numpy(arrays[i : i + 256]).float()).numpy()
            for i in range(0, len(arrays), 256)
        ]
    joined: NDArray[np.float32] = np.concatenate(rows)
    return joined


def _calibrated(
    reading: str,
    mixture: dict[str, float],
    models: dict[str, ContrastiveModel],
    held: SimulatedSet,
    points: ClassPoints,
    recipe: BearingRecipe,
) -> dict[str, float]:
    """Scale from cosines to log-odds by likelihood, and the threshold by healthy machines."""
    total = sum(w * _points(models[name], getattr(held, name)) for name, w in mixture.items())
    rows = total / np.linalg.norm(total, axis=1, keepdims=True)
    cosines = (rows @ points.prototypes.T).astype(np.float64)
    truth = held.told if reading == LINES else held.actual
    numbers = {
        "scale": _best_factor(cosines, truth),
        "compound": float(np.log(recipe.compound_share)),
        "types": recipe.waveform_types if reading == WAVEFORM else 1.0,
    }
    odds = log_odds(rows, points.prototypes, numbers)
    if reading == LINES and recipe.rule_share:
        numbers |= {RULE_SHARE: recipe.rule_share, "sharpness": 1.0}
        pooled = with_rule(odds, held.lines, numbers)
        numbers["sharpness"] = _best_factor(pooled, truth)
        odds = with_rule(odds, held.lines, numbers)
    asked = frozenset({*SINGLES, *PAIRS})
    healthy = held.told == CLASSES.index(HEALTHY)
    scores = [fault_probability(allotted(x, asked=asked)) for x in odds[healthy]]
    chosen = conformal_threshold(np.array(scores), false_alarms=recipe.false_alarm_rate)
    return {
        **{name: round(x, 4) for name, x in numbers.items()},
        # Up, never down: a rounded threshold must not alarm more often.
        "alarm_threshold": float(np.ceil(chosen.threshold * 1e4) / 1e4),
        "false_alarm_rate": chosen.false_alarm_rate,
        "healthy_recordings": float(healthy.sum()),
        "simulated_accuracy": round(float((odds.argmax(axis=1) == truth).mean()), 4),
    }


def _best_factor(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The factor that makes log-odds of scores, by likelihood.

    Source: temperature scaling, Guo et al., ICML 2017.
    """
    each = np.arange(len(truth))

    def misfit(log_factor: float) -> float:
        return float(-log_softmax(np.exp(log_factor) * scores, axis=1)[each, truth].mean())

    return float(np.exp(minimize_scalar(misfit, bounds=(-3.0, 5.0), method="bounded").x))


def _prototype_bytes(points: ClassPoints, path: Path) -> bytes:
    outside = {f"outside/{key}": point for key, point in points.outside.items()}
    with path.open("wb") as stream:
        np.savez(stream, classes=points.prototypes, **outside)  # type: ignore[arg-type]
    return path.read_bytes()
