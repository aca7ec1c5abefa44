"""Frames pushed by POST are answered once they are safe; whatever else is sent is told why not."""

import io
import queue
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.secret import Secret
from faultlens.line.sources import push_server
from faultlens.line.sources.http import HttpOptions, HttpSource
from faultlens.signals.signal import Signal
from tests.certificates import made_certificates
from tests.mosquitto_server import free_port
from tests.timing import PATIENCE_S, eventually

KEY = "0123456789abcdef"


class Line:
    """A source in a thread, as the line runs it, and people who push to it."""

    def __init__(self, config: SourceConfig, verify: Any = True) -> None:
        self.came: queue.Queue[Frame | Trouble] = queue.Queue()
        self.stop = threading.Event()
        self.failed: Future[None] = Future()
        self._source = HttpSource(config)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        first = self.came.get(timeout=PATIENCE_S)
        assert isinstance(first, Trouble) and first.severity == "info"
        self.url = first.notice.en.removeprefix("Frames can be pushed to ").rstrip(".")
        self._people = ThreadPoolExecutor(8)
        self.client = httpx2.Client(trust_env=False, timeout=PATIENCE_S, verify=verify)

    def push(self, content: bytes, **facts: str) -> Future[httpx2.Response]:
        """POST in the background: there is no answer until the frame is safe."""
        return self._people.submit(self.client.post, self.url, content=content, params=facts)

    def frame(self) -> Frame:
        item = self.came.get(timeout=PATIENCE_S)
        assert isinstance(item, Frame)
        return item

    def close(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_S)
        self._people.shutdown()
        self.client.close()
        eventually(lambda: not any(x.name == "push listener" for x in threading.enumerate()))

    def _run(self) -> None:
        for item in self._source.frames(None, self.stop):
            self.came.put(item)


@contextmanager
def listening(queued: int = 16, verify: Any = True, **options: Any) -> Iterator[Line]:
    given = HttpOptions(**{"port": 0, **options})
    config = SourceConfig("gate", "http", given, queue=queued, mm_per_pixel=0.1, asset="press 3")
    line = Line(config, verify)
    try:
        yield line
    finally:
        line.close()


def png(level: int = 128) -> bytes:
    written = io.BytesIO()
    Pillow.fromarray(np.full((4, 6), level, np.uint8)).save(written, "PNG")
    return written.getvalue()


def test_a_picture_is_answered_once_it_is_safe_and_not_before() -> None:
    with listening() as line:
        answer = line.push(png(7), id="0042", part="B17", time="2026-11-26T16:00:00+08:00")
        frame = line.frame()
        assert (frame.id, frame.part, frame.asset, frame.source) == (
            "0042", "B17", "press 3", "gate",
        )  # fmt: skip
        assert frame.time.isoformat() == "2026-11-26T08:00:00+00:00"
        assert isinstance(frame.payload, Image)
        assert (frame.payload.pixels == 7).all() and frame.payload.mm_per_pixel == 0.1
        time.sleep(0.05)
        assert not answer.done()
        frame.acknowledge()
        assert answer.result(PATIENCE_S).status_code == 200
        assert answer.result().json() == {"frame": "0042", "safe": True}


def test_a_recording_is_one_too() -> None:
    samples = np.sin(np.arange(500) / 7)
    text = "DE (g),FE (g)\n" + "\n".join(f"{x:.6f},{-x:.6f}" for x in samples)
    with listening() as line:
        answer = line.push(
            text.encode(), id="a", channel="pump", column="FE", rpm="1480", sample_rate_hz="1000"
        )
        frame = line.frame()
        frame.acknowledge()
        assert answer.result(PATIENCE_S).status_code == 200
        assert frame.channel == "pump"
        assert isinstance(frame.payload, Signal)
        assert (frame.payload.sample_rate_hz, frame.payload.shaft_rpm) == (1000.0, 1480.0)
        np.testing.assert_allclose(frame.payload.samples, -samples, atol=1e-6)


