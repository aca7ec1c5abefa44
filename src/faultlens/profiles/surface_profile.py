"""The profile of one product's pictures: its normal parts, remembered and counted, in one file."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.core.files import written_whole
from faultlens.images.roi import outline_in
from faultlens.images.stated_roi import EVERYWHERE, KeptRoi
from faultlens.profiles.class_thresholds import ClassThresholds, class_thresholds_of
from faultlens.profiles.other_kind import other_kind
from faultlens.profiles.references import Subspace
from faultlens.profiles.spread import PatchRange, Spread

FORMAT, OLDEST = 2, 1
"""Version of the file, and the oldest that is read; a reader refuses newer ones by name. Version 1
knew neither class thresholds nor zoom nor enhancements; a region of interest may be left out."""

LARGEST_PROFILE_BYTES = 50_000_000
"""On disk and unpacked; a profile of 4,096 patches has 2 MB."""

HEADER = "profile"
"""Array of the file that holds everything but arrays, as JSON."""

ARRAYS = ("memory", "mean", "directions")

MOST_PARTS = 1_000_000

MOST_LOOKS = 1_000

_FIRST_BYTES = b"PK\x03\x04"


@dataclass(frozen=True, eq=False)
class ReferenceBank:
    """What the normal pictures of a product look like.

    Args:
        memory: (patch, feature) unit rows of normal patches, float16.
        subspace: the space that they fill.
        distances: how far the normal pictures lie from the others, one per measure: memory,
            subspace.
        patches: the same of their patches.
    """

    memory: NDArray[np.float16]
    subspace: Subspace
    distances: tuple[Spread, ...]
    patches: tuple[PatchRange, ...]


@dataclass(frozen=True, eq=False)
class SurfaceProfile:
    """Calibration of one product from pictures of its own normal parts.

    Args:
        name: how the profile is called in results; usually its file name.
        model: name and hash of the model that it was made with; another one refuses it.
        threshold: anomaly probability above which this product alarms.
        false_alarm_rate: share of normal parts that will exceed it; None where nobody can know it.
        wanted_rate: share that was asked for.
        parts: normal pictures behind it, each a part of its own.
        scores: anomaly probability of each of them, judged by the others, in the order in which
            they were given.
        text: log odds of an anomaly, by text, of the normal pictures.
        text_patches: the same of their patches.
        bank: what they look like.
        defects: sentences that were asked for; empty for the set of the part.
        part: what is on the pictures, in words.
        mm_per_pixel: size of a pixel on the part, mm; None where nobody said.
        scales: sizes at which the pictures were looked at; empty for what the model is used to.
        turned: whether their quarter turns are in the bank too.
        zoom: how many of the hottest places of a picture were looked at again, enlarged.
        enhance: what was done to the pictures first, names of `images.light.enhance.ENHANCEMENTS`.
        roi: where on every picture was looked.
        classes: when the name of a defect is believed; None where no defects were labelled.
    """

    name: str
    model: str
    threshold: float
    false_alarm_rate: float | None
    wanted_rate: float
    parts: int
    scores: tuple[float, ...]
    text: Spread
    text_patches: PatchRange
    bank: ReferenceBank = field(repr=False)
    defects: tuple[str, ...] = ()
    part: str = "metal surface"
    mm_per_pixel: float | None = None
    scales: tuple[float, ...] = ()
    turned: bool = False
    zoom: int = 0
    enhance: tuple[str, ...] = ()
    roi: KeptRoi = EVERYWHERE
    classes: ClassThresholds | None = None

    def asked_for(self, sentences: Sequence[str]) -> "SurfaceProfile":
        """The profile where these sentences are asked for; others have no class thresholds.

        Args:
            sentences: in the order in which a model names them.
        """
        if self.classes is None:
            return self
        return replace(self, classes=self.classes.in_order(sentences))

    def save(self, path: str | Path) -> None:
        """Write the profile, whole or not at all: numbers as JSON and arrays, in one npz file.

        Raises:
            OSError: the file cannot be written.
        """
        table = {"format": FORMAT, **_header(self)}
        arrays = {
            HEADER: np.frombuffer(json.dumps(table).encode(), dtype=np.uint8),
            "memory": self.bank.memory.astype(np.float16),
            "mean": self.bank.subspace.mean.astype(np.float32),
            "directions": self.bank.subspace.directions.astype(np.float32),
        }
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # its stub has no arrays
        with written_whole(path) as temporary:
            temporary.write_bytes(packed.getvalue())


def is_surface_profile(path: str | Path) -> bool:
    """Whether a file begins as the profile of a product's pictures does.

    Args:
        path: any file.

    Example:
        >>> is_surface_profile("/nowhere")
        False
    """
    try:
        with Path(path).open("rb") as stream:
            return stream.read(len(_FIRST_BYTES)) == _FIRST_BYTES
    except OSError:
        return False


def read_surface_profile(path: str | Path) -> SurfaceProfile:
    """Read the profile of a product's pictures.

    Raises:
        UnreadableFileError: not such a profile, damaged, too large, of a newer version, or with an
            unknown field.

    Example:
        >>> read_surface_profile("/nowhere/tiles.profile")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/tiles.profile is not a profile of ...
    """
    try:
        arrays = _arrays(Path(path))
        table = json.loads(arrays[HEADER].tobytes().decode("utf-8"))
        if not isinstance(table, dict) or "format" not in table:
            raise ValueError("it has no field 'format'")
    # A file from elsewhere may break numpy and zipfile in ways of their own.
    except (OSError, ValueError, KeyError, EOFError, RecursionError, NotImplementedError,
            zipfile.BadZipFile, zlib.error, MemoryError, RuntimeError) as error:  # fmt: skip
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        why = other_kind(path, wanted="pictures") or reason
        raise UnreadableFileError(
            f"{path} is not a profile of pictures: {why}. Make one with: "
            "faultlens calibrate NORMAL_PICTURES --out NAME.profile"
        ) from error
    version = table.pop("format")
    if version not in range(OLDEST, FORMAT + 1):
        raise UnreadableFileError(
            f"{path} is a profile of pictures of format {version}; this faultlens reads formats "
            f"{OLDEST} to {FORMAT}. Update faultlens, or make the profile again."
        )
    known = {x.name for x in fields(SurfaceProfile)} - {"bank"} | {"distances", "patches"}
    if odd := sorted(set(table) - known):
        raise UnreadableFileError(f"{path}: {UnknownNameError('profile field', odd[0], known)}")
    try:
        return _profile(table, arrays)
    except (KeyError, TypeError, ValueError) as error:
        told = f"its field {error} is missing" if isinstance(error, KeyError) else error
        raise UnreadableFileError(
            f"{path} is a damaged profile: {told}. Make it again with faultlens calibrate."
        ) from error


def _header(profile: SurfaceProfile) -> dict[str, Any]:
    plain = {x.name: getattr(profile, x.name) for x in fields(profile) if x.name != "bank"}
    return {
        **plain,
        "text": vars(profile.text),
        "text_patches": vars(profile.text_patches),
        "distances": [vars(x) for x in profile.bank.distances],
        "patches": [vars(x) for x in profile.bank.patches],
        "roi": vars(profile.roi),
        "classes": None if profile.classes is None else vars(profile.classes),
    }


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    if path.stat().st_size > LARGEST_PROFILE_BYTES:
        raise ValueError(f"it is larger than {LARGEST_PROFILE_BYTES // 1_000_000} MB")
    with zipfile.ZipFile(path) as packed:
        unpacked = sum(x.file_size for x in packed.infolist())
        if unpacked > LARGEST_PROFILE_BYTES:
            raise ValueError(f"it unpacks to {unpacked} bytes, more than any profile has")
    with np.load(path, allow_pickle=False) as opened:
        if sorted(opened.files) != sorted((HEADER, *ARRAYS)):
            raise ValueError(f"it holds {', '.join(sorted(opened.files)) or 'nothing'}")
        return {name: opened[name] for name in opened.files}


def _profile(table: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> SurfaceProfile:
    memory, mean, directions = (arrays[x] for x in ARRAYS)
    shaped = memory.ndim == directions.ndim == 2 and mean.ndim == 1 and len(memory)
    if not (shaped and memory.shape[1] == directions.shape[1] == len(mean)):
        raise ValueError("its arrays do not belong together")
    for name in ARRAYS:
        if arrays[name].dtype not in (np.float16, np.float32) or not np.isfinite(
            arrays[name].sum(dtype=np.float64)
        ):
            raise ValueError(f"its {name} is no array of finite numbers")
    distances = tuple(_spread(x) for x in table["distances"])
    patches = tuple(_range(x) for x in table["patches"])
    if not len(distances) == len(patches) == 2:
        raise ValueError("it must tell two measures, memory and subspace")
    profile = SurfaceProfile(
        name=_words(table["name"]),
        model=_words(table["model"]),
        threshold=_share(table["threshold"], "threshold"),
        false_alarm_rate=None
        if table["false_alarm_rate"] is None
        else _share(table["false_alarm_rate"], "false_alarm_rate"),
        wanted_rate=_share(table["wanted_rate"], "wanted_rate"),
        parts=_count(table["parts"]),
        scores=tuple(_share(x, "score") for x in table["scores"]),
        text=_spread(table["text"]),
        text_patches=_range(table["text_patches"]),
        bank=ReferenceBank(
            memory.astype(np.float16),
            Subspace(mean.astype(np.float32), directions.astype(np.float32)),
            distances,
            patches,
        ),
        defects=tuple(_words(x) for x in table["defects"]),
        part=_words(table["part"]),
        mm_per_pixel=None
        if table["mm_per_pixel"] is None
        else _positive(table["mm_per_pixel"], "mm_per_pixel"),
        scales=tuple(_positive(x, "scale") for x in table["scales"]),
        turned=bool(table["turned"]),
        zoom=_looks(table.get("zoom", 0)),
        enhance=tuple(_words(x) for x in table.get("enhance", ())),
        roi=_region(table.get("roi") or {}),
        classes=None if table.get("classes") is None else class_thresholds_of(table["classes"]),
    )
    if profile.parts != len(profile.scores):
        raise ValueError(f"it counts {profile.parts} parts but holds {len(profile.scores)} scores")
    return profile


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"its {name} is {value!r}, which must be a number")
    return float(value)


def _share(value: object, name: str) -> float:
    if not 0 <= (number := _number(value, name)) <= 1:
        raise ValueError(f"its {name} is {value!r}, which must lie in 0 to 1")
    return number


def _positive(value: object, name: str) -> float:
    if not (number := _number(value, name)) > 0:
        raise ValueError(f"its {name} is {value!r}, which must be positive")
    return number


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_PARTS:
        raise ValueError(f"its number of parts is {value!r}")
    return value


def _looks(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_LOOKS:
        raise ValueError(f"its zoom is {value!r}")
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"it holds {value!r} where words belong")
    return value


def _region(table: Mapping[str, Any]) -> KeptRoi:
    if odd := set(table) - {"stated", "sha256"}:
        raise ValueError(f"its region of interest has the field {sorted(odd)[0]!r}")
    kept = KeptRoi(_words(table.get("stated", "")), _words(table.get("sha256", "")))
    if kept.stated and not kept.sha256 and outline_in(kept.stated) is None:
        raise ValueError(f"its region of interest is {kept.stated!r:.80}")
    return kept


def _spread(table: Mapping[str, Any]) -> Spread:
    return Spread(_number(table["centre"], "centre"), _positive(table["scale"], "scale"))


def _range(table: Mapping[str, Any]) -> PatchRange:
    middle, upper = _number(table["middle"], "middle"), _number(table["upper"], "upper")
    if not upper > middle:
        raise ValueError(f"its patches reach from {middle} to {upper}")
    return PatchRange(middle, upper)
