"""Candidates that judge beside the live models, at low priority, and change nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.judged import Judged
from faultlens.line.pipeline.companions import Companion, Seen
from faultlens.line.pipeline.judging import judged_all
from faultlens.store.records import Record

NICENESS = 19
"""Of a shadow's thread: it takes what the line leaves."""


@dataclass(frozen=True)
class _Shadow:
    reference: str
    companion: Companion


class Shadows:
    """At most one candidate per source.

    Args:
        detectors: makes a detector of a source's settings.
        write: writes down what goes wrong.
    """

    def __init__(
        self,
        detectors: Callable[[SourceConfig, str | None], AbstractDetector],
        write: Callable[[Sequence[Record]], None],
    ) -> None:
        self._detectors, self._write = detectors, write
        self._shadows: dict[str, _Shadow] = {}
        self._lock = Lock()

    def set(
        self,
        source: str,
        config: SourceConfig | None,
        saw: Callable[[Judged, Judged], None],
        kind: str | None,
    ) -> None:
        """Begin a shadow of a source, in place of the one before; or end it.

        Args:
            source: its name.
            config: with the candidate; None ends it.
            saw: is given what the live model and the candidate say of each frame.
            kind: of the source's frames; None where nobody knows.

        Raises:
            FaultlensError: the candidate cannot be used; the one before goes on.
        """
        shadow = None
        if config is not None:
            detector = self._detectors(config, kind)

            def look(seen: Seen) -> Iterable[Record]:
                saw(seen.judged, judged_all(detector, [seen.judged.frame])[0])
                return ()

            companion = Companion(f"shadow {source}", look, self._write, niceness=NICENESS)
            shadow = _Shadow(config.model or "", companion)
        with self._lock:
            before = self._shadows.pop(source, None)
            if shadow is not None:
                self._shadows[source] = shadow
        if before is not None:
            before.companion.close(timeout_s=0.0)

    def saw(self, seen: Seen) -> None:
        """One more frame; never waits.

        Args:
            seen: it.
        """
        with self._lock:
            shadow = self._shadows.get(seen.record.source)
        if shadow is not None and not seen.judged.error:
            shadow.companion.saw(seen)

    def references(self) -> dict[str, str]:
        """Source -> model of its candidate."""
        with self._lock:
            return {name: x.reference for name, x in self._shadows.items()}

    def close(self) -> None:
        """End them all; what waits is not judged any more."""
        with self._lock:
            shadows, self._shadows = list(self._shadows.values()), {}
        for shadow in shadows:
            shadow.companion.close(timeout_s=0.0)
