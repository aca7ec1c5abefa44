"""Where the update of one source stands: a small file, so that it goes on after a restart."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import write_text

IDLE, TUNING, TRIAL, SHADOW, WAITING = "idle", "tuning", "trial", "shadow", "waiting"
PHASES = (IDLE, TUNING, TRIAL, SHADOW, WAITING)
"""Nothing to do; a model is tuned; tried on the held set; judges beside; waits for a person."""

MOST_EARLIER = 20
"""Models that one can go back to."""


@dataclass(frozen=True)
class ModelAt:
    """A model as a source uses it.

    Args:
        model: name or folder; None for the built-in one.
        profile: file of the profile that was made with it; None for none.
        reference: name and hash; "" where nobody has looked yet.
    """

    model: str | None
    profile: str | None
    reference: str = ""


@dataclass(frozen=True)
class Progress:
    """Where the update of one source stands.

    Args:
        phase: of `PHASES`.
        new: labelled frames since the last tuning, those kept aside too.
        candidate: the model that may take over; None where there is none.
        evidence: what speaks for it so far.
        shadow: frames judged by both, alarms of the live model, of the candidate, verdicts alike.
        live: what judges now, where it is not what line.toml says; None else.
        earlier: models that were live before, latest first.
        number: of candidates made so far; names their folders.
        asked: why a tuning is wanted now; "" while none is.
        audited: misses that had been told when a tuning was last asked for by the audit.
        told: references of all models that were written down, latest last.
    """

    phase: str = IDLE
    new: int = 0
    candidate: ModelAt | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    shadow: tuple[int, int, int, int] = (0, 0, 0, 0)
    live: ModelAt | None = None
    earlier: tuple[ModelAt, ...] = ()
    number: int = 0
    asked: str = ""
    audited: int = 0
    told: tuple[str, ...] = ()

    def promoted(self, was: ModelAt) -> "Progress":
        """After the candidate took over from `was`.

        Args:
            was: what judged before.

        Example:
            >>> after = Progress(candidate=ModelAt("c", None, "c@1")).promoted(ModelAt(None, None))
            >>> after.live.reference, after.phase, len(after.earlier)
            ('c@1', 'idle', 1)
        """
        return replace(
            self, phase=IDLE, live=self.candidate, candidate=None, evidence={},
            shadow=(0, 0, 0, 0), earlier=(was, *self.earlier)[:MOST_EARLIER],
            told=(*self.told, "" if self.candidate is None else self.candidate.reference),
        )  # fmt: skip

    def without_candidate(self) -> "Progress":
        """After the candidate was turned down.

        Example:
            >>> Progress("waiting", candidate=ModelAt("c", None)).without_candidate().phase
            'idle'
        """
        return replace(self, phase=IDLE, candidate=None, evidence={}, shadow=(0, 0, 0, 0))


FILE = "progress.json"


def read_progress(folder: Path) -> Progress:
    """Where the update stood when it was last written; the beginning where it never was.

    Args:
        folder: of the source's update.

    Raises:
        UnreadableFileError: the file is damaged.

    Example:
        >>> read_progress(Path("/nowhere")).phase
        'idle'
    """
    file = folder / FILE
    if not file.is_file():
        return Progress()
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        for name in ("candidate", "live"):
            table[name] = None if table[name] is None else ModelAt(**table[name])
        table["earlier"] = tuple(ModelAt(**x) for x in table["earlier"])
        table["shadow"], table["told"] = tuple(table["shadow"]), tuple(table["told"])
        return Progress(**table)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableFileError(
            f"{file} is damaged ({error}). Remove it to begin the update of this source anew; the "
            "model of line.toml then judges."
        ) from error


def write_progress(folder: Path, progress: Progress) -> None:
    """Write it, whole or not at all.

    Args:
        folder: of the source's update.
        progress: where it stands.

    Raises:
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> home = Path(tempfile.mkdtemp())
        >>> write_progress(home, Progress(new=3))
        >>> read_progress(home).new
        3
    """
    write_text(folder / FILE, json.dumps(asdict(progress), indent=1, ensure_ascii=False) + "\n")
