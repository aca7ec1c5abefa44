"""The first stage on pictures: an encoder of surfaces and sentences are brought into one space."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faultlens.core.hashes import file_sha256
from faultlens.datasets.labelled import Origin
from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.inputs.picture import PicturePreparation
from faultlens.models.checkpoint import (
    PICTURES,
    PROTOTYPES,
    ZERO_SHOT,
    Checkpoint,
    EncoderFacts,
    TextFacts,
    TrainedOn,
    write_checkpoint,
)
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.encoder import DIM
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.models.encoders.surface_points import SurfacePoints
from faultlens.models.encoders.surface_restored import restored_surface
from faultlens.models.restored import TEMPERATURE
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.picture_model import load_image_model
from faultlens.runtimes.viewing import USUAL_PX
from faultlens.training.experiment import STATIC
from faultlens.training.hashes import hash_of
from faultlens.training.loop import Examples, Hook, train
from faultlens.training.objectives import Sentences, drawn
from faultlens.training.processes import Processes
from faultlens.training.resume import ResumeFolder
from faultlens.training.stage import UNNAMED, DataSource, temperature_of, validation, versions
from faultlens.training.state import snapshot
from faultlens.training.surface.calibration import surface_calibration
from faultlens.training.surface.experiment import SCRATCH, PictureExperiment
from faultlens.training.surface.material import Material
from faultlens.training.surface.own_windows import WINDOW_PX, Windows
from faultlens.training.surface.picture_classes import PictureClasses, picture_words
from faultlens.training.surface.picture_objective import picture_objective
from faultlens.training.surface.words import SurfaceWords

TOWER = "builtin/text"

OF_PICTURES = "pictures."
"""What the names of the calibration of pictures begin with, in a checkpoint."""

USUAL = ("crack", "scratch", "corrosion", "dent", "pitting", "inclusion", "weld_defect")
"""Concepts of the default names: the alarm is calibrated by them where nobody gave labels."""

FALSE_ALARMS = 0.05
"""Share of the sound windows that the threshold allows, as in recipes/surface.toml."""

WINDOWS_AT_ONCE = 64


def picture_cache(folder: Path) -> Path:
    """Where rendered pictures and the state of a training lie while it runs.

    Args:
        folder: of the checkpoint.

    Example:
        >>> picture_cache(Path("pretrained_weights/zero_shot_model")).name
        'zero_shot_model.training'
    """
    return folder.with_name(f"{folder.name}.training")


def pretrain_pictures(
    material: Material,
    experiment: PictureExperiment,
    folder: Path,
    *,
    source: DataSource = UNNAMED,
    hooks: Sequence[Hook] = (),
    quiet: bool = False,
) -> Checkpoint:
    """Train an encoder and write its checkpoint; a run that was killed goes on where it was.

    Args:
        material: what is learned from.
        experiment: everything that decides the result.
        folder: of the checkpoint.
        source: the data set that the pictures are from.
        hooks: called after every epoch.
        quiet: no progress bar.

    Raises:
        UsageError: a prompt without its gap, or a folder that holds something else.
        BundleError: a model to start from that cannot be trained on.
        OSError: a file cannot be written; what was written before stays.

    Example:
        >>> import tempfile
        >>> from faultlens.training.settings import TrainingSettings
        >>> from faultlens.training.surface.material import gathered
        >>> how = PictureExperiment(rendered=30, judged=60, training=TrainingSettings(epochs=1))
        >>> folder = Path(tempfile.mkdtemp()) / "model"
        >>> seen = gathered([], [], how, picture_cache(folder))
        >>> made = pretrain_pictures(seen, how, folder, quiet=True)
        >>> made.encoder.name, made.classes[:2], picture_cache(folder).exists()
        ('surface', ('no defect', 'crack'), False)
    """
    tower = load_model(TOWER)
    words = picture_words(material.classes, _captions(material.pictures), experiment.text, tower)
    torch.manual_seed(experiment.training.seed)
    model, encoder = _begun(experiment)
    model.to(experiment.device)
    begun = snapshot(model.state_dict())
    features = _Features(words, experiment.device)
    learned = _examples(material.learned, material.weight)
    judge = _Judge(model, material.held, features.prototypes, experiment.device)
    groups = len(set(material.held.key))
    decided = hash_of([
        experiment.to_dict(), tower.reference, source.sha256, _start(experiment), words.concepts,
        material.learned.chunk.concept.tolist(), material.counts,
    ])  # fmt: skip
    resume = ResumeFolder(picture_cache(folder), decided)
    end = train(
        model,
        learned,
        picture_objective(
            model, encoder, material.learned, features, experiment.loss,
            dense=experiment.dense, crop_px=experiment.crop_px, device=experiment.device,
        ),
        experiment.training,
        validate=validation(judge, judge.examples, groups),
        hooks=(*hooks, resume.keep),
        resume=resume.stood_at(),
        label=f"Training {experiment.encoder}",
        quiet=quiet,
    )  # fmt: skip
    _keep_of(begun, model, experiment.kept)
    best = _weights(model, words)
    # Before the calibration, which takes the encoder off its accelerator.
    temperature = temperature_of(judge, judge.examples)
    numbers = _calibration(model, encoder, material, words)
    model.load_state_dict(dict(end.last), strict=False)
    checkpoint = Checkpoint(
        stage=ZERO_SHOT,
        encoder=EncoderFacts(PICTURES, (3, WINDOW_PX, WINDOW_PX), DIM),
        text=TextFacts(
            name=STATIC,
            reference=tower.reference,
            width=DIM,
            shared=True,
            prompts=experiment.text.prompts,
            kept={"reference": tower.reference},
        ),
        classes=material.classes.names,
        preparation={**PicturePreparation().to_dict(), USUAL_PX: WINDOW_PX},
        trained_on=_trained_on(material, source),
        settings={ZERO_SHOT: {**experiment.to_dict(), "windows": dict(material.counts)}},
        calibration={TEMPERATURE: temperature, **numbers},
        history=tuple({"stage": ZERO_SHOT, **asdict(x)} for x in end.history),
        versions=versions(),
    )
    if Processes(experiment.device).rank > 0:
        return checkpoint
    written = write_checkpoint(folder, checkpoint, best=best, last=_weights(model, words))
    resume.remove()
    return written


def started_from(experiment: PictureExperiment) -> Model | None:
    """The model whose weights a training starts from; None for fresh ones.

    Args:
        experiment: names it.

    Raises:
        UnknownNameError: no such model.
        UsageError: it takes no pictures.

    Example:
        >>> started_from(PictureExperiment(start="scratch")) is None
        True
    """
    return None if experiment.start == SCRATCH else load_image_model(experiment.start)


class _Features:
    """What the text model gives in one step: prototypes, and a sentence drawn per class."""

    def __init__(self, words: SurfaceWords, device: str) -> None:
        self._sentences = Sentences(words.captions, words.means)
        self._device = device
        self.prototypes = torch.from_numpy(words.means).to(device)

    def __call__(self) -> tuple[Tensor, Tensor]:
        return self.prototypes, drawn(self._sentences).to(self._device)


class _Judge:
    """Scaled cosines of held-out windows with the classes; the windows are found by their place."""

    def __init__(
        self, model: ContrastiveModel, held: Windows, prototypes: Tensor, device: str
    ) -> None:
        self._model, self._held, self._prototypes, self._device = model, held, prototypes, device
        self.examples = _examples(held, None)

    def __call__(self, which: Tensor) -> Tensor:
        pixels = self._held.chunk.pixels[which[:, 0].long().numpy()]
        rows = []
        for start in range(0, len(pixels), WINDOWS_AT_ONCE):
            some = torch.from_numpy(pixels[start : start + WINDOWS_AT_ONCE]).permute(0, 3, 1, 2)
            rows.append(self._model(some.to(self._device).float() / 255, self._prototypes))
        return torch.cat(rows)


def _begun(experiment: PictureExperiment) -> tuple[ContrastiveModel, SurfaceEncoder]:
    inside = SurfacePoints()
    model = ContrastiveModel(inside)
    base = started_from(experiment)
    if base is None:
        return model, inside.surface
    inside.surface.load_state_dict(restored_surface(base.bundle.path("image.onnx")).state_dict())
    scale = float(base.bundle.calibration.get("trained_scale", model.scale))
    model.log_scale.data.fill_(math.log(scale))
    # Export folded their statistics away; what is left of them stands still.
    for part in inside.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.requires_grad_(False)
    return model, inside.surface


def _keep_of(begun: Mapping[str, Tensor], model: ContrastiveModel, share: float) -> None:
    """Give a model some of its starting weights back, in place."""
    if not share:
        return
    for name, now in model.state_dict().items():
        if now.is_floating_point():
            now.lerp_(begun[name].to(now.device), share)


def _start(experiment: PictureExperiment) -> str:
    base = started_from(experiment)
    return SCRATCH if base is None else base.reference


def _examples(windows: Windows, weight: NDArray[np.float64] | None) -> Examples:
    # The loop carries which window it is; crops are cut only where they are learned from.
    places = np.arange(len(windows), dtype=np.float32)[:, None]
    return Examples(places, windows.chunk.concept, weight)


def _captions(pictures: Sequence[LabelledPicture]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for each in pictures:
        found.setdefault(each.label, []).extend(each.captions)
    return found


def _calibration(
    model: ContrastiveModel, encoder: SurfaceEncoder, material: Material, words: SurfaceWords
) -> dict[str, float]:
    own = tuple(dict.fromkeys(x.label for x in material.pictures if x.defective))
    made = surface_calibration(
        encoder.cpu(),  # it is made of pictures here, and goes into a bundle next
        round(float(model.scale.detach()), 3),
        [material.judged.chunk],
        words,
        usual=own or _usual(material.classes),
        false_alarms=FALSE_ALARMS,
    )
    return {f"{OF_PICTURES}{k}": v for k, v in made.items() if not isinstance(v, str)}


def _usual(classes: PictureClasses) -> tuple[str, ...]:
    return tuple(classes.names[classes.drawn[x]] for x in USUAL if x in classes.drawn)


def _weights(model: ContrastiveModel, words: SurfaceWords) -> dict[str, Tensor]:
    kept = {**model.state_dict(), PROTOTYPES: torch.from_numpy(words.means)}
    return dict(snapshot(kept))


def _trained_on(material: Material, source: DataSource) -> TrainedOn:
    return TrainedOn(
        dataset=source.name,
        sha256=source.sha256,
        folder=source.folder,
        origins=tuple(
            Origin(
                machine=x.subset, key=x.key, label=x.label, file=x.file, sha256=file_sha256(x.path)
            )
            for x in material.pictures
        ),
        windows=len(material.learned),
        validation_windows=len(material.held),
    )
