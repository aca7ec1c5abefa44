"""Makes `builtin/text`: corpus, teacher, training, bundle."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import torch
from tokenizers import Tokenizer

from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.card import CardSource, ModelCard
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.loaded import TEXT_ENCODER, TOKENIZER
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx
from faultlens.training.distil_text import padded, train_text_tower
from faultlens.training.teacher import WEIGHTS_SHA256
from faultlens.training.text_recipe import TextRecipe

NAME = "builtin/text"

GOLDEN_SENTENCES = (
    "healthy bearing",
    "outer race fault",
    "the inner ring is spalled, the outer ring is fine",
    "保持架断裂",
    "a 2 mm scratch on the shaft",
    "the weather is nice",
)
"""Sentences whose points every machine must compute alike."""

SUMMARY = (
    "Sentences on bearings and metal surfaces, in English or Chinese, to unit rows of the space "
    "that measurements share."
)
LIMITS = (
    "Two worlds only: bearings and metal surfaces. Sentences are cut after 64 tokens. English and "
    "simplified Chinese. Sizes and places in a sentence are not understood."
)


def make_text(recipe: TextRecipe, *, cache: Path, out: Path, quiet: bool = False) -> Bundle:
    """Make the bundle.

    Args:
        recipe: every number.
        cache: keeps what the teacher said; an interrupted run goes on there.
        out: folder of the bundle.
        quiet: no progress bars.

    Raises:
        MissingPackageError: the teacher is not installed.
        UsageError: no grammar where the recipe says.
        OSError: a file cannot be written.

    Example:
        >>> from unittest.mock import patch
        >>> recipe = TextRecipe(**dict.fromkeys(TextRecipe.__dataclass_fields__, 1))
        >>> with patch("sys.path", []):    # as where nothing is installed
        ...     make_text(recipe, cache=Path("cache"), out=Path("text"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.MissingPackageError: Training the text tower needs the weights of ...
    """
    tower = train_text_tower(recipe, cache=cache, quiet=quiet)
    tokenizer = Tokenizer.from_str(tower.tokenizer_json)
    tokenizer.no_padding()
    ids, mask = padded([tokenizer.encode(x).ids for x in GOLDEN_SENTENCES], pad=0)
    example = {"ids": ids, "mask": mask}
    with torch.inference_mode():
        points = tower.module(ids, mask).numpy()
    numbers = asdict(recipe)
    del numbers["corpus"]  # where it lay on the machine that made it says nothing
    story = (
        f"{int(tower.figures['sentences'])} sentences drawn from the grammars in recipes/text and "
        f"from the knowledge base (corpus sha256 {tower.corpus_sha256}); word vectors and geometry "
        "from all-MiniLM-L6-v2."
    )
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / f"{TEXT_ENCODER}.onnx"
        export_onnx(
            tower.module, example, model, dynamic={x: {0: "batch", 1: "token"} for x in example}
        )
        parity(tower.module, model, example, bound=1e-3)
        return write_bundle(
            out,
            name=NAME,
            kind="text",
            card=ModelCard(
                summary=SUMMARY,
                licence="MIT",
                training_data=story,
                results=(),
                limits=LIMITS,
                sources=(
                    CardSource(
                        "all-MiniLM-L6-v2 (sentence-transformers)", "Apache-2.0", WEIGHTS_SHA256
                    ),
                ),
            ),
            preparation={"corpus_sha256": tower.corpus_sha256, "recipe": numbers},
            classes=[],
            calibration={},
            text=None,
            files={
                model.name: model,
                TOKENIZER: tower.tokenizer_json.encode("utf-8"),
                "golden.npz": golden_bytes(
                    {TEXT_ENCODER: ({x: y.numpy() for x, y in example.items()}, points)}
                ),
            },
        )
