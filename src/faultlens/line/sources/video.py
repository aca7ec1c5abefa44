"""Cameras: RTSP and other streams, USB cameras, and video files, by PyAV.

A camera that goes away is called again, after waits that grow up to half a minute. What blocks
inside the video library, such as a camera that hangs, runs in a thread of its own, so that the
source stops within half a second whatever the camera does.
"""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, Full, Queue
from threading import Event
from typing import Any

from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.optional import optional_import
from faultlens.core.urls import without_password
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import SourceConfig, positive
from faultlens.line.frame import Frame, Trouble
from faultlens.line.secret import Secret
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.part_names import checked_pattern, part_of
from faultlens.line.sources.video_frames import image_of, picture_stream

LOOK_S = 0.2
"""How often a source looks whether it is to stop, s (contract of sources)."""

SCHEMES = ("rtsp", "rtsps", "http", "https", "tcp", "udp", "rtp", "srt", "file")
"""Kinds of address that are opened; the library knows more, some of which run or read anything."""

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
"""Before a camera is called again; each time twice as long, until a frame comes."""

AHEAD = 2
"""Frames decoded ahead of who judges them; of a live camera the newest count."""

_DEVICE = re.compile(r"/dev/video[0-9]{1,3}")


@dataclass(frozen=True)
class VideoOptions:
    """What stands in line.toml for a camera.

    Args:
        url: rtsp://..., another stream, /dev/video0, or a video file by its whole name.
        user: name at the camera; None where the address has it, or none is wanted.
        password: at the camera.
        timeout_s: without a frame for so long a camera counts as gone, s.
        transport: "tcp" or "udp", of RTSP.
        grey: whether grey is enough: a third of the time and memory.
        loop: whether a file begins again at its end.
        part_pattern: regular expression with a group `(?P<part>...)` over the address.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    url: str
    user: str | None = None
    password: Secret | None = None
    timeout_s: float = 10.0
    transport: str = "tcp"
    grey: bool = False
    loop: bool = False
    part_pattern: str = ""

    def __post_init__(self) -> None:
        positive("timeout_s", self.timeout_s)
        checked_pattern(self.part_pattern)
        if self.transport not in ("tcp", "udp"):
            raise UsageError(f"transport is '{self.transport}'; allowed are tcp, udp.")
        scheme = self.url.split(":", 1)[0].lower() if "://" in self.url else ""
        if self.url.startswith("/dev/"):
            if not _DEVICE.fullmatch(self.url):
                raise UsageError(f"url is '{self.url}'; a USB camera is /dev/video0 or the like.")
        elif scheme and scheme not in SCHEMES:
            raise UsageError(
                f"url begins with '{scheme}:'; allowed are {', '.join(SCHEMES)}, /dev/video0, and "
                "names of files."
            )
        elif not scheme and (not self.url or re.match(r"[^/\\]*:(?!\\)", self.url)):
            raise UsageError(
                f"url is '{self.url}'; give rtsp://CAMERA/..., /dev/video0, or a video file."
            )

    @property
    def is_live(self) -> bool:
        """Whether it goes on by itself: a camera, and no file."""
        return self.url.startswith("/dev/") or (
            "://" in self.url and not self.url.lower().startswith("file:")
        )

    @property
    def shown(self) -> str:
        """The address without its password, for messages."""
        return without_password(self.url)


class VideoSource(AbstractSource):
    """A camera or a video file.

    Args:
        config: of the source; its options are `VideoOptions`.

    Raises:
        UsageError: it has other options.
    """

    def __init__(self, config: SourceConfig) -> None:
        if not isinstance(config.options, VideoOptions):
            raise UsageError(f"Source '{config.name}' needs the options of a video.")
        self._config = config
        self._options = config.options
        self._part = part_of(config.options.shown, checked_pattern(config.options.part_pattern))

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Frames in their order; see `AbstractSource.frames`.

        A camera cannot go back. A file goes on behind the frame that `resume` counts.

        Raises:
            MissingPackageError: PyAV is not installed.
        """
        av = optional_import("av", extra="line")
        done = 0 if resume is None or self._options.is_live else int(resume)
        wait_s, since = FIRST_WAIT_S, datetime.now(UTC)
        while not stop.is_set():
            decoding = _Decoding(av, self._options, stop, done)
            came = 0
            for item in decoding.items():
                if isinstance(item, Image):
                    came += 1
                    wait_s = FIRST_WAIT_S
                    yield self._frame(item, since, done + came)
                else:
                    yield self._trouble(item)
            done += came
            if stop.is_set():
                return
            if not self._options.is_live and decoding.ended:
                if not self._options.loop:
                    return
                done, since = 0, datetime.now(UTC)
                continue
            yield self._trouble(_gone(self._options.shown, decoding.reason, wait_s))
            _wait(stop, wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _frame(self, image: Image, since: datetime, number: int) -> Frame:
        # A camera's frames are counted from when it was switched on here: ids stay unique.
        mark = f"{since:%Y%m%dT%H%M%S.%f}-" if self._options.is_live or self._options.loop else ""
        return Frame(
            id=f"{mark}{number:07d}",
            source=self._config.name,
            time=datetime.now(UTC),
            payload=image,
            part=self._part,
            asset=self._config.asset,
            resume=None if self._options.is_live else str(number),
            arrived_s=time.perf_counter(),
        )

    def _trouble(self, notice: Notice) -> Trouble:
        return Trouble(self._config.name, datetime.now(UTC), notice)


class _Decoding:
    """One connection, in a thread that is left to itself where the library does not return."""

    def __init__(self, av: Any, options: VideoOptions, stop: Event, skip: int) -> None:
        self._av = av
        self._options = options
        self._stop = stop
        self._skip = skip
        self._left = Event()
        self._queue: Queue[Image | Notice | None] = Queue(AHEAD)
        self.reason = "nothing comes"
        self.ended = False
        # A daemon: neither a hanging camera nor its library may keep the process alive.
        self._thread = threading.Thread(target=self._decode, name="camera", daemon=True)

    def items(self) -> Iterator[Image | Notice]:
        """What comes, until the connection ends, hangs, or the line shuts down."""
        self._thread.start()
        last = time.monotonic()
        try:
            while not self._stop.is_set():
                try:
                    item = self._queue.get(timeout=LOOK_S)
                except Empty:
                    if time.monotonic() - last > self._options.timeout_s + LOOK_S:
                        self.reason = f"no frame for {self._options.timeout_s:g} s"
                        return
                    continue
                if item is None:
                    return
                yield item
                last = time.monotonic()
        finally:
            self._left.set()

    def _decode(self) -> None:
        try:
            with self._opened() as opened:
                stream = picture_stream(opened)
                self._frames_of(opened, stream)
        except MissingPackageError:
            raise
        # The library raises what it likes; the source calls the camera again.
        except Exception as error:
            self.reason = _in_words(error, self._options)
        finally:
            self._put(None)

    def _frames_of(self, opened: Any, stream: Any) -> None:
        number, spoilt = 0, 0
        for packet in opened.demux(stream):
            if self._left.is_set():
                return
            try:
                decoded = packet.decode()
            except self._av.error.InvalidDataError as error:
                # Rubbish on the wire is told once per connection; decoders find their way back.
                spoilt += 1
                if spoilt == 1:
                    self._put(_rubbish(self._options.shown, error))
                continue
            for frame in decoded:
                number += 1
                if number > self._skip or self._options.is_live:
                    self._put(image_of(frame, grey=self._options.grey))
        self.ended = True
        self.reason = "the stream ended"

    def _put(self, item: Image | Notice | None) -> None:
        while not self._left.is_set():
            try:
                self._queue.put(item, timeout=LOOK_S)
            except Full:
                continue
            return

    def _opened(self) -> Any:
        options, timeout_s = self._options, self._options.timeout_s
        if options.url.startswith("/dev/"):
            return self._av.open(options.url, format="v4l2", timeout=(timeout_s, timeout_s))
        url = options.url if "://" in options.url else f"file:{options.url}"
        url = _with_login(url, options)
        more = {"rtsp_transport": options.transport} if url.startswith("rtsp") else {}
        if options.is_live:
            more |= {"fflags": "nobuffer", "flags": "low_delay"}
            # A playlist from the net must not make the library read files of this machine.
            more |= {"protocol_whitelist": "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https,crypto,srt"}
        else:
            more |= {"protocol_whitelist": "file"}
        return self._av.open(url, options=more, timeout=(timeout_s, timeout_s))


def _with_login(url: str, options: VideoOptions) -> str:
    if options.user is None:
        return url
    from urllib.parse import quote

    scheme, rest = url.split("://", 1)
    password = "" if options.password is None else f":{quote(options.password, safe='')}"
    return f"{scheme}://{quote(options.user, safe='')}{password}@{rest}"


def _in_words(error: Exception, options: VideoOptions) -> str:
    """Why, without the address: it may hold a password."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or type(error).__name__).replace(options.url, options.shown)


def _wait(stop: Event, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        stop.wait(min(left, LOOK_S))


def _gone(shown: str, reason: str, wait_s: float) -> Notice:
    return Notice(
        en=f"The camera {shown} is gone ({reason}); it is called again in {wait_s:g} s.",
        zh=f"摄像机 {shown} 已断开（{reason}）；{wait_s:g} 秒后重新连接。",
    )


def _rubbish(shown: str, error: Exception) -> Notice:
    return Notice(
        en=f"The camera {shown} sends data that cannot be decoded ({error.__class__.__name__}); "
        "such frames are passed over.",
        zh=f"摄像机 {shown} 发送了无法解码的数据（{error.__class__.__name__}）；跳过这些帧。",
    )
