"""Rendered pictures to learn from, drawn in chunks beside the training and given up in turn."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faultlens.core.files import written_whole
from faultlens.images.simulator.render import render_surface

ANCHORS = 16
"""Pixels of its defect remembered per picture: crops are laid around one of them."""

COLOURED = 0.2
"""Share of the pictures in colour: most inspection cameras are grey."""

COMPRESSED = 0.3
"""Share of the pictures that went through JPEG once, as most pictures have."""

AHEAD = 12
"""Chunks drawn before their time: drawing must never be waited for for long."""

_QUALITY = (35, 96)


@dataclass(frozen=True)
class Drawing:
    """What is asked of the renderer: pictures of one size, with seeds one after the other.

    Args:
        first_seed: of the first picture.
        pictures: how many.
        size_px: height and width.
        concepts: keys, that of a sound surface first.
        shares: how often each is drawn; they sum to 1.
    """

    first_seed: int
    pictures: int
    size_px: int
    concepts: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Rendered pictures side by side.

    Args:
        pixels: (picture, row, column, 3) of 8 bits.
        coloured: (picture,) whether its channels differ.
        mask: (picture, row, column) True on the defect.
        concept: (picture,) index of its concept.
        anchors: (picture, anchor, 2) row and column of pixels of the defect; of any pixels where
            there is none.
    """

    pixels: NDArray[np.uint8]
    coloured: NDArray[np.bool_]
    mask: NDArray[np.bool_]
    concept: NDArray[np.int64]
    anchors: NDArray[np.int16]


def draw_chunk(drawing: Drawing, path: Path) -> Path:
    """Draw pictures into a file, unless it is there.

    Args:
        drawing: which.
        path: npz file.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> drawing = Drawing(5, 2, 32, ("no_defect", "scratch"), (0.5, 0.5))
        >>> drawn = read_chunk(draw_chunk(drawing, Path(tempfile.mkdtemp()) / "chunk.npz"))
        >>> drawn.pixels.shape, drawn.anchors.shape
        ((2, 32, 32, 3), (2, 16, 2))
    """
    if path.exists():
        return path
    size, count = drawing.size_px, drawing.pictures
    pixels = np.empty((count, size, size, 3), np.uint8)
    mask = np.empty((count, size, size), np.bool_)
    coloured = np.empty(count, np.bool_)
    concept = np.empty(count, np.int64)
    anchors = np.empty((count, ANCHORS, 2), np.int16)
    for at in range(count):
        seed = drawing.first_seed + at
        draw = np.random.default_rng([seed, size])
        concept[at] = draw.choice(len(drawing.concepts), p=drawing.shares)
        made = render_surface(
            seed=seed,
            height_px=size,
            width_px=size,
            concept=drawing.concepts[concept[at]],
            colour=bool(draw.random() < COLOURED),
        )
        coloured[at] = made.pixels.ndim == 3
        seen = _compressed(made.pixels, draw)
        pixels[at] = seen if coloured[at] else seen[..., None]
        mask[at] = made.mask
        places = np.argwhere(made.mask) if made.mask.any() else draw.integers(0, size, (ANCHORS, 2))
        anchors[at] = places[draw.integers(0, len(places), ANCHORS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part, part.open("wb") as stream:
        np.savez(
            stream,
            pixels=pixels,
            coloured=coloured,
            mask=np.packbits(mask, axis=-1),
            concept=concept,
            anchors=anchors,
        )
    return path


def read_chunk(path: Path) -> Chunk:
    """The pictures of a file that `draw_chunk` wrote.

    Args:
        path: npz file.

    Raises:
        OSError: there is none.

    Example:
        >>> read_chunk(Path("/nowhere/chunk.npz"))
        Traceback (most recent call last):
            ...
        FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/chunk.npz'
    """
    with np.load(path, allow_pickle=False) as arrays:
        pixels = arrays["pixels"]
        mask = np.unpackbits(arrays["mask"], axis=-1, count=pixels.shape[2]).astype(np.bool_)
        return Chunk(pixels, arrays["coloured"], mask, arrays["concept"], arrays["anchors"])


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Pictures of several chunks side by side.

    Args:
        chunks: of pictures of one size, one at least.

    Example:
        >>> import tempfile
        >>> drawing = Drawing(5, 2, 32, ("no_defect", "scratch"), (0.5, 0.5))
        >>> drawn = read_chunk(draw_chunk(drawing, Path(tempfile.mkdtemp()) / "chunk.npz"))
        >>> len(joined([drawn, drawn]).concept)
        4
    """
    return Chunk(
        *(np.concatenate([getattr(x, field.name) for x in chunks]) for field in fields(Chunk))
    )


class Pool:
    """The chunks that a step learns from; new ones are drawn beside, in another process.

    Which chunks a step sees depends on its number alone, never on how fast they are drawn.

    Args:
        drawings: all chunks of the training, in their order.
        folder: keeps those that are learned from.
        kept: chunks learned from at one time.
        steps_per_chunk: steps after which the next one comes in.
        worker: draws them.
    """

    def __init__(
        self,
        drawings: Mapping[int, Drawing],
        folder: Path,
        *,
        kept: int,
        steps_per_chunk: int,
        worker: ProcessPoolExecutor,
    ) -> None:
        self._drawings, self._folder, self._worker = drawings, folder, worker
        self._kept, self._steps_per_chunk = kept, steps_per_chunk
        self._asked: dict[int, Future[Path]] = {}
        self._read: dict[int, Chunk] = {}

    def at(self, step: int) -> list[Chunk]:
        """The chunks of a step, waited for where they are not drawn yet.

        Args:
            step: number, from 0.
        """
        last = min(step // self._steps_per_chunk, max(self._drawings))
        wanted = range(max(0, last + 1 - self._kept), last + 1)
        ahead = range(wanted.start, min(last + 1 + AHEAD, max(self._drawings) + 1))
        for number in ahead:
            if number not in self._asked:
                self._asked[number] = self._worker.submit(
                    draw_chunk, self._drawings[number], self._path(number)
                )
        for number in [x for x in self._read if x < wanted.start]:
            del self._read[number]
            self._path(number).unlink(missing_ok=True)
        for number in wanted:
            if number not in self._read:
                self._read[number] = read_chunk(self._asked[number].result())
        return [self._read[number] for number in wanted]

    def _path(self, number: int) -> Path:
        return chunk_path(self._folder, self._drawings[number])


def chunk_path(folder: Path, drawing: Drawing) -> Path:
    """Where the pictures of a drawing are kept.

    Args:
        folder: of all of them.
        drawing: which.

    Example:
        >>> chunk_path(Path("pictures"), Drawing(5, 2, 32, ("no_defect",), (1.0,))).name
        '5-32.npz'
    """
    return folder / f"{drawing.first_seed}-{drawing.size_px}.npz"


@contextmanager
def drawing_process() -> Iterator[ProcessPoolExecutor]:
    """One process that draws; what it has not begun is dropped at the end.

    Example:
        >>> with drawing_process() as worker:
        ...     worker.submit(int, "3").result()
        3
    """
    worker = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        yield worker
    finally:
        worker.shutdown(cancel_futures=True)


def _compressed(pixels: NDArray[np.uint8], draw: np.random.Generator) -> NDArray[np.uint8]:
    if draw.random() >= COMPRESSED:
        return pixels
    packed = BytesIO()
    Image.fromarray(pixels).save(packed, "jpeg", quality=int(draw.integers(*_QUALITY)))
    return np.asarray(Image.open(packed))
