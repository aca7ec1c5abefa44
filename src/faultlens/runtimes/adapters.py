"""What few labelled pictures taught a model of pictures, as its bundle holds it."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError
from faultlens.models.patch_adapter import PatchAdapter
from faultlens.models.picture_adapter import PictureAdapter
from faultlens.runtimes.fields import damaged, take

if TYPE_CHECKING:
    from faultlens.runtimes.bundle import Bundle
    from faultlens.runtimes.loaded import Model

ADAPTED = "adapted"
"""Part of the preparation of such a bundle: what it was adapted to, in words."""

ADAPTERS = "adapters.npz"
"""File of the bundle: the arrays of its adapters, as `picture/...` and `places/...`."""

LARGEST_ADAPTERS_BYTES = 100_000_000
"""Unpacked; a cache of a thousand pictures of a large model has some 60 MB."""

PICTURE, PLACES = "picture", "places"

IMAGE, PATCHES, FEATURES = "image", "patches", "features"
"""Outputs of an image encoder, see `image_model.EncodedImage`."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Adapters:
    """What a model of pictures was adapted to, and by what.

    Args:
        classes: the defects, in the words of whoever labelled them.
        part: what is on the pictures, in words.
        picture: moves the point of a whole picture; None for nothing.
        places: moves the points of its places; None for nothing.
    """

    classes: tuple[str, ...]
    part: str
    picture: PictureAdapter | None = None
    places: PatchAdapter | None = None

    def needed(self, want: Sequence[str]) -> list[str]:
        """The outputs of the encoder that are needed for those that are wanted.

        Args:
            want: names of outputs.
        """
        moved = (self.picture is not None and IMAGE in want) or (
            self.places is not None and PATCHES in want
        )
        return list(dict.fromkeys([*want, *([FEATURES] if moved else [])]))

    def applied(self, outputs: Mapping[str, Floats]) -> dict[str, Floats]:
        """The outputs of one picture as the labelled pictures would have them.

        Args:
            outputs: name -> array, as `needed` lists them.

        Raises:
            BundleError: the adapters were made for a model of other widths.
        """
        found = dict(outputs)
        if self.picture is not None and IMAGE in outputs:
            found[IMAGE] = self.picture.moved(outputs[IMAGE], outputs[FEATURES])
        if self.places is not None and PATCHES in outputs:
            found[PATCHES] = self.places.moved(outputs[PATCHES], outputs[FEATURES])
        return found

    def facts(self) -> dict[str, Any]:
        """What the preparation of the bundle says of it."""
        return {"classes": list(self.classes), "part": self.part}

    def stored(self) -> bytes:
        """The bytes of `ADAPTERS`."""
        arrays: dict[str, NDArray[Any]] = {}
        if self.picture is not None:
            arrays |= {f"{PICTURE}/{name}": x for name, x in self.picture.arrays().items()}
        if self.places is not None:
            arrays |= {f"{PLACES}/{name}": x for name, x in self.places.arrays().items()}
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # its stub has no arrays
        return packed.getvalue()


def read_adapters(bundle: "Bundle") -> Adapters | None:
    """The adapters of a bundle; None where it has none.

    Args:
        bundle: of the kind "image", read and checked.

    Raises:
        BundleError: they are damaged, or larger than any are.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> read_adapters(load_model("builtin/surface").bundle) is None
        True
    """
    if ADAPTED not in bundle.preparation:
        return None
    facts = take(bundle.preparation, ADAPTED, dict, bundle.reference)
    classes = take(facts, "classes", list, bundle.reference)
    if not (classes and all(type(x) is str and x.strip() for x in classes)):
        raise damaged(bundle.reference, f"its adapted classes are {classes!r}, which are no words")
    arrays = _arrays(bundle)
    by_kind = {
        kind: {
            name.removeprefix(f"{kind}/"): x
            for name, x in arrays.items()
            if name.startswith(f"{kind}/")
        }
        for kind in (PICTURE, PLACES)
    }
    return Adapters(
        classes=tuple(classes),
        part=take(facts, "part", str, bundle.reference),
        picture=PictureAdapter.of(by_kind[PICTURE]) if by_kind[PICTURE] else None,
        places=PatchAdapter.of(by_kind[PLACES]) if by_kind[PLACES] else None,
    )


def unadapted(model: "Model") -> "Model":
    """The model, unless it was adapted already: what would be learned on top forgets the first.

    Args:
        model: of the kind "image".

    Raises:
        UsageError: it was adapted to labelled pictures.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> unadapted(load_model("builtin/surface")).kind
        'image'
    """
    if model.adapters is None:
        return model
    base = model.card.sources[0].name if model.card.sources else "its base"
    raise UsageError(
        f"{model.reference} was tuned on labelled pictures already "
        f"({', '.join(model.adapters.classes)}). Tune {base} again, on its pictures and the new "
        "ones together."
    )


def _arrays(bundle: "Bundle") -> Mapping[str, NDArray[Any]]:
    path = bundle.path(ADAPTERS)
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(x.file_size for x in packed.infolist()) > LARGEST_ADAPTERS_BYTES:
                raise ValueError("it is larger than any adapters are")
        with np.load(path, allow_pickle=False) as opened:
            return {name: np.asarray(opened[name], np.float32) for name in opened.files}
    # A file from elsewhere may break numpy and zipfile in ways of their own.
    except (OSError, ValueError, EOFError, KeyError, NotImplementedError, MemoryError,
            RuntimeError, zipfile.BadZipFile) as error:  # fmt: skip
        raise BundleError(
            f"{bundle.reference}: {ADAPTERS} cannot be read ({error}). Make the bundle again with "
            "faultlens tune."
        ) from error
