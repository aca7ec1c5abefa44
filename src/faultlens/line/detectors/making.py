"""The detector that a source of line.toml asks for."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import final

from faultlens.core.errors import BundleError, FaultlensError
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.unjudged import unjudged
from faultlens.line.frame import PICTURE, SCAN, SIGNAL, Frame
from faultlens.line.judged import Judged


def detector_of(
    source: SourceConfig,
    *,
    model: str | None = None,
    language: str = "en",
    kind: str | None = None,
) -> AbstractDetector:
    """The detector of a source, ready to judge.

    Args:
        source: of line.toml.
        model: name or folder of a model in place of the source's; None for that, or the built-in
            one of its kind of frames.
        language: "en" or "zh", of messages to people.
        kind: "picture", "signal" or "scan" where it is known what a source with detector = "auto"
            yields; None finds out at its first frame, and what is wrong with its sentences is then
            said of every frame.

    Raises:
        UsageError: something that line.toml asks for cannot be; the message says what can.
        InputError: a profile that cannot be read, a model that is damaged.

    Example:
        >>> detector = detector_of(SourceConfig("hall", "mqtt", None, detector="signal",
        ...                                     sentences=("inner race fault",)))
        >>> detector.judge([])
        []
    """
    makers = {
        name: partial(make, source, model=model, language=language)
        for name, make in _MAKERS.items()
    }
    wanted = source.detector if source.detector != "auto" else kind
    if wanted is not None:
        return makers[wanted]()
    return _ByKind(makers)


@final
class _ByKind(AbstractDetector):
    """Makes the detector of a kind at the first frame of it.

    Args:
        makers: kind of a frame -> what makes its detector.
    """

    def __init__(self, makers: Mapping[str, Callable[[], AbstractDetector]]) -> None:
        self._makers = makers
        self._made: dict[str, AbstractDetector | FaultlensError] = {}

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        judged: dict[int, Judged] = {}
        for kind in dict.fromkeys(x.kind for x in frames):
            rows = [i for i, x in enumerate(frames) if x.kind == kind]
            its = [frames[i] for i in rows]
            judged |= dict(zip(rows, self._of_kind(kind, its), strict=True))
        return [judged[i] for i in range(len(frames))]

    def _of_kind(self, kind: str, frames: Sequence[Frame]) -> list[Judged]:
        if kind not in self._made:
            self._made[kind] = _attempted(self._makers[kind])
        made = self._made[kind]
        if isinstance(made, FaultlensError):
            return [unjudged(x, made, "") for x in frames]
        return made.judge(frames)


def _attempted(make: Callable[[], AbstractDetector]) -> AbstractDetector | FaultlensError:
    try:
        return make()
    except BundleError:
        raise
    except FaultlensError as error:
        return error


def _signal(source: SourceConfig, *, model: str | None, language: str) -> AbstractDetector:
    from faultlens.line.detectors.signal import SignalDetector

    return SignalDetector(source, model=model, language=language)


def _picture(source: SourceConfig, *, model: str | None, language: str) -> AbstractDetector:
    from faultlens.line.detectors.picture import PictureDetector

    return PictureDetector(source, model=model, language=language)


def _screen(source: SourceConfig, *, model: str | None, language: str) -> AbstractDetector:
    from faultlens.line.detectors.screen import ScreenDetector

    return ScreenDetector(source, model=model, language=language)


def _scan(source: SourceConfig, *, model: str | None, language: str) -> AbstractDetector:
    from faultlens.line.detectors.scan import ScanDetector

    return ScanDetector(source, model=model, language=language)


_MAKERS = {SIGNAL: _signal, PICTURE: _picture, SCAN: _scan, "screen": _screen}
"""Name of a detector in line.toml -> what makes it."""
