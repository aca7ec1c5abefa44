"""Files below the media folder, given out safely: previews, kept pictures, recordings."""

from pathlib import Path

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from faultlens.line.dashboard.guard import needs_live
from faultlens.line.dashboard.room import Room, person_of, room_of

PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""Shown in the page; of all others the browser makes a download, whatever stands in them."""

LONGEST_PATH = 1024
"""Of a path below the folder, characters."""

# A file is written once and never changed. A page of another site may not take it in, and a browser
# that opens it by itself runs nothing of it.
_HEADERS = {
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
}

router = APIRouter()


@router.get("/media/{path:path}", dependencies=[Depends(needs_live)])
def _media(request: Request, path: str) -> Response:
    room = room_of(request)
    file = file_below(room.settings.media, path)
    if file is None or not (person_of(request).may("viewer") or _is_on_the_wall(room, path)):
        raise HTTPException(404)
    kind = PICTURES.get(file.suffix.lower())
    if kind is not None:
        return FileResponse(file, media_type=kind, headers=_HEADERS)
    return FileResponse(
        file, media_type="application/octet-stream", filename=file.name, headers=_HEADERS
    )


def _is_on_the_wall(room: Room, path: str) -> bool:
    """Whether the live page itself shows it; who has not logged in sees no other."""
    live = room.live()
    return live is not None and path in {x.get("preview") for x in live.alarms}


def file_below(folder: Path, path: str) -> Path | None:
    """The file that a path names, where it truly lies below the folder.

    Args:
        folder: of all media.
        path: as it came over the network.

    Returns:
        None where there is none, or where it leads out, also by a link.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.jpg").write_bytes(b"")
        >>> file_below(folder, "a.jpg").name, file_below(folder, "../a.jpg")
        ('a.jpg', None)
    """
    if not path or len(path) > LONGEST_PATH or "\x00" in path or "\\" in path:
        return None
    root = folder.resolve()
    try:
        file = (root / path).resolve()
    except (OSError, RuntimeError):
        return None
    hidden = (
        any(x.startswith(".") for x in file.relative_to(root).parts)
        if root in file.parents
        else True
    )
    return None if hidden or not file.is_file() else file
