"""How fast video is read, and how soon a camera that hangs is let go.

    python -m benches.line.videos [--frames 300] [--short]

A film of rendered metal, 3840 x 2160 pixels and 1920 x 1080, H.264 (or MPEG-4 where the library has
no encoder for that), is read by the source "video", in colour and in grey. Then a camera on
loopback takes the call and says nothing, and the time from stop to the source's end is measured.

Expected: 1920 x 1080 at 30 a second in grey, with 2 cores; stopped within 0.5 s.
"""

import argparse
import json
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from faultlens.images.simulator.render import render_surface
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame
from faultlens.line.sources.video import VideoOptions, VideoSource


def film(path: Path, width: int, height: int, frames: int) -> str:
    """Write a film of metal that moves on.

    Args:
        path: of the film.
        width: of a frame, pixels.
        height: likewise.
        frames: how many.

    Returns:
        the encoder that made it.

    Example:
        >>> film.__name__
        'film'
    """
    import av

    ground = render_surface(
        seed=0, height_px=height, width_px=width, concept="no_defect", process="ground",
        part="sheet", colour=False,
    ).pixels  # fmt: skip
    name = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(name, rate=30, width=width, height=height, pix_fmt="yuv420p")
        stream.bit_rate = 20_000_000
        for i in range(frames):
            moved = np.ascontiguousarray(np.roll(ground, 7 * i, axis=1))
            for packet in stream.encode(av.VideoFrame.from_ndarray(moved, format="gray")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return name


def read_rate(path: Path, *, grey: bool) -> float:
    """Frames of a film that are read per second.

    Args:
        path: of the film.
        grey: whether colour is left out.

    Example:
        >>> read_rate.__name__
        'read_rate'
    """
    source = VideoSource(SourceConfig("film", "video", VideoOptions(str(path), grey=grey)))
    started = time.perf_counter()
    count = sum(isinstance(x, Frame) for x in source.frames(None, Event()))
    return count / (time.perf_counter() - started)


def stopped_s(tries: int) -> list[float]:
    """Seconds from stop to the end of a source whose camera hangs.

    Args:
        tries: how often.

    Example:
        >>> stopped_s.__name__
        'stopped_s'
    """
    took = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        for i in range(tries):
            source = VideoSource(SourceConfig("camera", "video", VideoOptions(url, timeout_s=60.0)))
            stop = Event()
            asked = [0.0]

            def ask(stop: Event = stop, asked: list[float] = asked) -> None:
                asked[0] = time.perf_counter()
                stop.set()

            threading.Timer(0.1 + 0.07 * i, ask).start()
            list(source.frames(None, stop))
            took.append(time.perf_counter() - asked[0])
    return took


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it, and print what was found as one JSON object.

    Args:
        arguments: of the command line; None for those given.

    Example:
        >>> main.__name__
        'main'
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args(arguments)
    frames = 30 if given.short else given.frames
    told: dict[str, Any] = {"frames": frames}
    with tempfile.TemporaryDirectory(prefix="videos-") as folder:
        for width, height in ((3840, 2160), (1920, 1080)):
            path = Path(folder) / f"{height}.mp4"
            told["encoder"] = film(path, width, height, frames)
            for name, grey in (("colour", False), ("grey", True)):
                rate = read_rate(path, grey=grey)
                told[f"{width} x {height}, {name}, per second"] = round(rate, 1)
    took = stopped_s(4 if given.short else 20)
    told["stopped while a camera hangs, s"] = {
        "median": round(float(np.median(took)), 3),
        "most": round(max(took), 3),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
