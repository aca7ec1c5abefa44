"""The labelled pictures that a model was tuned on: it is surer of them than of any others."""

import json
from pathlib import Path

from faultlens.core.errors import BundleError

TUNED_ON = "tuned_on.json"
"""File of a bundle that `faultlens tune` wrote on pictures: how, and on which."""

LARGEST_BYTES = 1 << 26


def tuned_pictures(folder: Path) -> frozenset[str]:
    """Hashes of the files that a model was tuned on.

    Args:
        folder: of its bundle.

    Returns:
        sha256 of each file; none where it was tuned on no pictures.

    Raises:
        BundleError: what the bundle says of them cannot be read.

    Example:
        >>> tuned_pictures(Path("/nowhere"))
        frozenset()
    """
    path = folder / TUNED_ON
    if not path.is_file():
        return frozenset()
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"it is larger than {LARGEST_BYTES >> 20} MiB")
        table = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(str(x["sha256"]) for x in table.get("pictures", ()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleError(
            f"{path} does not say what the model was tuned on: {error!r}. Tune it again."
        ) from error
