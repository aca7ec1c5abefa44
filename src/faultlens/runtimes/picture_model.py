"""The model that judges pictures, by its name: opened and checked, or refused with what to do."""

from pathlib import Path
from shlex import quote

from faultlens.core.errors import UsageError
from faultlens.runtimes.image_model import KIND
from faultlens.runtimes.loaded import Model, load_model

SURFACE_MODEL = "builtin/surface"
"""What judges pictures unless the user says otherwise."""


def load_image_model(reference: str | Path) -> Model:
    """A model that takes pictures, ready to judge; it runs without torch.

    Args:
        reference: "builtin/surface", or the folder of a bundle.

    Raises:
        UnknownNameError: no such model; the message lists the built-in ones.
        UsageError: it takes something else, or is no bundle yet: a name or a folder of Hugging
            Face, which is exported once.
        BundleError: it is damaged or newer than this version.

    Example:
        >>> load_image_model("builtin/bearing")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/bearing@... takes vibration, not pictures. ...
    """
    name = str(reference)
    if name.startswith("hf:"):
        raise UsageError(
            f"'{name}' is exported once and judges from then on without torch: faultlens export "
            f"{quote(name)} --out FOLDER, then model='FOLDER' (--model FOLDER)."
        )
    model = load_model(reference)
    if model.kind != KIND:
        raise UsageError(
            f"{model.reference} takes {model.kind}, not pictures. Give 'builtin/surface', or the "
            "folder of an image model that faultlens export wrote."
        )
    return model
