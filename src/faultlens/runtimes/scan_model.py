"""The model that names what scans show, by its name; and patches to rows of its space."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.deviation_patch import PREPARATION, ScanPatches

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

SCAN_MODEL = "builtin/scan"
"""What names defects of scans unless the user says otherwise."""

KIND = "scan"

ENCODER = "scan"
"""Stem of the encoder's file."""

VIEWS_IN, NUMBERS_IN = "views", "numbers"
"""Its inputs, see `ScanPatches`."""

AT_ONCE = 256
"""Patches of one pass; more need memory and are hardly faster."""


def load_scan_model(reference: str | Path = SCAN_MODEL) -> "Model":
    """A model that takes patches of scans, ready to name them.

    Args:
        reference: "builtin/scan", or the folder of a bundle.

    Raises:
        UnknownNameError: no such model; the message lists the built-in ones.
        UsageError: it takes something else.
        BundleError: it is damaged or newer than this version.

    Example:
        >>> load_scan_model("builtin/bearing")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/bearing@... takes vibration, not scans. ...
    """
    # Here, because `runtimes.loaded` needs this file for models of scans.
    from faultlens.runtimes.loaded import load_model

    model = load_model(reference)
    if model.kind != KIND:
        raise UsageError(
            f"{model.reference} takes {model.kind}, not scans. Give '{SCAN_MODEL}', or the folder "
            "of a model of scans."
        )
    if any(model.bundle.preparation.get(name) != value for name, value in PREPARATION.items()):
        raise BundleError(
            f"{model.reference} takes other patches than this faultlens cuts out. Update it: pip "
            "install --upgrade faultlens; or make the bundle again."
        )
    return model


def encode_patches(model: "Model", patches: object) -> NDArray[np.float32]:
    """Patches as rows of the space that they share with sentences.

    Args:
        model: of the kind "scan".
        patches: of `inputs.deviation_patch.scan_patches`.

    Returns:
        (defect, dim) unit rows; dim is 256.

    Raises:
        UsageError: something that is no patches.
        BundleError: the model is damaged.

    Example:
        >>> encode_patches(None, [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: A model of scans takes ScanPatches, not a list; ...
    """
    if not isinstance(patches, ScanPatches):
        raise UsageError(
            f"A model of scans takes ScanPatches, not a {type(patches).__name__}; make them of the "
            "defects of a deviation map with scan_patches(deviations, defects)."
        )
    rows = [np.zeros((0, 256), np.float32)]
    for start in range(0, len(patches), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        inputs = {VIEWS_IN: patches.views[some], NUMBERS_IN: patches.numbers[some]}
        rows.append(model.runtime(ENCODER).run(inputs))
    return np.concatenate(rows)
