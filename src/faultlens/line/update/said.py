"""What people said of frames, on its way into the sets that models are tuned and tried on.

Each word waits as a small file first (`inbox/`), so that a crash between the database and the sets
loses none: the same action makes the same file, and the same file goes into a set once.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import write_text
from faultlens.datasets.corrections.correct import correct

HELD_OUT_OF = 4
"""One in so many labelled frames is kept aside for the trial, where line.toml names no held set."""

INBOX, TRAIN, HELD = "inbox", "train", "held"


@dataclass(frozen=True)
class SaidOfFrame:
    """What one person said of one frame.

    Args:
        source: of the frame.
        frame: its id.
        label: what it shows, in words.
        user: who says it.
        note: why.
        media: path of the kept picture or recording.
        result: the JSON of what the line had said.
    """

    source: str
    frame: str
    label: str
    user: str
    note: str
    media: str
    result: dict[str, Any]


def leave_word(folder: Path, action: str, said: SaidOfFrame) -> None:
    """Lay what somebody said into the inbox, whole or not at all.

    Args:
        folder: of the source's update.
        action: id of the action, which names the file.
        said: by whom, of which frame.

    Raises:
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> home = Path(tempfile.mkdtemp())
        >>> leave_word(home, "a1", SaidOfFrame("top", "7", "crack", "anna", "", "7.png", {}))
        >>> [x.label for _, x in words_left(home)]
        ['crack']
    """
    # A hash: the id comes from a page and must not name a path.
    name = sha256(action.encode()).hexdigest()[:32]
    write_text(folder / INBOX / f"{name}.json", json.dumps(asdict(said), ensure_ascii=False))


def words_left(folder: Path) -> list[tuple[Path, SaidOfFrame]]:
    """What waits in the inbox, oldest first; a file that is none is passed over.

    Args:
        folder: of the source's update.

    Example:
        >>> words_left(Path("/nowhere"))
        []
    """
    found = []
    inbox = folder / INBOX
    for file in sorted(inbox.glob("*.json"), key=lambda x: (x.stat().st_mtime, x.name)):
        try:
            found.append((file, SaidOfFrame(**json.loads(file.read_text(encoding="utf-8")))))
        except (ValueError, TypeError):
            file.unlink()
    return found


def take_word(folder: Path, said: SaidOfFrame, *, hold_out: bool) -> str:
    """Copy the frame into its set, under what was said of it.

    Args:
        folder: of the source's update.
        said: by whom, of which frame.
        hold_out: whether one in `HELD_OUT_OF` is kept aside for the trial.

    Returns:
        `TRAIN` or `HELD`.

    Raises:
        FaultlensError: the picture or recording is not there any more, or the label is none.
        OSError: the set cannot be written.

    Example:
        >>> take_word(Path("/tmp"), SaidOfFrame("top", "7", "crack", "anna", "", "", {}),
        ...           hold_out=True)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: Of frame 7 of top no picture or recording is ...
    """
    media = Path(said.media)
    if not said.media or not media.is_file():
        raise UnreadableFileError(
            f"Of frame {said.frame} of {said.source} no picture or recording is kept any more, so "
            "that nothing can be learned from it; keep more by [keep] in line.toml."
        )
    which = HELD if hold_out and _held(said.source, said.frame) else TRAIN
    correct(
        media,
        said.label,
        corrections=folder / which,
        said=said.result or None,
        by=said.user,
        note=f"{said.source}/{said.frame} {said.note}".strip(),
        # The last word holds: on a page a person mends what was said before.
        replace=True,
    )
    return which


def _held(source: str, frame: str) -> bool:
    return sha256(f"{source}\n{frame}".encode()).digest()[0] % HELD_OUT_OF == 0
