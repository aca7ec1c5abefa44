"""Measures of the sensor that took a frame, whatever it took."""

from faultlens.images.image import Image
from faultlens.line.frame import Frame
from faultlens.line.monitoring.quality_picture import picture_quality
from faultlens.line.monitoring.quality_scan import scan_quality
from faultlens.line.monitoring.quality_signal import signal_quality
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface


def frame_quality(frame: Frame) -> dict[str, float]:
    """Measures of the sensor; none where not even these can be taken.

    Args:
        frame: as it came, judged or not: a dead sensor gives frames that nobody can judge.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> from faultlens.signals.signal import Signal
        >>> time = datetime(2026, 11, 26, tzinfo=UTC)
        >>> frame_quality(Frame("7", "hall", time, Signal(np.zeros(800), 800.0)))["dead"]
        1.0
    """
    try:
        match frame.payload:
            case Image():
                return picture_quality(frame.payload)
            case Signal():
                return signal_quality(frame.payload)
            case Surface():
                return scan_quality(frame.payload)
    except (ValueError, ArithmeticError, IndexError):
        return {}
