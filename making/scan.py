"""Makes `builtin/scan`: draw defects, train into `builtin/text`, calibrate, write the bundle."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from faultlens.inputs.deviation_patch import PREPARATION
from faultlens.models.encoders.deviation import DeviationEncoder
from faultlens.runtimes.bundle import Bundle, TextLink, write_bundle
from faultlens.runtimes.card import CardResult, ModelCard
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.parity import parity
from faultlens.runtimes.scan_model import ENCODER, KIND, NUMBERS_IN, VIEWS_IN
from faultlens.runtimes.to_onnx import export_onnx
from faultlens.training.hashes import hash_of
from making.scan_calibration import scan_calibration
from making.scan_material import KINDS, Material, draw_material, read_material, write_material
from making.scan_recipe import ScanRecipe
from making.scan_training import encoded, train_scan
from making.scan_words import free_wordings, scan_captions, scan_sentences

NAME = "builtin/scan"

GOLDEN_ROWS = 4

SUMMARY = (
    "Defects measured on scans, as patches of the deviation map and their proportions, to points "
    "of the space of builtin/text: dent, scratch, corrosion pit, crack, protrusion, or unknown."
)
LIMITS = (
    "Learned from simulated defects alone; no named real scan was at hand to measure it on. It "
    "sees shape, not colour or cause: rust without pits, stains and inclusions cannot be told. "
    "Cracks narrower than two cells of the map look like fine scratches unless they wind; made "
    "things (slots, bores, letters) are called unknown as far as they are like those simulated. "
    "What stands out of the surface is one kind: spatter, burrs and blisters are not told apart."
)


def make_scan(
    recipe: ScanRecipe,
    *,
    corpus: Path,
    wordings: Path,
    cache: Path,
    out: Path,
    workers: int = 2,
    quiet: bool = False,
) -> Bundle:
    """Make the bundle.

    Args:
        recipe: every number.
        corpus: folder of the grammars of wordings.
        wordings: file of sentences in free wording, to calibrate by.
        cache: keeps what is drawn.
        out: folder of the bundle.
        workers: processes that draw.
        quiet: no progress bars.

    Raises:
        OSError: a file cannot be written.
        UsageError: no grammar in `corpus`.

    Example:
        >>> from dataclasses import fields
        >>> recipe = ScanRecipe(**{field.name: 1 for field in fields(ScanRecipe)})
        >>> empty = Path(tempfile.mkdtemp())
        >>> make_scan(recipe, corpus=empty, wordings=empty, cache=empty, out=empty)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No grammar (*.toml) in ...; give the folder recipes/text.
    """
    tower = load_model("builtin/text")
    captions = scan_captions(
        tower, scan_sentences(corpus, each=recipe.words_each, seed=recipe.seed)
    )
    learned = _material(recipe, recipe.examples, recipe.seed, cache, workers, quiet)
    held = _material(
        recipe, recipe.validation_examples, recipe.validation_seed, cache, workers, quiet
    )
    encoder = train_scan(recipe, learned, captions, quiet=quiet)
    calibration = scan_calibration(
        encoded(encoder, held.patches),
        held.kinds,
        captions,
        free_wordings(tower, wordings),
        seed=recipe.validation_seed,
    )
    link = TextLink(tower.bundle.name, tower.bundle.sha256)
    return write_scan(encoder, held, calibration, recipe, link, out=out)


def write_scan(
    encoder: DeviationEncoder,
    held: Material,
    calibration: dict[str, float],
    recipe: ScanRecipe,
    text: TextLink,
    *,
    out: Path,
    results: Sequence[CardResult] = (),
) -> Bundle:
    """Write the bundle of a trained encoder.

    Args:
        encoder: trained.
        held: material that it never learned from, for the golden outputs.
        calibration: of `scan_calibration`.
        recipe: by which.
        text: the text tower.
        out: folder of the bundle.
        results: figures for the card.

    Raises:
        OSError: the bundle cannot be written.
        BundleError: the exported model computes something else.

    Example:
        >>> from dataclasses import fields
        >>> recipe = ScanRecipe(**{field.name: 1 for field in fields(ScanRecipe)})
        >>> held = draw_material(1, seed=1, strange_share=0.0, exact_share=0.0)
        >>> write_scan(DeviationEncoder(), held, {}, recipe, TextLink("builtin/text", "0" * 64),
        ...            out=Path("scan"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The example's axis 0 (batch) of 'views' has length 1; ...
    """
    views = torch.from_numpy(held.patches.views[:GOLDEN_ROWS])
    example = {VIEWS_IN: views, NUMBERS_IN: torch.from_numpy(held.patches.numbers[:GOLDEN_ROWS])}
    with torch.inference_mode():
        points = encoder.eval()(*example.values()).numpy()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{ENCODER}.onnx"
        export_onnx(encoder, example, path, dynamic={x: {0: "batch"} for x in example})
        parity(encoder, path, example, bound=1e-3)
        golden = golden_bytes({ENCODER: ({k: x.numpy() for k, x in example.items()}, points)})
        return write_bundle(
            out,
            name=NAME,
            kind=KIND,
            card=ModelCard(SUMMARY, "MIT", _story(recipe), tuple(results), LIMITS),
            preparation={**PREPARATION, "recipe": asdict(recipe)},
            classes=KINDS,
            calibration=calibration,
            text=text,
            files={path.name: path, "golden.npz": golden},
        )


def _material(
    recipe: ScanRecipe, count: int, seed: int, cache: Path, workers: int, quiet: bool
) -> Material:
    share, exact, unseen = recipe.strange_share, recipe.exact_share, recipe.unseen
    decided = hash_of([count, seed, share, exact, unseen])
    kept = cache / f"material-{decided[:12]}.npz"
    if not kept.exists():
        drawn = draw_material(
            count,
            seed=seed,
            strange_share=share,
            exact_share=exact,
            unseen=unseen,
            workers=workers,
            quiet=quiet,
        )
        write_material(kept, drawn)
    return read_material(kept)


def _story(recipe: ScanRecipe) -> str:
    return (
        f"{recipe.examples} defects drawn by making/scan_forms, making/scan_strange and "
        f"surfaces/simulator into rough surfaces, found and measured as scans are; "
        f"{recipe.validation_examples} others for the calibration; wordings from recipes/text and "
        "the knowledge base. No real scan."
    )
