"""What of a frame can be looked at: its picture, a small one, or the spectrum of a recording."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.errors import FaultlensError
from faultlens.line.dashboard.charts.chart import Chart
from faultlens.line.dashboard.charts.spectrum import spectrum
from faultlens.line.dashboard.charts.waveform import waveform
from faultlens.line.dashboard.media import PICTURES, file_below
from faultlens.line.dashboard.result_view import findings_of, picture_size
from faultlens.line.dashboard.span_picker import Words
from faultlens.store.records import ResultRecord

LARGEST_RECORDING = 64_000_000
"""Bytes of a kept recording whose spectrum a page draws."""


@dataclass(frozen=True)
class Exhibit:
    """What can be looked at.

    Args:
        picture: path of the kept picture, below the media folder; "" for none.
        preview: path of the small one, which the heat map lies over; "" for none.
        recording: waveform and spectrum of a kept recording, each with its name; none of a picture.
        size: width and height of the judged picture, px; None where it is not said.
        regions: of the best finding of a frame that alarms: x, y, width, height, px.
    """

    picture: str
    preview: str
    recording: tuple[tuple[str, Chart], ...]
    size: tuple[float, float] | None
    regions: tuple[tuple[float, float, float, float], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was kept."""
        return not (self.picture or self.preview or self.recording)


def exhibit_of(folder: Path, record: ResultRecord, t: Words) -> Exhibit:
    """What can be looked at of a frame; what was removed meanwhile is left out.

    Args:
        folder: of all media.
        record: of the frame.
        t: words.

    Example:
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.results import result
        >>> exhibit_of(Path("/no"), result(example_store(), "press", "f1"), str).is_empty
        True
    """
    is_picture = record.media is not None and Path(record.media).suffix.lower() in PICTURES
    findings = findings_of(record.result)
    return Exhibit(
        picture=_there(folder, record.media) if is_picture else "",
        preview=_there(folder, record.preview),
        recording=() if is_picture else _recording(folder, record, t),
        size=picture_size(record.result),
        regions=findings[0].regions if findings and record.alarm else (),
    )


def _there(folder: Path, path: str | None) -> str:
    return path if path is not None and file_below(folder, path) is not None else ""


def _recording(folder: Path, record: ResultRecord, t: Words) -> tuple[tuple[str, Chart], ...]:
    file = file_below(folder, record.media) if record.media else None
    if record.kind != "signal" or file is None or file.stat().st_size > LARGEST_RECORDING:
        return ()
    from faultlens.line.detectors.spectrum import band_levels
    from faultlens.signals.read import read_signal

    try:
        signal = read_signal(file)
    except (FaultlensError, OSError):
        return ()
    levels, band_hz = band_levels(signal.samples, signal.sample_rate_hz)
    wave = waveform(
        signal.samples,
        signal.sample_rate_hz,
        name=t("result_waveform"),
        headings=(t("result_seconds"), t("result_least"), t("result_most")),
    )
    bands = spectrum(
        [float(x) for x in levels],
        band_hz,
        name=t("result_spectrum"),
        headings=(t("result_frequency"), t("result_level")),
        unit="Hz",
        height=200,
    )
    return ((t("result_waveform"), wave), (t("result_spectrum"), bands))
