"""Every way to run a model, side by side: on disk, in memory, milliseconds, in turns.

A CLIP of weights by lot (speed does not depend on them) and the built-in models; all ways of one
model take turns, pass by pass, so that what else runs on the machine slows all alike and the ratios
count.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.runtime_ways import (
    CLIP,
    SINGLE,
    Way,
    memory_mb,
    opened,
    ways_here,
)
from faultlens.core.files import write_text
from faultlens.evaluation.clip_by_lot import Shape, write_clip
from faultlens.evaluation.turns import taken
from faultlens.images.simulator.render import render_surface
from faultlens.runtimes.golden import golden_run
from faultlens.runtimes.image_model import IMAGE, PIXELS, WHOLE, image_threads
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.trial import Trial

COMMAND = "python -m benches.runtimes"

SHAPE = Shape("ViT-B/32", patch=32)

PASSES = 15
TOGETHER = 8
"""Rows of a batch, beside one alone."""

SENTENCES = ("a photo of a metal surface with crack",)

SURFACE_PX = 160
"""Side of a picture for builtin/surface: what it is used to."""

Inputs = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Measured:
    """One way to run one model.

    Args:
        model: as tables call it.
        way: as tables call it.
        disk_mb: of all files of the model.
        memory_mb: once it is open and warm, beyond its package; None where it is not told.
        ms: of one row alone, median.
        times: as fast as ONNX Runtime in single precision, median over the turns.
        per_second: rows in batches of `TOGETHER`.
        cosine: lowest with ONNX Runtime in single precision.
    """

    model: str
    way: str
    disk_mb: float
    memory_mb: float | None
    ms: float
    times: float
    per_second: float
    cosine: float


def measured(
    model: str,
    folder: Path,
    stem: str,
    inputs: Inputs,
    *,
    passes: int = PASSES,
    memory: bool = True,
) -> list[Measured]:
    """Every way that this machine has to run a model, in turns.

    Args:
        model: as tables call it.
        folder: of the model, see `runtime_ways.Way`.
        stem: of the encoder.
        inputs: of `TOGETHER` rows (batch, feature) or with more axes.
        passes: turns that count.
        memory: whether to open each in a process of its own too, and see what it takes.

    Raises:
        MissingPackageError: a package of the extra `train` is missing.

    Example:
        >>> measured("mine", Path("/nowhere"), "image", {"x": np.zeros((8, 3), np.float32)})
        []
    """
    threads = image_threads()
    ways = ways_here(folder)
    models = {x.name: opened(x, folder, stem, threads) for x in ways}
    alone = {name: x[:1] for name, x in inputs.items()}
    rows = {name: x.run(inputs) for name, x in models.items()}  # the first passes warm up
    runs = {name: x.run for name, x in models.items()}
    singly = taken(runs, [alone] * (1 + passes), warm_up=1)
    together = taken(runs, [inputs] * (1 + max(2, passes // 3)), warm_up=1)
    found = []
    for way in ways:
        seconds = singly[way.name]
        found.append(
            Measured(
                model=model,
                way=way.name,
                disk_mb=round(models[way.name].disk_mb, 1),
                memory_mb=_memory(way, folder, stem, threads, alone) if memory else None,
                ms=round(1e3 * float(np.median(seconds)), 2),
                times=round(float(np.median(singly[SINGLE] / seconds)), 2),
                per_second=round(TOGETHER / float(np.median(together[way.name])), 1),
                cosine=round(float((rows[way.name] * rows[SINGLE]).sum(axis=1).min()), 4),
            )
        )
    return found


def clip_folder(folder: Path, shape: Shape = SHAPE) -> Path:
    """A CLIP by lot, and its bundles in every precision.

    Args:
        folder: where they are written (some 2 GB for ViT-B/32).
        shape: its sizes.

    Raises:
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> clip_folder.__name__  # it takes torch; the tests show it at work
        'clip_folder'
    """
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.reduced import reduced_bundle
    from faultlens.runtimes.vision_to_onnx import export_vision_language

    write_clip(folder / CLIP, shape, SENTENCES)
    # Nobody is timed by windows.
    loaded = replace(load_vision_language(str(folder / CLIP)), windows=None)
    export_vision_language(loaded, folder / "fp32")
    single = load_model(folder / "fp32")
    for precision in ("fp16", "int8"):
        # Weights by lot know nothing that could be lost.
        nothing = Trial("nothing", lambda model: {})
        reduced_bundle(single, folder / precision, precision=precision, trial=nothing)
    return folder


def builtin_folder(name: str, folder: Path) -> Path:
    """A built-in model in every precision.

    Args:
        name: such as "builtin/surface".
        folder: where they are written.

    Raises:
        subprocess.SubprocessError: one of them loses too much.
        OSError: the folder cannot be written.

    Example:
        >>> builtin_folder.__name__  # it takes a few minutes
        'builtin_folder'
    """
    os.symlink(load_model(name).bundle.folder, folder / "fp32", target_is_directory=True)
    for precision in ("fp16", "int8"):
        # As a user does it: with its calibration, and refused where it loses too much.
        more = ["--precision", precision, "--out", str(folder / precision), "--quiet"]
        subprocess.run([sys.executable, "-m", "faultlens", "export", name, *more], check=True)
    return folder


def page_of(rows: Sequence[Measured], machine: str) -> str:
    """The table as Markdown.

    Args:
        rows: measured.
        machine: on which, in words.

    Example:
        >>> one = Measured("ViT-B/32", SINGLE, 350.0, 400.0, 50.0, 1.0, 21.0, 1.0)
        >>> print(page_of([one], "two cores").splitlines()[-1])
        | ViT-B/32 | ONNX Runtime fp32 | 350 | 400 | 50.0 | 1.00 | 21.0 | 1.0000 |
    """
    head = (
        "model", "way", "MB on disk", "MB of memory", "ms each",
        "times ONNX Runtime fp32", f"per second, {TOGETHER} together", "lowest cosine",
    )  # fmt: skip
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for x in rows:
        memory = "-" if x.memory_mb is None else f"{x.memory_mb:.0f}"
        each = f"{x.ms:.2f}" if x.ms < 10 else f"{x.ms:.1f}"
        cells = (
            x.model, x.way, f"{x.disk_mb:.3g}", memory, each,
            f"{x.times:.2f}", f"{x.per_second:.1f}", f"{x.cosine:.4f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return f"Measured on {machine} by `{COMMAND}`.\n\n" + "\n".join(lines) + "\n"


def rendered_pixels() -> NDArray[np.float32]:
    """Pictures of cracks as builtin/surface takes them: noise would lie beyond its ranges.

    Returns:
        (picture, channel, row, column).

    Example:
        >>> rendered_pixels().shape
        (8, 3, 160, 160)
    """
    grey = [
        render_surface(
            seed=seed, height_px=SURFACE_PX, width_px=SURFACE_PX, concept="crack", colour=False
        ).pixels
        for seed in range(TOGETHER)
    ]
    shares = np.stack(grey).astype(np.float32) / np.float32(255)
    return np.repeat(shares[:, None], 3, axis=1)


def machine() -> str:
    """This machine in words: its processor and how many of its cores are used.

    Example:
        >>> "core" in machine()
        True
    """
    names = {}
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        rows = (x.partition(":") for x in cpuinfo.read_text(encoding="utf-8").splitlines())
        names = {key.strip(): value.strip() for key, _, value in rows}
    processor = names.get("model name") or platform.processor() or platform.machine()
    known = [x for x in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8")
             if x in names.get("flags", "").split()]  # fmt: skip
    told = f" ({', '.join(known)})" if known else ""
    return f"{processor}{told}, {image_threads()} of its cores"


def _memory(way: Way, folder: Path, stem: str, threads: int, inputs: Inputs) -> float | None:
    if not Path("/proc/self/status").is_file():
        return None
    with tempfile.TemporaryDirectory() as place:
        np.savez(Path(place) / "inputs.npz", **inputs)  # type: ignore[arg-type]
        return memory_mb(way, folder, stem, threads, Path(place) / "inputs.npz")


def _clip(folder: Path, shape: Shape, passes: int) -> list[Measured]:
    side, draw = shape.size, np.random.default_rng(0)
    pixels = draw.normal(size=(TOGETHER, 3, side, side)).astype(np.float32)
    return measured(shape.name, clip_folder(folder, shape), WHOLE, {PIXELS: pixels}, passes=passes)


def _surface(folder: Path, passes: int) -> list[Measured]:
    name, inputs = "builtin/surface", {PIXELS: rendered_pixels()}
    return measured(name, builtin_folder(name, folder), IMAGE, inputs, passes=passes)


def _bearing(folder: Path, passes: int) -> list[Measured]:
    name, rows = "builtin/bearing", []
    made = builtin_folder(name, folder)
    for stem in ("lines", "orders", "waveform"):
        given = golden_run(load_model(name).bundle, stem)[0]["x"]
        inputs = {"x": np.resize(given, (TOGETHER, *given.shape[1:]))}
        rows += measured(f"{name}, {stem}", made, stem, inputs, passes=10 * passes)
    return rows


PARTS: Mapping[str, Callable[[Path, int], list[Measured]]] = {
    "clip": lambda folder, passes: _clip(folder, SHAPE, passes),
    "surface": _surface,
    "bearing": _bearing,
}


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("only", nargs="*", help=f"of {', '.join(PARTS)}; all of them without any")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--passes", type=int, default=PASSES)
    chosen = parser.parse_args()
    if strange := [x for x in chosen.only if x not in PARTS]:
        parser.error(f"no part '{strange[0]}'; there are {', '.join(PARTS)}")
    rows: list[Measured] = []
    for part in chosen.only or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            rows += PARTS[part](Path(folder), chosen.passes)
    page = "# Ways to run a model\n\n" + page_of(rows, machine())
    write_text(chosen.out / "runtimes.md", page)
    write_text(chosen.out / "runtimes.json", json.dumps([asdict(x) for x in rows], indent=1))
    print(page)


if __name__ == "__main__":
    _main()