def test_the_same_id_has_the_same_answer_and_is_judged_once() -> None:
    with listening() as line:
        both = [line.push(png(), id="a"), line.push(png(), id="a")]
        frame = line.frame()
        frame.acknowledge()
        assert [x.result(PATIENCE_S).status_code for x in both] == [200, 200]
        assert line.push(png(), id="a").result(PATIENCE_S).status_code == 200
        assert line.came.empty()


def test_without_an_id_the_file_itself_is_one() -> None:
    with listening() as line:
        answers = [line.push(png(1)), line.push(png(2))]
        frames = [line.frame(), line.frame()]
        for frame in frames:
            frame.acknowledge()
        names = {x.result(PATIENCE_S).json()["frame"] for x in answers}
        assert names == {x.id for x in frames} and len(names) == 2
        assert line.push(png(1)).result(PATIENCE_S).status_code == 200
        assert line.came.empty()


def test_where_more_waits_than_can_be_judged_the_sender_is_told_when_to_come_again() -> None:
    with listening(queued=2) as line:
        held = [line.push(png(), id="a"), line.push(png(), id="b")]
        frames = [line.frame(), line.frame()]
        busy = line.push(png(), id="c").result(PATIENCE_S)
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
        assert busy.headers["content-type"] == "application/problem+json"
        for frame in frames:
            frame.acknowledge()
        assert [x.result(PATIENCE_S).status_code for x in held] == [200, 200]
        answer = line.push(png(), id="c")
        line.frame().acknowledge()
        assert answer.result(PATIENCE_S).status_code == 200


def test_a_frame_that_takes_too_long_may_be_asked_for_again() -> None:
    with listening(timeout_s=0.2) as line:
        # A machine that pauses may take too long for the body already: then it is sent again.
        eventually(lambda: line.push(png(), id="a").result(PATIENCE_S).status_code == 503)
        line.frame().acknowledge()
        eventually(lambda: line.push(png(), id="a").result(PATIENCE_S).status_code == 200)
        assert line.came.empty()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02garbage", "unknown binary data"),
        (b"%PDF-1.7 ...", "PDF"),
        (png()[:40], "cut|damaged|truncated"),
        (b"acc\n1\n2\n3\n", "sampling rate"),
    ],
)
def test_what_cannot_be_judged_is_told_to_sender_and_line(content: bytes, words: str) -> None:
    with listening() as line:
        answer = line.push(content, id="odd").result(PATIENCE_S)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        item = line.came.get(timeout=PATIENCE_S)
        assert isinstance(item, Trouble)
        for text in (answer.json()["detail"], item.notice.en):
            assert any(x in text for x in words.split("|")), text
        assert "faultlens-push-" not in answer.text
        # It goes on.
        sound = line.push(png(), id="sound")
        line.frame().acknowledge()
        assert sound.result(PATIENCE_S).status_code == 200


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"speed": "1"}, "'speed' is not known"),
        ({"id": "x" * 201}, "id must have"),
        ({"id": "a\nb"}, "id must have"),
        ({"time": "2026-11-26T08:00:00"}, "without an offset"),
        ({"time": "yesterday"}, "time is 'yesterday'"),
        ({"rpm": "-1"}, "rpm is '-1'"),
        ({"sample_rate_hz": "inf"}, "sample_rate_hz is 'inf'"),
    ],
)
def test_odd_questions_are_answered_with_what_is_allowed(facts: dict[str, str], words: str) -> None:
    with listening() as line:
        answer = line.push(png(), **facts).result(PATIENCE_S)
        assert (answer.status_code, words in answer.json()["detail"]) == (400, True)


def test_a_file_that_is_too_large_is_refused_whether_it_says_so_or_not() -> None:
    with listening(largest_mb=0.01) as line:
        assert line.push(bytes(20_000), id="a").result(PATIENCE_S).status_code == 413

        def blocks() -> Iterator[bytes]:
            for _ in range(20):
                yield bytes(1000)

        answer = line.client.post(line.url, content=blocks(), params={"id": "b"})
        assert answer.status_code == 413
        packed = line.client.post(line.url, content=b"x", headers={"Content-Encoding": "gzip"})
        assert packed.status_code == 415


