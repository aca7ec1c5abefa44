"""The intrinsics of a depth camera, as its makers write them in JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError, UsageError

LARGEST_JSON_BYTES = 1_000_000
"""A calibration is a page; anything larger is another file."""


@dataclass(frozen=True)
class Intrinsics:
    """How a depth image's pixels and numbers become millimetres.

    Args:
        fx: focal length along columns, pixels.
        fy: focal length along rows, pixels.
        cx: column of the optical axis, pixels; the middle of the first pixel is 0.
        cy: row of the optical axis, pixels.
        depth_mm_per_count: of the numbers in the image; None where it was not stated.
        size: columns and rows that the camera was calibrated for; None where not stated.
        distortion: k1, k2, p1, p2, k3 of Brown and Conrady; empty for none.

    Raises:
        UsageError: a focal length or scale that is no positive number.

    Example:
        >>> Intrinsics(fx=600, fy=600, cx=319.5, cy=239.5, depth_mm_per_count=0.1).fx
        600
    """

    fx: float
    fy: float
    cx: float
    cy: float
    depth_mm_per_count: float | None = None
    size: tuple[int, int] | None = None
    distortion: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in ("fx", "fy"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0):
                raise UsageError(f"{name} is {value}; give a positive number of pixels.")
        for name in ("cx", "cy"):
            if not isfinite(getattr(self, name)):
                raise UsageError(f"{name} is {getattr(self, name)}; give a number of pixels.")
        scale = self.depth_mm_per_count
        if scale is not None and not (isfinite(scale) and scale > 0):
            raise UsageError(
                f"depth_mm_per_count is {scale}; give a positive number of mm, such as 1 for "
                "depths in mm or 0.1 for tenths of it."
            )
        if not all(isfinite(x) for x in self.distortion):
            raise UsageError(f"The distortion is {self.distortion}; give numbers.")


def read_intrinsics(source: str | Path | Mapping[str, Any] | Intrinsics) -> Intrinsics:
    """Intrinsics from a JSON file, its text's values, or as they are.

    Understood are plain fx, fy, cx, cy (RealSense: ppx, ppy, coeffs), Open3D's `intrinsic_matrix`
    (by columns) and ROS's `K` or `k` (by rows) with `D`. The scale of depth is
    `depth_mm_per_count`; `depth_scale` is metres per count up to 1 (RealSense), and
    counts per metre from 10 (Open3D).

    Args:
        source: path of a JSON file, or its values.

    Raises:
        UnreadableFileError: no such file, or no JSON.
        UsageError: focal lengths or axis are missing, or a value that is no number.

    Example:
        >>> read_intrinsics({"fx": 600, "fy": 600, "ppx": 320, "ppy": 240, "depth_scale": 0.001})
        Intrinsics(fx=600.0, fy=600.0, cx=320.0, cy=240.0, depth_mm_per_count=1.0, ...)
    """
    if isinstance(source, Intrinsics):
        return source
    if isinstance(source, str | Path):
        return _intrinsics_of(_json(Path(source)), str(source))
    return _intrinsics_of(source, "The intrinsics")


def _json(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise UnreadableFileError(f"{path} does not exist or is no file; give intrinsics as JSON.")
    if path.stat().st_size > LARGEST_JSON_BYTES:
        raise UnreadableFileError(
            f"{path} is larger than any intrinsics; give the JSON of a camera."
        )
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"{path} is no JSON: {str(error)[:200]}. Write fx, fy, cx, cy and depth_mm_per_count."
        ) from error
    if not isinstance(values, Mapping):
        raise UnreadableFileError(f'{path} holds no JSON object; write {{"fx": ..., "fy": ...}}.')
    return values


def _intrinsics_of(values: Mapping[str, Any], name: str) -> Intrinsics:
    try:
        fx, fy, cx, cy = _focal(values)
        size = (
            (int(values["width"]), int(values["height"]))
            if "width" in values and "height" in values
            else None
        )
        coefficients = values.get("distortion", values.get("coeffs", values.get("D", ())))
        distortion = tuple(float(x) for x in coefficients)[:5]
        return Intrinsics(
            fx, fy, cx, cy, _scale(values), size, distortion if any(distortion) else ()
        )
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise UsageError(
            f"{name} lacks a number ({type(error).__name__}: {str(error)[:100]}); it holds "
            f"{', '.join(sorted(map(str, values))[:20]) or 'nothing'}. Give fx, fy, cx, cy in "
            "pixels and depth_mm_per_count."
        ) from error


def _focal(values: Mapping[str, Any]) -> tuple[float, float, float, float]:
    nested = values.get("intrinsics", values.get("intrinsic"))
    if isinstance(nested, Mapping):
        values = nested
    if "intrinsic_matrix" in values:
        m = [float(x) for x in values["intrinsic_matrix"]]
        return m[0], m[4], m[6], m[7]
    for key in ("K", "k", "camera_matrix"):
        if key in values:
            rows = values[key]
            rows = rows["data"] if isinstance(rows, Mapping) else rows
            flat = [float(y) for x in rows for y in (x if isinstance(x, list | tuple) else [x])]
            return flat[0], flat[4], flat[2], flat[5]
    cx = values["cx"] if "cx" in values else values["ppx"]
    cy = values["cy"] if "cy" in values else values["ppy"]
    return float(values["fx"]), float(values["fy"]), float(cx), float(cy)


def _scale(values: Mapping[str, Any]) -> float | None:
    if values.get("depth_mm_per_count") is not None:
        return float(values["depth_mm_per_count"])
    if values.get("depth_scale") is None:
        return None
    scale = float(values["depth_scale"])
    if 0 < scale <= 1:
        return scale * 1000.0
    if 10 <= scale < float("inf"):
        return 1000.0 / scale
    raise ValueError(f"depth_scale {scale:g} is neither metres per count nor counts per metre")
