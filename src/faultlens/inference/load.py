"""`load_model`: a built-in model, a bundle, a checkpoint, or a model of Hugging Face."""

from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.optional import optional_import
from faultlens.runtimes.loaded import Model, is_checkpoint
from faultlens.runtimes.loaded import load_model as load_bundle

if TYPE_CHECKING:
    from faultlens.training.checkpoint_model import CheckpointModel


def load_model(reference: str | Path) -> "Model | CheckpointModel":
    """Find a model, check its files against their hashes, and give it ready to use.

    All answer `.encode_text(sentences)` and `.encode(recordings or pictures)` with unit rows
    (n, dim), and have `.card` and `.reference`. A checkpoint needs torch; a bundle does not; a
    model of Hugging Face needs it once, when it is exported.

    Args:
        reference: a built-in model ("builtin/text", also with the hash: "builtin/text@1234..."),
            the folder of a bundle or of a checkpoint, or a model of pictures and words of Hugging
            Face: "hf:openai/clip-vit-base-patch32", "ViT-B/32", or its folder.

    Raises:
        UnknownNameError: no such model; the message lists the built-in ones.
        UsageError: the rule, which has no encoder; or a model that cannot be read, by name.
        BundleError: it is damaged, newer than this version, or not the one of the hash.
        MissingPackageError: torch is needed and not installed; the message says what to do.
        InputError: a model of Hugging Face that is not here, and that no hub gave.
        UnreadableFileError: a model of Hugging Face of another type, or a damaged one.

    Example:
        >>> load_model("builtin/bearing").kind
        'vibration'
    """
    if not is_checkpoint(reference):
        return load_bundle(reference)
    optional_import("torch", extra="train")
    from faultlens.training.checkpoint_model import load_checkpoint

    return load_checkpoint(reference)
