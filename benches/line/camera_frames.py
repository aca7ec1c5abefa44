"""Frames of 3840 x 2160 pixels over metal, rendered and real, and defects of 40 px upon them."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from scipy.ndimage import gaussian_filter

from faultlens.images.simulator.onto import render_defect_onto
from faultlens.images.simulator.render import render_surface

HEIGHT_PX, WIDTH_PX = 2160, 3840
DEFECT_PX = 40
RENDERED = ("dent", "pitting", "crack", "scratch")
REAL = ("blowhole", "crack", "break", "fray")
"""Labels of the magnetic tiles (../shared) whose defects are pasted; "uneven" has no outline."""

Grey = NDArray[np.uint8]
Taken = Callable[[int], Grey]


@dataclass(frozen=True)
class Placed:
    """A defect on a frame.

    Args:
        kind: "rendered crack", "real blowhole".
        box: top, left, rows, columns; px.
    """

    kind: str
    box: tuple[int, int, int, int]


def rendered_camera(process: str, seed: int = 0) -> Taken:
    """A camera over a moving strip, cut from one rendered texture of 6000 x 5400 pixels.

    Args:
        process: how the surface was made, a key of `PROCESSES`.
        seed: of the texture.

    Example:
        >>> rendered_camera.__name__
        'rendered_camera'
    """
    texture = render_surface(
        seed=seed, height_px=5400, width_px=6000, concept="no_defect", process=process,
        part="sheet", colour=False,
    ).pixels  # fmt: skip

    def take(number: int) -> Grey:
        rng = np.random.default_rng([seed, number])
        top = rng.integers(0, texture.shape[0] - HEIGHT_PX + 1)
        left = rng.integers(0, texture.shape[1] - WIDTH_PX + 1)
        cut = texture[top : top + HEIGHT_PX, left : left + WIDTH_PX].astype(np.float32)
        return _taken(rng, cut[:, ::-1] if rng.random() < 0.5 else cut)

    return take


def real_camera(shared: Path) -> Taken:
    """A camera over a moving strip of real metal: clean magnetic tiles, evened and joined.

    Each piece is 150 px of a picture of ../shared, its light evened, crossed into its neighbours
    over 30 px; which pieces lie where is drawn anew for every frame. Their own scratches and
    specks stay: they are what a clean tile has.

    Args:
        shared: the folder `images` of the real data.

    Example:
        >>> real_camera.__name__
        'real_camera'
    """
    pieces, side, seam = _clean(shared), 120, 30
    ramp = np.minimum(np.arange(side + seam) + 1, side + seam - np.arange(side + seam))
    edge = np.minimum(ramp / seam, 1).astype(np.float32)
    weight = np.outer(edge, edge)

    def take(number: int) -> Grey:
        rng = np.random.default_rng([78, number])
        total = np.zeros((HEIGHT_PX + side + seam, WIDTH_PX + side + seam), np.float32)
        weights = np.zeros_like(total)
        for top in range(0, HEIGHT_PX + 1, side):
            for left in range(0, WIDTH_PX + 1, side):
                piece = pieces[rng.integers(len(pieces))]
                down, right = (rng.integers(0, x - side - seam + 1) for x in piece.shape)
                cut = piece[down : down + side + seam, right : right + side + seam]
                cut = cut[:: rng.choice((-1, 1)), :: rng.choice((-1, 1))]
                here = np.s_[top : top + side + seam, left : left + side + seam]
                total[here] += cut * weight
                weights[here] += weight**2
        # The root keeps the contrast where two pieces lie on each other.
        shown = (total / np.sqrt(np.maximum(weights, 1e-3)))[15:, 15:][:HEIGHT_PX, :WIDTH_PX]
        return _taken(rng, np.float32(120) * (1 + shown).astype(np.float32))

    return take


def with_defects(
    take: Taken, number: int, shared: Path | None, *, strength: float = 1.0, count: int = 24
) -> tuple[Grey, list[Placed]]:
    """A frame with defects of 40 px far from each other; every second one is a real one.

    Args:
        take: the camera.
        number: of the frame.
        shared: the folder `images` of the real data; None for rendered defects alone.
        strength: of their contrast; 0.5 is half of what was rendered or photographed.
        count: of defects, at most 24.

    Example:
        >>> with_defects.__name__
        'with_defects'
    """
    rng = np.random.default_rng([5, number])
    frame, placed = take(1_000_000 + number).copy(), []
    for i in range(count):
        top = int(i // 6 * 540 + rng.integers(60, 440))
        left = int(i % 6 * 640 + rng.integers(60, 540))
        if i % 2 == 0 and shared is not None:
            placed.append(_pasted(frame, top, left, int(rng.integers(1 << 20)), shared, strength))
        else:
            kind = RENDERED[i // 2 % len(RENDERED)]
            placed += _rendered(frame, top, left, kind, number * 100 + i, strength)
    return frame, placed


def _taken(rng: np.random.Generator, light: NDArray[np.float32]) -> Grey:
    """As a camera takes it: the light is never quite the same, and there is noise."""
    gain, offset = 1 + 0.04 * rng.standard_normal(), 2 * rng.standard_normal()
    noise = 1.5 * rng.standard_normal(light.shape, dtype=np.float32)
    return np.clip(light * np.float32(gain) + np.float32(offset + 0.5) + noise, 0, 255).astype(
        np.uint8
    )


def _rows(shared: Path) -> Iterator[dict[str, str]]:
    with (shared / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        yield from (x for x in csv.DictReader(stream) if x["dataset"] == "magnetic_tile")


@cache
def _clean(shared: Path) -> tuple[NDArray[np.float32], ...]:
    pieces = []
    for row in _rows(shared):
        if row["defective"] != "0":
            continue
        grey = np.asarray(Pillow.open(shared / row["image"]).convert("L"), np.float32)
        high, wide = grey.shape
        # The chamfers at the rim of a tile are no texture.
        cut = grey[int(0.12 * high) : int(0.88 * high), int(0.15 * wide) : int(0.85 * wide)]
        if min(cut.shape) >= 150 and float(cut.mean()) >= 40:
            pieces.append(cut / gaussian_filter(cut, 35, mode="reflect") - 1)
    spread = np.array([x.std() for x in pieces])
    low, high = np.quantile(spread, [0.1, 0.7])
    return tuple(x for x, s in zip(pieces, spread, strict=True) if low <= s <= high)


@cache
def _hurt(shared: Path) -> tuple[tuple[str, NDArray[np.float32], NDArray[np.float32]], ...]:
    """Label, how much each pixel differs from the metal around, and the outline."""
    found = []
    for row in _rows(shared):
        if row["label"] not in REAL:
            continue
        grey = np.asarray(Pillow.open(shared / row["image"]).convert("L"), np.float32)
        outline = np.asarray(Pillow.open(shared / row["mask"]).convert("L")) > 127
        if outline.sum() < 30:
            continue
        rows, columns = np.nonzero(outline)
        side = max(np.ptp(rows), np.ptp(columns)) + 1
        rim = max(4, side // 6)
        here = np.s_[
            max(rows.min() - rim, 0) : rows.max() + rim + 1,
            max(columns.min() - rim, 0) : columns.max() + rim + 1,
        ]
        cut, mask = grey[here], outline[here]
        if (~mask).sum() < 20:
            continue
        scale = DEFECT_PX / side
        wide, high = (max(int(x * scale), 6) for x in cut.shape[::-1])
        kernel = Pillow.Resampling.BOX if scale < 1 else Pillow.Resampling.BILINEAR
        step = Pillow.fromarray(cut - np.median(cut[~mask])).resize((wide, high), kernel)
        soft = Pillow.fromarray(mask.astype(np.uint8) * 255).resize((wide, high), kernel)
        edge = gaussian_filter(np.asarray(soft, np.float32) / 255, 1)
        found.append((row["label"], np.asarray(step, np.float32), edge))
    return tuple(found)


def _pasted(frame: Grey, top: int, left: int, draw: int, shared: Path, strength: float) -> Placed:
    label, step, edge = _hurt(shared)[draw % len(_hurt(shared))]
    rows, columns = step.shape
    here = np.s_[top : top + rows, left : left + columns]
    shown = frame[here].astype(np.float32) + np.float32(strength) * step * edge
    frame[here] = np.clip(shown + 0.5, 0, 255).astype(np.uint8)
    return Placed(f"real {label}", (top, left, rows, columns))


def _rendered(
    frame: Grey, top: int, left: int, kind: str, seed: int, strength: float
) -> list[Placed]:
    rim = 30
    here = np.s_[top - rim : top + 100 - rim, left - rim : left + 100 - rim]
    clean = frame[here].astype(np.float32)
    made = render_defect_onto(frame[here], kind, seed=seed, window_px=DEFECT_PX)
    rows, columns = np.nonzero(made.mask)
    if len(rows) < 5:
        return []
    shown = clean + np.float32(strength) * (made.pixels.astype(np.float32) - clean)
    frame[here] = np.clip(shown + 0.5, 0, 255).astype(np.uint8)
    box = (top - rim + int(rows.min()), left - rim + int(columns.min()))
    return [Placed(f"rendered {kind}", (*box, int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1))]
