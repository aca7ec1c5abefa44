"""A camera that speaks RTSP on loopback, as far as a client needs it: its stream runs over TCP."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from threading import Event, Thread

import numpy as np

from tests.timing import PATIENCE_S

SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\na=control:track1\r\n"
)
PIECE_BYTES = 1300


@contextmanager
def rtsp_camera(*, hangs_after: int | None = None) -> Iterator[str]:
    """Its address; after so many frames it says nothing more."""
    stop, listener = Event(), socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    packets = _encoded(60)

    def serve() -> None:
        while not stop.is_set():
            try:
                caller, _ = listener.accept()
            except TimeoutError:
                continue
            with caller:
                caller.settimeout(PATIENCE_S)
                try:
                    if _asked_to_play(caller):
                        _play(caller, packets, stop, hangs_after)
                except OSError:
                    continue

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/belt"
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        listener.close()


def _encoded(count: int) -> list[bytes]:
    import av

    stream = av.CodecContext.create("mpeg4", "w")
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    stream.framerate, stream.gop_size = Fraction(25), 5
    packets = []
    for i in range(count):
        picture = np.full((48, 64, 3), 10 + 4 * i % 240, np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        packets += [bytes(x) for x in stream.encode(frame)]
    return packets


def _asked_to_play(caller: socket.socket) -> bool:
    lines = caller.makefile("r", encoding="ascii", newline="\r\n")
    while True:
        request, number = lines.readline(), "0"
        if not request:
            return False
        while line := lines.readline().strip():
            if line.lower().startswith("cseq:"):
                number = line.split(":", 1)[1].strip()
        verb, more, body = request.split()[0], "", ""
        if verb == "OPTIONS":
            more = "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif verb == "DESCRIBE":
            body = SDP
            more = f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n"
        elif verb == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        elif verb == "PLAY":
            more = "Session: 1\r\n"
        caller.sendall(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{more}\r\n{body}".encode("ascii"))
        if verb == "PLAY":
            return True


def _play(
    caller: socket.socket, packets: list[bytes], stop: Event, hangs_after: int | None
) -> None:
    sequence = 0
    for i, packet in enumerate(packets):
        if stop.is_set() or i == hangs_after:
            break
        pieces = [packet[x : x + PIECE_BYTES] for x in range(0, len(packet), PIECE_BYTES)]
        for k, piece in enumerate(pieces):
            last = 0x80 if k == len(pieces) - 1 else 0
            head = struct.pack(">BBHII", 0x80, last | 96, sequence & 0xFFFF, i * 3600, 7)
            caller.sendall(b"$\0" + struct.pack(">H", len(head) + len(piece)) + head + piece)
            sequence += 1
        stop.wait(0.01)  # a hundred frames a second
    stop.wait(30 if hangs_after is not None else 0)
