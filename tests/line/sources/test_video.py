"""Cameras and video files yield their frames; a camera that hangs, lies or leaves stops nothing."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.replay import ReplayOptions, ReplaySource
from faultlens.line.sources.video import VideoOptions, VideoSource
from tests.rtsp_camera import rtsp_camera
from tests.timing import PATIENCE_S, eventually, least, quickest

av = pytest.importorskip("av", reason="PyAV is not installed")


def camera(url: str | Path, **options: Any) -> VideoSource:
    return VideoSource(SourceConfig("camera", "video", VideoOptions(str(url), **options)))


def video(target: str | Path, frames: int, *, kind: str | None = None) -> None:
    """Frames that grow brighter, 25 a second, as MPEG-4."""
    with av.open(str(target), "w", format=kind) as out:
        stream = out.add_stream("mpeg4", rate=25, width=64, height=48, pix_fmt="yuv420p")
        for i in range(frames):
            picture = np.full((48, 64, 3), 10 + 8 * i % 240, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    video(tmp_path / "belt.mp4", 12)
    return tmp_path / "belt.mp4"


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A camera on loopback that does with each caller what `answer` says."""
    listener = socket.create_server(("127.0.0.1", 0))
    callers: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            callers.append(caller)
            try:
                answer(caller)
            except OSError:
                continue

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for x in callers:
            x.close()
        thread.join(PATIENCE_S)


def watched(source: VideoSource, enough: Callable[[list[Any]], bool]) -> tuple[list[Any], float]:
    """What a source yields until that is enough, and how long it then takes to stop."""
    stop, seen = Event(), list[Any]()
    thread = Thread(target=lambda: seen.extend(_each(source, stop, seen)))
    thread.start()
    eventually(lambda: enough(list(seen)), lambda: seen)
    started = time.monotonic()
    stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    return seen, time.monotonic() - started


def _each(source: VideoSource, stop: Event, seen: list[Any]) -> Iterator[Any]:
    for item in source.frames(None, stop):
        seen.append(item)
    yield from ()


def frames_of(seen: list[Any]) -> list[Frame]:
    return [x for x in seen if isinstance(x, Frame)]


def told(seen: list[Any]) -> str:
    return " ".join(x.notice.en for x in seen if isinstance(x, Trouble))


def test_a_file_yields_its_frames_once_and_goes_on_where_it_was(film: Path) -> None:
    frames = frames_of(list(camera(film).frames(None, Event())))
    assert [x.id for x in frames] == [f"{i:07d}" for i in range(1, 13)]
    grey = [float(x.payload.pixels.mean()) for x in frames if isinstance(x.payload, Image)]
    assert np.all(np.diff(grey) > 4)
    rest = frames_of(list(camera(film).frames(frames[6].resume, Event())))
    assert [x.id for x in rest] == [x.id for x in frames[7:]]


def test_grey_is_enough_where_it_is_asked_for(film: Path) -> None:
    frames = frames_of(list(camera(film, grey=True).frames(None, Event())))
    assert isinstance(frames[0].payload, Image) and not frames[0].payload.is_colour


def test_a_replay_plays_a_video_and_goes_on_exactly(film: Path) -> None:
    source = ReplaySource(SourceConfig("belt", "replay", ReplayOptions(film, speed=0.0)))
    frames = frames_of(list(source.frames(None, Event())))
    assert [x.id for x in frames] == [f"belt.mp4#{i:06d}" for i in range(12)]
    rest = frames_of(list(source.frames(frames[3].resume, Event())))
    assert [x.id for x in rest] == [x.id for x in frames[4:]]


def test_a_loop_begins_again_with_new_ids(film: Path) -> None:
    seen, _ = watched(camera(film, loop=True), lambda x: len(frames_of(x)) >= 30)
    ids = [x.id for x in frames_of(seen)]
    assert len(set(ids)) == len(ids)


