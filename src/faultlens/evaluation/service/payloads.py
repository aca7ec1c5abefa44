"""What the load sends: pictures of metal and windows of vibration, as whole HTTP requests."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from faultlens.images.simulator.render import render_surface
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

DEFECTS = (
    "no defect", "crack", "scratch", "corrosion", "dent", "pitting", "inclusion", "weld defect",
)  # fmt: skip
"""The guide's METAL_DEFECT_TYPES."""

PROMPTS = tuple(f"metal surface with {x}" for x in DEFECTS)
"""As its client sends them."""

MATCH, DIAGNOSE, INSPECT = "/match-image-text", "/v1/diagnose", "/v1/inspect"

PICTURE_PX = (480, 640)
"""Height and width."""

JPEG_QUALITY = 92

WINDOW_RATE_HZ, WINDOW_S = 25600, 1.0

SHAFT_RPM, BEARING = 1772.0, "6205"

WAV, CSV = "wav", "csv"

BOUNDARY = "faultlens-0f1e2d3c4b5a"


def request_bytes(
    path: str, name: str, content: bytes, media_type: str, options: Mapping[str, object]
) -> bytes:
    """One request with a file and its options, head and body, as a form of HTML sends them.

    Args:
        path: of the endpoint.
        name: of the file.
        content: of the file.
        media_type: of the file.
        options: sent as JSON in the field `request`.

    Source: RFC 7578 (multipart/form-data), RFC 9112 (HTTP/1.1).

    Example:
        >>> request_bytes("/v1/inspect", "a.png", b"...", "image/png", {}).splitlines()[0]
        b'POST /v1/inspect HTTP/1.1'
    """
    said = json.dumps(options, ensure_ascii=False).encode()
    body = b"\r\n".join(
        [
            f"--{BOUNDARY}".encode(),
            f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode(),
            f"Content-Type: {media_type}".encode(),
            b"",
            content,
            f"--{BOUNDARY}".encode(),
            b'Content-Disposition: form-data; name="request"',
            b"",
            said,
            f"--{BOUNDARY}--".encode(),
            b"",
        ]
    )
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def match_requests(pictures: int, prompts: Sequence[str] = PROMPTS) -> list[bytes]:
    """Requests that ask which of the sentences names a picture best; every picture is another.

    Args:
        pictures: how many.
        prompts: the sentences.

    Example:
        >>> [b'name="request"' in x for x in match_requests(1)]
        [True]
    """
    return [
        request_bytes(MATCH, f"part-{i}.jpg", x, "image/jpeg", {"prompts": list(prompts)})
        for i, x in enumerate(rendered_jpegs(pictures))
    ]


def rendered_jpegs(count: int) -> list[bytes]:
    """Pictures of metal as a camera would save them, 640 x 480.

    Args:
        count: how many, each different.

    Example:
        >>> rendered_jpegs(1)[0][:2]
        b'\\xff\\xd8'
    """
    height, width = PICTURE_PX
    # Two scenes are rendered, and each picture is a cut of one of them: rendering takes longest.
    scenes = [
        render_surface(seed=seed, height_px=height + 64, width_px=width + 64, part="sheet").pixels
        for seed in range(min(count, 2))
    ]
    draw = np.random.default_rng(0)
    made = []
    for number in range(count):
        top, left = draw.integers(0, 65, 2)
        cut = scenes[number % len(scenes)][top : top + height, left : left + width]
        stream = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(cut)).convert("RGB").save(
            stream, "JPEG", quality=JPEG_QUALITY
        )
        made.append(stream.getvalue())
    return made


def diagnose_requests(windows: int, kind: str = WAV) -> list[bytes]:
    """Requests that ask what is wrong with a bearing, by 1 s at 25.6 kHz, speed and bearing known.

    Args:
        windows: how many, each different.
        kind: "wav" or "csv".

    Example:
        >>> [b"6205" in x for x in diagnose_requests(1)]
        [True]
    """
    options = {"shaft_rpm": SHAFT_RPM, "bearing": BEARING}
    media_type = {WAV: "audio/wav", CSV: "text/csv"}[kind]
    return [
        request_bytes(DIAGNOSE, f"window-{i}.{kind}", x, media_type, options)
        for i, x in enumerate(window_files(windows, kind))
    ]


def window_files(count: int, kind: str = WAV) -> list[bytes]:
    """Files of 1 s at 25.6 kHz of four simulated machines, each with noise of its own.

    Args:
        count: how many, each different.
        kind: "wav" or "csv".

    Example:
        >>> window_files(1)[0][:4]
        b'RIFF'
    """
    geometry = BearingGeometry(9, 7.94, 39.04)
    machines = [
        simulate(families, bearing=geometry, shaft_rpm=SHAFT_RPM, sample_rate_hz=WINDOW_RATE_HZ,
                 seconds=WINDOW_S, seed=seed).signal
        for seed, families in enumerate(((), ("outer",), ("inner",), ("ball",)))
    ]  # fmt: skip
    made = []
    with TemporaryDirectory() as folder:
        for number in range(count):
            signal = machines[number % len(machines)]
            noise = np.random.default_rng(number).normal(
                0, 0.1 * signal.samples.std(), len(signal.samples)
            )
            path = Path(folder) / f"window.{kind}"
            write_signal(path, replace(signal, samples=signal.samples + noise), sidecar=False)
            made.append(path.read_bytes())
    return made
