"""Frames that could not be judged still have their one result; and one bad frame stops no other."""

from collections.abc import Callable, Sequence

from faultlens.core.errors import BundleError, FaultlensError
from faultlens.inference.schema import SCHEMA
from faultlens.line.detectors.quality import frame_quality
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged


def unjudged(frame: Frame, error: Exception, model: str) -> Judged:
    """The result of a frame that could not be judged.

    Args:
        frame: it.
        error: why; of an error that is not one of ours the kind is said too.
        model: name and hash of what should have judged.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> from faultlens.core.errors import UnusableSignalError
        >>> from faultlens.signals.signal import Signal
        >>> frame = Frame("7", "hall", datetime(2026, 11, 26, tzinfo=UTC),
        ...               Signal(np.zeros(8), 8.0))
        >>> unjudged(frame, UnusableSignalError("It is constant."), "builtin/bearing@0").error
        'It is constant.'
    """
    ours = isinstance(error, FaultlensError)
    why = str(error) if ours else f"Our fault: {type(error).__name__}: {error}"
    told = {"schema": SCHEMA, "verdict": "", "alarm": False, "model": model, "error": why}
    return Judged(
        frame=frame,
        verdict="",
        alarm=False,
        score=0.0,
        threshold=1.0,
        model=model,
        result={**told, **whereabouts(frame)},
        quality=frame_quality(frame),
        error=why,
    )


def whereabouts(frame: Frame) -> dict[str, str | None]:
    """What the JSON of a result says of where its frame comes from.

    Args:
        frame: that was judged.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> from faultlens.signals.signal import Signal
        >>> time = datetime(2026, 11, 26, tzinfo=UTC)
        >>> told = whereabouts(Frame("7", "hall", time, Signal(np.zeros(8), 8.0), channel="pump"))
        >>> told["source"], told["channel"], told["time"]
        ('hall', 'pump', '2026-11-26T00:00:00+00:00')
    """
    return {
        "asset": frame.asset,
        "part": frame.part,
        "source": frame.source,
        "channel": frame.channel,
        "frame": frame.id,
        "time": frame.time.isoformat(),
    }


def each_or_alone(
    frames: Sequence[Frame],
    together: Callable[[Sequence[Frame]], list[Judged]],
    model: str,
) -> list[Judged]:
    """What is judged together; where that fails each alone, so that only the bad one fails.

    Args:
        frames: of one batch.
        together: judges several.
        model: name and hash of what judges.

    Raises:
        BundleError: the model is damaged, which no other frame would mend.

    Example:
        >>> each_or_alone([], lambda frames: [], "builtin/bearing@0")
        []
    """
    try:
        return together(frames)
    except BundleError:
        raise
    except Exception as error:
        if len(frames) == 1:
            return [unjudged(frames[0], error, model)]
    return [each_or_alone([x], together, model)[0] for x in frames]
