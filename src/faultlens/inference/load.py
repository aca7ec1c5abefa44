"""`load_model`: a built-in model, the folder of a bundle, or the folder of a checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.optional import optional_import
from faultlens.runtimes.loaded import Model, is_checkpoint
from faultlens.runtimes.loaded import load_model as load_bundle

if TYPE_CHECKING:
    from faultlens.training.checkpoint_model import CheckpointModel


def load_model(reference: str | Path) -> "Model | CheckpointModel":
    """Find a model, check its files against their hashes, and give it ready to use.

    Both kinds answer `.encode_text(sentences)` and `.encode(recordings)` with unit rows (n, dim),
    and have `.card` and `.reference`. A checkpoint needs torch; a bundle does not.

    Args:
        reference: a built-in model ("builtin/text", also with the hash: "builtin/text@1234..."), or
            the folder of a bundle or of a checkpoint.

    Raises:
        UnknownNameError: no such model; the message lists the built-in ones.
        UsageError: the rule, which has no encoder; or a Hugging Face name.
        BundleError: it is damaged, newer than this version, or not the one of the hash.
        MissingPackageError: a checkpoint, and torch is not installed.

    Example:
        >>> load_model("builtin/bearing").kind
        'vibration'
    """
    if not is_checkpoint(reference):
        return load_bundle(reference)
    optional_import("torch", extra="train")
    from faultlens.training.checkpoint_model import load_checkpoint

    return load_checkpoint(reference)
