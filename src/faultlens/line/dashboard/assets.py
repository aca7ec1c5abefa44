"""Styles, scripts and fonts: read once, joined, served under a name made of their content."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
"""Where they lie; every *.css and *.js in it is served."""

FIRST = ("tokens.css", "base.css", "controls.css", "shell.js")
"""What the others build on comes before them."""

HAN = Path(__file__).parents[2] / "reports" / "fonts" / "faultlens-han.ttf"
"""Font for Chinese where the reader's machine has none."""

_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is served.

    Args:
        name: with the beginning of its SHA-256, so that browsers may keep it for ever.
        kind: media type.
        content: of it.
    """

    name: str
    kind: str
    content: bytes


@final
class Assets:
    """All that pages fetch beside themselves.

    Example:
        >>> assets = Assets()
        >>> assets.style.name.endswith(".css"), assets.script.name.endswith(".js")
        (True, True)
    """

    def __init__(self) -> None:
        self.font = _asset("han", ".ttf", "font/ttf", HAN.read_bytes())
        style = _joined("*.css").replace(b"HAN_FONT", self.font.name.encode())
        self.style = _asset("faultlens", ".css", "text/css; charset=utf-8", style)
        self.script = _asset("faultlens", ".js", "text/javascript; charset=utf-8", _joined("*.js"))
        icon = (FOLDER / "favicon.svg").read_bytes()
        self.icon = _asset("favicon", ".svg", "image/svg+xml", icon)
        served = (self.style, self.script, self.font, self.icon)
        self._table = {x.name: x for x in served}

    def answer(self, request: Request) -> Response:
        """The file that the path names, or 404."""
        asset = self._table.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        return Response(asset.content, media_type=asset.kind, headers={"cache-control": _FOREVER})


def _asset(stem: str, suffix: str, kind: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{stem}-{digest}{suffix}", kind, content)


def _joined(pattern: str) -> bytes:
    return b"\n".join(x.read_bytes() for x in _in_order(FOLDER.glob(pattern)))


def _in_order(files: Iterable[Path]) -> list[Path]:
    known = {name: place for place, name in enumerate(FIRST)}
    return sorted(files, key=lambda x: (known.get(x.name, len(known)), x.name))
