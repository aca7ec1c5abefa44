"""How fast an exported CLIP names pictures, beside the pipeline of Hugging Face on this machine.

Weights are drawn by lot: speed does not depend on them, and nothing is downloaded. Whoever is
timed takes turns, picture by picture, so that what else runs here slows both alike.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from faultlens.core.files import write_text
from faultlens.core.optional import optional_import
from faultlens.evaluation.clip_by_lot import Shape, write_clip
from faultlens.evaluation.figures import Figure, Section, figures_json, tables
from faultlens.evaluation.turns import WARM_UP, taken
from faultlens.images.image import Image
from faultlens.runtimes.image_model import image_threads
from faultlens.runtimes.loaded import Model, load_model

COMMAND = "make bench-vision"

TOPIC = "Pictures named by an exported CLIP"

LABELS = ("crack", "scratch", "corrosion", "dent", "inclusion", "no defect")
"""What is asked for: words cost the pipeline time with every picture, and a bundle only once."""

TEMPLATE = "a photo of a metal surface with {}"

PICTURES = 20
HEIGHT, WIDTH = 480, 640
"""Of a picture, pixels, in memory, three channels of 8 bits."""

OURS, PIPELINE, TOWER = "faultlens", "Hugging Face pipeline", "transformers, picture side alone"

AIMS = {(TOPIC, "ViT-B/16", f"times as many pictures as the {PIPELINE}, median"): 2.5}


def vision_section(
    folder: Path, *, shape: Shape | None = None, precision: str = "int8", pictures: int = PICTURES
) -> Section:
    """Make a CLIP of a shape, export it, and time it beside transformers, in turns.

    Args:
        folder: where model and bundle are written (some 700 MB for ViT-B/16).
        shape: its sizes; None for ViT-B/16.
        precision: of the bundle.
        pictures: different ones, each given to everybody once.

    Raises:
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> vision_section(Path("/nowhere"), precision="int4")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown precision 'int4'. ...
    """
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.precisions import checked_precision
    from faultlens.runtimes.vision_to_onnx import export_vision_language

    checked_precision(precision)
    wanted = shape or Shape()
    source = folder / "clip"
    write_clip(source, wanted, [TEMPLATE.format(x) for x in LABELS])
    # Nobody is timed by windows.
    loaded = replace(load_vision_language(str(source)), windows=None)
    bundle = export_vision_language(loaded, folder / precision, precision=precision)
    del loaded
    model = load_model(bundle.folder)
    torch: Any = optional_import("torch", extra="train")
    before = torch.get_num_threads()
    torch.set_num_threads(image_threads())
    try:
        seconds = taken(_contenders(source, model), drawn(pictures + WARM_UP))
    finally:
        torch.set_num_threads(before)
    size_mb = sum(bundle.path(x).stat().st_size for x in bundle.files) / 1e6
    return _section(wanted, model, precision, seconds, size_mb, bundle.card.results[0].value)


def drawn(pictures: int) -> list[Image]:
    """Pictures by lot, each different.

    Args:
        pictures: how many.

    Example:
        >>> [x.pixels.shape for x in drawn(1)]
        [(480, 640, 3)]
    """
    draw = np.random.default_rng(0)
    return [
        Image(draw.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)) for _ in range(pictures)
    ]


def _contenders(source: Path, model: Model) -> dict[str, Callable[[Image], object]]:
    torch: Any = optional_import("torch", extra="train")
    transformers: Any = optional_import("transformers", extra="train")
    pillow: Any = optional_import("PIL.Image", extra="train")
    clip = transformers.CLIPModel.from_pretrained(source).eval()
    prepare = transformers.CLIPImageProcessorPil.from_pretrained(source)
    pipeline = transformers.pipeline(
        "zero-shot-image-classification",
        model=clip,
        tokenizer=transformers.CLIPTokenizer.from_pretrained(source),
        image_processor=prepare,
        device="cpu",
    )
    words = model.encode_text([TEMPLATE.format(x) for x in LABELS])
    scale = float(model.bundle.calibration["logit_scale"])

    def ours(picture: Image) -> object:
        odds = scale * model.encode(picture) @ words.T
        odds = np.exp(odds - odds.max())
        return odds / odds.sum()

    def theirs(picture: Image) -> object:
        shown = pillow.fromarray(picture.pixels)
        return pipeline(shown, candidate_labels=list(LABELS), hypothesis_template=TEMPLATE)

    def tower(picture: Image) -> object:
        with torch.inference_mode():
            pixels = prepare(pillow.fromarray(picture.pixels), return_tensors="pt")
            return clip.get_image_features(**pixels)

    return {PIPELINE: theirs, TOWER: tower, OURS: ours}


def _section(
    shape: Shape,
    model: Model,
    precision: str,
    seconds: Mapping[str, np.ndarray],
    size_mb: float,
    kept: str,
) -> Section:
    count = len(seconds[OURS])
    figures = [
        Figure(TOPIC, shape.name, "time of a picture, median", name, 1e3 * float(np.median(x)),
               count, unit="ms", command=COMMAND)
        for name, x in seconds.items()
    ]  # fmt: skip
    for other in (PIPELINE, TOWER):
        # Picture by picture, since both of a pair saw the same machine.
        middle, low, high = _middle(seconds[other] / seconds[OURS])
        figures.append(
            Figure(TOPIC, shape.name, f"times as many pictures as the {other}, median", OURS,
                   middle, count, low, high, command=COMMAND)
        )  # fmt: skip
    note = (
        f"From pixels in memory ({WIDTH} x {HEIGHT}) to probabilities of {len(LABELS)} names, "
        f"{image_threads()} threads, one picture at a time, in turns: whatever else ran on this "
        "machine slowed all alike, so that the ratios count and the times are an upper bound. "
        f"Ours: {model.reference}, {precision}, {size_mb:.0f} MB, sentences remembered. The "
        "pipeline: torch in single precision with the Pillow processor; it encodes the sentences "
        f"with every picture. Cosine with single precision, weights by lot: {kept}."
    )
    return Section(TOPIC, note, tuple(figures))


def _middle(ratios: np.ndarray) -> tuple[float, float, float]:
    """Median, and its 95 % interval from resampled pictures."""
    draw = np.random.default_rng(0)
    medians = np.median(draw.choice(ratios, (2000, len(ratios))), axis=1)
    low, high = np.quantile(medians, (0.025, 0.975))
    return float(np.median(ratios)), float(low), float(high)


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benches.vision")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--precision", default="int8")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # What is remembered of weights by lot is of no use to anybody.
        os.environ["FAULTLENS_CACHE"] = folder
        section = vision_section(Path(folder), precision=chosen.precision, pictures=chosen.pictures)
    page = "# Speed of vision-language models\n\n" + tables([section], AIMS)
    write_text(chosen.out / "vision.md", page)
    write_text(chosen.out / "vision.json", figures_json(section.figures))
    print(page)


if __name__ == "__main__":
    _main()