def test_only_who_has_the_key_may_push() -> None:
    with listening(key=Secret(KEY)) as line:
        for shown in ("", "Bearer wrong-key-00000000", "Basic " + KEY, "Bearer ключ"):
            headers = [(b"authorization", shown.encode())]
            answer = line.client.post(line.url, content=png(), headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        line.client.headers["Authorization"] = f"Bearer {KEY}"
        answered = line.push(png(), id="a")
        line.frame().acknowledge()
        assert answered.result(PATIENCE_S).status_code == 200


def test_a_sender_that_dawdles_or_hangs_up_holds_nobody_up() -> None:
    with listening(timeout_s=0.3) as line:
        host, port = line.url.split("/")[2].split(":")
        with socket.create_connection((host, int(port))) as slow:
            slow.sendall(b"POST /frames?id=s HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            slow.settimeout(PATIENCE_S)
            assert b" 408 " in slow.recv(1000)
        with socket.create_connection((host, int(port))) as gone:
            gone.sendall(b"POST /frames?id=g HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        # Nobody is held up; who was not acknowledged in time asks again.
        eventually(lambda: line.push(png(), id="a").result(PATIENCE_S).status_code in (200, 503))
        line.frame().acknowledge()
        eventually(lambda: line.push(png(), id="a").result(PATIENCE_S).status_code == 200)


def test_a_caller_who_never_asks_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(timeout_s=600.0) as line:
        host, port = line.url.split("/")[2].split(":")
        held = line.push(png(), id="a")
        frame = line.frame()
        monkeypatch.setattr(push_server, "HEAD_S", 0.3)
        with socket.create_connection((host, int(port))) as silent:
            silent.sendall(b"POST /frames HTTP/1.1\r\nX-Slow: ")
            silent.settimeout(PATIENCE_S)
            with suppress(ConnectionResetError):
                assert silent.recv(100) == b""
        # Who waits for an answer is not.
        frame.acknowledge()
        assert held.result(PATIENCE_S).status_code == 200


def test_at_the_end_what_is_being_judged_is_still_answered_and_the_rest_sent_back() -> None:
    with listening(timeout_s=600.0) as line:
        begun = line.push(png(), id="a")
        frame = line.frame()
        line.stop.set()
        # It ends while the frame is not acknowledged, which may take ten minutes.
        line.thread.join(PATIENCE_S)
        assert not line.thread.is_alive() and not begun.done()
        frame.acknowledge()
        assert begun.result(PATIENCE_S).status_code == 200
        with pytest.raises(httpx2.TransportError):
            for _ in range(100):
                line.client.post(line.url, content=png(), params={"id": "late"})
    # After the end nobody listens; to acknowledge is still no error.
    frame.acknowledge()


def test_https_with_a_certificate_of_the_plant(tmp_path: Path) -> None:
    import ssl

    made = made_certificates(tmp_path)
    trust = ssl.create_default_context(cafile=str(made.authority))
    with listening(verify=trust, certificate=made.certificate, certificate_key=made.key) as line:
        assert line.url.startswith("https://")
        answer = line.push(png(), id="a")
        line.frame().acknowledge()
        assert answer.result(PATIENCE_S).status_code == 200


def test_where_nothing_can_listen_it_is_said() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        config = SourceConfig("gate", "http", HttpOptions(port=port))
        with pytest.raises(UsageError, match=f"Cannot listen at 127.0.0.1, port {port}"):
            next(iter(HttpSource(config).frames(None, threading.Event())))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"host": "0.0.0.0"}, "^key is missing"),
        ({"host": "press-3"}, "^key is missing"),
        ({"key": Secret("short")}, "^key has less"),
        ({"port": 70000}, "^port is 70000"),
        ({"largest_mb": 0.0}, "^largest_mb is 0"),
        ({"largest_mb": 1000.0}, "^largest_mb is 1000"),
        ({"timeout_s": -1.0}, "^timeout_s is -1"),
    ],
)
def test_wrong_options_are_refused_with_the_key_s_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        HttpOptions(**options)
