"""The servers that name pictures with the same CLIP: ours, and the plain handler at its best."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from faultlens.core.optional import optional_import
from faultlens.evaluation.clip_by_lot import Shape, write_clip
from faultlens.evaluation.service.payloads import PROMPTS
from faultlens.evaluation.service.plain_handler import FACTORIES, IN_LOOP, IN_THREADS, MODEL
from faultlens.evaluation.service.processes import OURS, Server, serving

FP32, INT8 = "faultlens, fp32", "faultlens, int8"

PRECISIONS = {FP32: "fp32", INT8: "int8"}

PLAIN = {
    f"plain handler, {IN_THREADS}": (IN_THREADS, 1),
    f"plain handler, {IN_LOOP}": (IN_LOOP, 1),
    f"plain handler, {IN_LOOP}, 2 processes": (IN_LOOP, 2),
}
"""Name -> how its function is written, and processes of uvicorn. Whoever is quickest is compared
with: the ways differ by how well requests share two cores, and nobody's choice shall help us."""

PATIENCE_S = 60

HANDLER = "faultlens.evaluation.service.plain_handler"


@dataclass(frozen=True)
class Clip:
    """One CLIP as Hugging Face reads it, and as bundles of ours.

    Args:
        source: folder of transformers.
        bundles: name of a contender of ours -> folder.
    """

    source: Path
    bundles: dict[str, Path]


def made_clip(folder: Path, shape: Shape) -> Clip:
    """A CLIP by lot, written and exported in each precision, once: what stands there is kept.

    Args:
        folder: where (some 1.5 GB for ViT-B/32).
        shape: its sizes.

    Raises:
        MissingPackageError: the packages of the extras `train` and `serve` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> made_clip.__name__  # it takes torch; the tests show it at work
        'made_clip'
    """
    optional_import("fastapi", extra="serve")
    optional_import("torch", extra="train")
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.vision_to_onnx import export_vision_language

    own = folder / shape.name.replace("/", "-").lower()
    source, done = own / "clip", own / "done"
    clip = Clip(source, {name: own / precision for name, precision in PRECISIONS.items()})
    if done.is_file():
        return clip
    write_clip(source, shape, PROMPTS)
    # Nobody is asked for places on the pictures: neither side makes maps.
    loaded = replace(load_vision_language(str(source)), windows=None)
    for name, bundle in clip.bundles.items():
        export_vision_language(loaded, bundle, precision=PRECISIONS[name])
    done.touch()
    return clip


@contextmanager
def contending(clip: Clip) -> Iterator[dict[str, Server]]:
    """All contenders, started and ready; each is idle while another is asked.

    Args:
        clip: that all of them serve.

    Raises:
        FaultlensError: one of them does not start.

    Example:
        >>> contending.__name__  # the tests show it at work
        'contending'
    """
    with ExitStack() as open_servers:
        started = {
            name: open_servers.enter_context(serving(OURS, _environment(bundle)))
            for name, bundle in clip.bundles.items()
        }
        for name, (how, processes) in PLAIN.items():
            started[name] = open_servers.enter_context(plain_server(clip.source, how, processes))
        yield started


@contextmanager
def plain_server(source: Path, how: str, processes: int = 1) -> Iterator[Server]:
    """The plain handler, run by uvicorn as its documentation says.

    Args:
        source: folder of the model.
        how: `IN_THREADS` or `IN_LOOP`.
        processes: of uvicorn; of several, each has one thread of torch for itself.

    Raises:
        FaultlensError: it does not start.

    Example:
        >>> plain_server.__name__  # the tests show it at work
        'plain_server'
    """
    command = [
        sys.executable, "-m", "uvicorn", "--factory", f"{HANDLER}:{FACTORIES[how]}", "--port", "0",
        "--no-access-log",
    ]  # fmt: skip
    environment = {MODEL: str(source)}
    if processes > 1:
        command += ["--workers", str(processes)]
        environment["OMP_NUM_THREADS"] = "1"
    # Its page of documentation answers when the model is loaded: it is loaded before anything.
    with serving(command, environment, ready="/docs") as server:
        yield server


def _environment(bundle: Path) -> dict[str, str]:
    return {
        "FAULTLENS_MATCH_MODEL": str(bundle),
        # The plain handler lets requests wait as long as they like; here nobody is refused either.
        "FAULTLENS_QUEUE_WAIT_S": str(PATIENCE_S),
        # What is remembered of sentences in a model by lot is of no use to anybody.
        "FAULTLENS_CACHE": str(bundle.parent / "cache"),
    }