def test_a_stream_that_ends_is_called_again(tmp_path: Path) -> None:
    video(tmp_path / "live.ts", 10, kind="mpegts")
    content = (tmp_path / "live.ts").read_bytes()

    def answer(caller: socket.socket) -> None:
        caller.sendall(content)
        caller.close()

    def stopping_s() -> float:
        with serving(answer) as url:
            seen, took = watched(camera(url, timeout_s=5.0), lambda x: len(frames_of(x)) >= 15)
        assert "is called again in 0.5 s" in told(seen)
        ids = [x.id for x in frames_of(seen)]
        assert len(set(ids)) == len(ids)
        return took

    assert least(stopping_s, 0.5) < 0.5


def test_a_camera_that_hangs_is_told_and_does_not_hold_the_line() -> None:
    def stopping_s() -> float:
        with serving(lambda caller: None) as url:
            seen, took = watched(camera(url, timeout_s=0.5), lambda x: "is gone" in told(x))
        assert not frames_of(seen)
        return took

    assert least(stopping_s, 0.5) < 0.5


def test_it_stops_while_a_camera_hangs() -> None:
    def stop_one_that_hangs() -> None:
        with serving(lambda caller: None) as url:
            stop = Event()
            threading.Timer(0.3, stop.set).start()
            assert list(camera(url, timeout_s=600.0).frames(None, stop)) == []

    assert quickest(stop_one_that_hangs, 1.5) < 1.5


def test_garbage_is_told_and_frames_around_it_are_seen(tmp_path: Path) -> None:
    video(tmp_path / "live.ts", 60, kind="mpegts")
    content = bytearray((tmp_path / "live.ts").read_bytes())
    rng = np.random.default_rng(0)
    middle = len(content) // 2 // 188 * 188
    content[middle : middle + 188 * 6] = rng.integers(0, 256, 188 * 6, dtype=np.uint8).tobytes()

    def answer(caller: socket.socket) -> None:
        caller.sendall(bytes(content))
        caller.close()

    with serving(answer) as url:
        seen, _ = watched(camera(url, timeout_s=5.0), lambda x: len(frames_of(x)) >= 40)
    with serving(lambda caller: caller.sendall(rng.bytes(200_000))) as url:
        seen, _ = watched(camera(url, timeout_s=0.5), lambda x: "is gone" in told(x))
    assert not frames_of(seen)


def test_nobody_there_is_told_and_waits_grow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    seen, _ = watched(camera(f"tcp://user:geheim@127.0.0.1:{port}"), lambda x: "in 1 s" in told(x))
    assert "geheim" not in told(seen)


@pytest.mark.parametrize(
    "url", ["concat:a|b", "pipe:0", "/dev/sda", "gopher://x", "", "subfile,,start,0:x", "data:x"]
)
def test_addresses_that_read_or_run_anything_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="url"):
        VideoOptions(url)


def test_an_rtsp_camera_is_asked_to_play_and_called_again_when_it_leaves() -> None:
    def stopping_s() -> float:
        with rtsp_camera() as url:
            seen, took = watched(camera(url, timeout_s=5.0), lambda x: len(frames_of(x)) >= 80)
        assert "is called again" in told(seen)
        first = frames_of(seen)[0].payload
        assert isinstance(first, Image) and first.pixels.shape == (48, 64, 3)
        return took

    assert least(stopping_s, 0.5) < 0.5


def test_an_rtsp_camera_that_falls_silent_is_gone() -> None:
    def silent(seen: list[Any]) -> bool:
        # On a machine that pauses it may be silent for too long before it has begun.
        return (
            len(frames_of(seen)) > 5 and isinstance(seen[-1], Trouble) and "is gone" in told(seen)
        )

    def stopping_s() -> float:
        with rtsp_camera(hangs_after=30) as url:
            return watched(camera(url, timeout_s=0.5), silent)[1]

    assert least(stopping_s, 0.5) < 0.5
