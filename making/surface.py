"""Makes `builtin/surface`: render, train into `builtin/text`, calibrate, write the bundle."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from faultlens.inputs.picture import PicturePreparation
from faultlens.runtimes.bundle import Bundle, TextLink, write_bundle
from faultlens.runtimes.card import CardResult, ModelCard
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.image_model import IMAGE, KIND
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.viewing import USUAL_PX
from faultlens.training.surface.calibration import surface_calibration
from faultlens.training.surface.exported import OUTPUTS, exported
from faultlens.training.surface.objective import SurfaceObjective
from faultlens.training.surface.pool import Chunk, Drawing, chunk_path, draw_chunk, read_chunk
from faultlens.training.surface.words import SurfaceWords, surface_words
from making.surface_recipe import SurfaceRecipe
from making.surface_training import drawings_of, drawn_shares, train_surface

NAME = "builtin/surface"

SUMMARY = (
    "Pictures of metal surfaces, grey or colour and of any size, to points of the space of "
    "builtin/text: one for the picture, one for each 8 x 8 pixels."
)
LIMITS = (
    "Learned from rendered pictures alone. But the renderer was drawn with NEU strip and magnetic "
    "tiles in sight; worn surfaces, larger pictures, coarser scales and meaning among the features "
    "of references came in after figures on the tiles were seen, at five points of the training: "
    "expect a little less elsewhere. It learned from pictures 128 to 288 pixels wide: on larger "
    "ones the grain of the metal looks like defects, so look at them shrunk as well. Sound parts "
    "with marks of their own raise alarms, and by words alone it hardly tells uneven brightness, "
    "faint cracks and broken edges of magnetic tiles from sound tiles: give references, calibrate "
    "a profile. Thresholds come from rendered pictures. Welds, blades, threads and keyways were "
    "never measured on real pictures."
)


SHORT_SIDE_PX = 160
"""Of what it learns from, in the middle; others are looked at in that size."""

USUAL = ("crack", "scratch", "corrosion", "dent", "pitting", "inclusion", "weld_defect")
"""Concepts of the default names, by which the alarm is calibrated."""


def make_surface(
    recipe: SurfaceRecipe, *, corpus: Path, cache: Path, out: Path, quiet: bool = False
) -> Bundle:
    """Make the bundle.

    Args:
        recipe: every number.
        corpus: folder of the grammars of wordings.
        cache: keeps pictures and the state of the training.
        out: folder of the bundle.
        quiet: no progress bar.

    Raises:
        OSError: a file cannot be written.
        UsageError: no grammar in `corpus`.

    Example:
        >>> from dataclasses import fields
        >>> recipe = SurfaceRecipe(**{field.name: 1 for field in fields(SurfaceRecipe)})
        >>> empty = Path(tempfile.mkdtemp())
        >>> make_surface(recipe, corpus=empty, cache=empty, out=empty)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No grammar (*.toml) in ...; give the folder recipes/text.
    """
    tower = load_model("builtin/text")
    words = surface_words(tower, corpus, each=recipe.words_each, seed=recipe.seed)
    trained = train_surface(recipe, words, cache=cache, quiet=quiet)
    drawn = [
        read_chunk(draw_chunk(x, chunk_path(cache / "validation", x)))
        for x in validation_drawings(recipe, words.concepts)
    ]
    link = TextLink(tower.bundle.name, tower.bundle.sha256)
    return write_surface(trained, drawn, words, recipe, link, out=out)


def validation_drawings(recipe: SurfaceRecipe, concepts: tuple[str, ...]) -> list[Drawing]:
    """The pictures that choose and calibrate; none of them is learned from.

    Args:
        recipe: seeds, sizes and shares.
        concepts: keys, that of a sound surface first.

    Example:
        >>> from making.surface_recipe import read_surface_recipe
        >>> recipe = read_surface_recipe("recipes/surface.toml")
        >>> [x.size_px for x in validation_drawings(recipe, ("no_defect", "crack"))]
        [128, 200]
    """
    return [
        Drawing(
            recipe.validation_first_seed + number * recipe.validation_pictures,
            recipe.validation_pictures,
            size,
            concepts,
            drawn_shares(recipe, concepts),
        )
        for number, size in enumerate(recipe.validation_sizes_px)
    ]


def write_surface(
    trained: SurfaceObjective,
    drawn: list[Chunk],
    words: SurfaceWords,
    recipe: SurfaceRecipe,
    text: TextLink,
    *,
    out: Path,
    results: tuple[CardResult, ...] = (),
) -> Bundle:
    """Calibrate a trained encoder on rendered pictures and write its bundle.

    Args:
        trained: by `train_surface`.
        drawn: pictures that it never learned from.
        words: what it was trained into.
        recipe: by which.
        text: the text tower.
        out: folder of the bundle.
        results: figures for the card.

    Raises:
        OSError: the bundle cannot be written.
        BundleError: the exported model computes something else.

    Example:
        >>> import numpy as np
        >>> from faultlens.models.encoders.surface import SurfaceEncoder
        >>> words = SurfaceWords(("no_defect",), (), np.eye(1, 256, dtype=np.float32))
        >>> trained = SurfaceObjective(SurfaceEncoder(), words, smoothing=0.0, dense_weight=1.0)
        >>> recipe = SurfaceRecipe(**dict.fromkeys(SurfaceRecipe.__dataclass_fields__, 1))
        >>> write_surface(trained, [], words, recipe,
        ...               TextLink("builtin/text", "0" * 64), out=Path("surface"))
        Traceback (most recent call last):
            ...
        ValueError: need at least one array to concatenate
    """
    encoder = trained.encoder.eval()
    calibration = surface_calibration(
        encoder,
        trained.scale(),
        drawn,
        words,
        usual=USUAL,
        false_alarms=recipe.false_alarm_rate,
    )
    with tempfile.TemporaryDirectory() as folder:
        made = exported(
            encoder, Path(folder) / "image.onnx", outputs=OUTPUTS, channels=3, seed=recipe.seed
        )
        files: dict[str, Path | bytes] = {made.path.name: made.path}
        files["golden.npz"] = golden_bytes({IMAGE: made.run})
        return write_bundle(
            out,
            name=NAME,
            kind=KIND,
            card=ModelCard(SUMMARY, "MIT", _story(recipe, words), results, LIMITS),
            preparation={
                **PicturePreparation().to_dict(),
                USUAL_PX: SHORT_SIDE_PX,
                "recipe": asdict(recipe),
            },
            classes=list(words.concepts),
            calibration=calibration,
            text=text,
            files=files,
        )


def _story(recipe: SurfaceRecipe, words: SurfaceWords) -> str:
    pictures = sum(x.pictures for x in drawings_of(recipe, words.concepts).values())
    return (
        f"{pictures} pictures rendered by images/simulator, {recipe.steps} steps; wordings from "
        "recipes/text. No real picture."
    )
