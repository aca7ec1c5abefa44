"""A recording from a file of any known format: the one door for all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import (
    FaultlensError,
    InputError,
    TooLargeError,
    UnreadableFileError,
    UsageError,
)
from faultlens.core.notice import Notice
from faultlens.core.registry import Registry
from faultlens.core.stages import DECODE, stage
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.contents import Channel, Contents, Window, choose_channel
from faultlens.signals.readers.csv_table import read_csv
from faultlens.signals.readers.hdf5 import read_hdf5
from faultlens.signals.readers.matlab import read_matlab
from faultlens.signals.readers.numpy_files import read_npy, read_npz
from faultlens.signals.readers.parquet import read_parquet
from faultlens.signals.readers.sniff import HEAD_BYTES, KINDS, kind_of
from faultlens.signals.readers.tdms import read_tdms
from faultlens.signals.readers.uff import read_uff
from faultlens.signals.readers.wav import read_wav
from faultlens.signals.recording import Recording
from faultlens.signals.sidecar import Sidecar, read_sidecar, resolve
from faultlens.signals.signal import Signal

Reader = Callable[[Path, int | None], Contents]
"""Opens one file, reads what is needed to list its channels, loads no samples it can leave, and
never more of them at once than its second argument says (None for no limit)."""

FORMATS: Registry[Reader] = Registry("signal format", group="faultlens.readers")
"""Suffix -> reader. An installed package adds one by an entry point named as the suffix."""

_KINDS_BY_SUFFIX: dict[str, tuple[str, ...]] = {}


def _add(suffixes: str, reader: Reader, *kinds: str) -> None:
    for suffix in suffixes.split():
        FORMATS.add(suffix, reader)
        _KINDS_BY_SUFFIX[suffix] = kinds


_add(".csv .txt .tsv .dat .asc .lvm", read_csv, "text")
_add(".mat", read_matlab, "matlab5", "matlab73")
_add(".wav", read_wav, "wav")
_add(".npy", read_npy, "npy")
_add(".npz", read_npz, "zip")
_add(".h5 .hdf5", read_hdf5, "hdf5", "matlab73")
_add(".tdms", read_tdms, "tdms")
_add(".uff .unv", read_uff, "uff")
_add(".parquet", read_parquet, "parquet")


def read_signal(
    path: str | Path,
    *,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    largest_samples: int | None = None,
) -> Signal:
    """Read one channel of a recording into memory.

    Args:
        path: csv, mat (CWRU, MFPT, Paderborn, plain), wav, npz, npy, hdf5, parquet, tdms or uff.
        sample_rate_hz: samples per second, where the file does not say.
        channel: name or index of the channel; the first that may be vibration if None.
        largest_samples: a channel of more is refused before it is loaded, and so is a file that
            unfolds to more as a whole; None for no limit.

    Raises:
        UnreadableFileError: missing, damaged, or not what its name says.
        TooLargeError: more samples than are allowed.
        MissingMetadataError: neither file, sidecar nor caller says the sampling rate.
        UnknownNameError: no such channel.
        MissingPackageError: the format needs a package that is not installed.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> _ = path.write_text("time (s),acc (g)\\n0.000,0.1\\n0.001,0.3\\n0.002,-0.2\\n")
        >>> signal = read_signal(path)
        >>> signal.sample_rate_hz, signal.unit, signal.samples
        (1000.0, 'g', array([ 0.1,  0.3, -0.2]))
    """
    recording = open_recording(
        path, sample_rate_hz=sample_rate_hz, channel=channel, largest_samples=largest_samples
    )
    with stage(DECODE):
        return recording.load()


def open_recording(
    path: str | Path,
    *,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    largest_samples: int | None = None,
) -> Recording:
    """Open one channel of a recording without loading it; its sidecar is read along.

    Args:
        path: as for `read_signal`.
        sample_rate_hz: samples per second, where the file does not say.
        channel: name or index of the channel; the first that may be vibration if None.
        largest_samples: a channel of more is refused before it is loaded, and so is a file that
            unfolds to more as a whole; None for no limit.

    Raises:
        UnreadableFileError: missing, damaged, or not what its name says.
        TooLargeError: more samples than are allowed.
        UnknownNameError: no such channel.
        UsageError: a sampling rate that is no positive number.
        MissingPackageError: the format needs a package that is not installed.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> _ = path.write_text("DE (g),FE (g)\\n0.1,0.2\\n0.3,0.1\\n-0.2,0.4\\n")
        >>> recording = open_recording(path, sample_rate_hz=12000, channel="FE")
        >>> recording.length, recording.channels, recording.read(1, 3)
        (3, ('DE (g)', 'FE (g)'), array([0.1, 0.4]))
    """
    path = Path(path)
    if sample_rate_hz is not None and not (isfinite(sample_rate_hz) and sample_rate_hz > 0):
        raise UsageError(f"sample_rate_hz is {sample_rate_hz}; it must be a positive number of Hz.")
    reader, about_suffix = _reader_for(path)
    sidecar = read_sidecar(path) or Sidecar()
    with stage(DECODE), _reading(path):
        contents = reader(path, largest_samples)
        # A wish, not a fact: unlike all else in a sidecar its channel yields to the caller's.
        wanted = sidecar.channel if channel is None else channel
        chosen, about_channel = choose_channel(contents, wanted)
        refuse_samples(chosen.length, largest_samples)
    if chosen.length < 2:
        raise UnreadableFileError(
            f"{path}: channel '{chosen.name}' holds {chosen.length} sample(s); a recording has "
            "thousands. Check that this is the file you meant."
        )
    return _described(
        path, contents, chosen, sidecar, sample_rate_hz, (*about_suffix, *about_channel)
    )


def _described(
    path: Path,
    contents: Contents,
    chosen: Channel,
    sidecar: Sidecar,
    rate_option: float | None,
    warnings: tuple[Notice, ...],
) -> Recording:
    stated = chosen.sample_rate_hz
    rate_in_file = stated if stated and isfinite(stated) and stated > 0 else None
    # The recorder knows its own clock: an option given for a whole folder must not overrule it.
    rate, about_rate = resolve(
        "sample_rate_hz", rate_option, sidecar.sample_rate_hz, rate_in_file, file_first=True
    )
    rpm, about_rpm = resolve("shaft_rpm", None, sidecar.shaft_rpm, contents.shaft_rpm)
    unit, about_unit = resolve("unit", None, sidecar.unit, chosen.unit)
    asset, _ = resolve("asset", None, sidecar.asset, contents.asset)
    time, _ = resolve("time", None, sidecar.time, contents.time)
    if unit is None and contents.unit_advice is not None:
        warnings = (*warnings, contents.unit_advice)
    said = tuple(x for x in (about_rate, about_rpm, about_unit) if x is not None)
    return Recording(
        path=path,
        format=contents.format,
        sample_rate_hz=None if rate is None else float(rate),
        length=chosen.length,
        channel=chosen.name,
        channels=tuple(x.name for x in contents.channels),
        read=_guarded(path, chosen.read),
        shaft_rpm=rpm,
        # Whoever states a speed beside the file knows better than its column.
        speeds_rpm=contents.speeds_rpm if sidecar.shaft_rpm is None else None,
        unit=unit,
        bearing=sidecar.bearing,
        asset=asset,
        time=time,
        warnings=(*warnings, *contents.warnings, *said),
        history=(f"read channel '{chosen.name}' of {path.name} ({contents.format})",),
        rate_advice=contents.rate_advice,
    )


def _reader_for(path: Path) -> tuple[Reader, tuple[Notice, ...]]:
    head = _head(path)
    suffix = path.suffix.lower()
    kind = kind_of(head)
    called, usual_suffix = KINDS[kind]
    if suffix in FORMATS:
        expected = _KINDS_BY_SUFFIX.get(suffix)
        if expected is not None and kind not in expected:
            advice = (
                f"Rename it to {path.stem}{usual_suffix} if that is what it is"
                if usual_suffix
                else "Export the recording again"
            )
            raise UnreadableFileError(
                f"{path} is named {suffix} but looks like {called}. {advice}, or check that it was "
                "copied whole."
            )
        return FORMATS[suffix], ()
    if usual_suffix:
        guessed = Notice(
            en=f"The suffix '{suffix}' is not known; read as {called}, which it looks like.",
            zh=f"后缀“{suffix}”无法识别；从内容看是 {usual_suffix} 格式，已按该格式读取。",
        )
        return FORMATS[usual_suffix], (guessed,)
    raise UnreadableFileError(
        f"{path} has the suffix '{suffix}' and looks like {called}. "
        f"Known formats: {', '.join(FORMATS)}."
    )


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UnreadableFileError(
            f"{path} is a folder, not a recording; give one of the files inside it."
        )
    if not path.exists():
        raise UnreadableFileError(f"{path} does not exist; check the name and the folder.")
    if not path.is_file():
        raise UnreadableFileError(
            f"{path} is no regular file but a pipe or a device, which cannot be read here and "
            "there; save the recording to a file first."
        )
    with _reading(path), path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise UnreadableFileError(f"{path} is empty (0 bytes); record or copy it again.")
    return head


def _guarded(path: Path, read: Window) -> Window:
    def guarded(start: int, stop: int) -> NDArray[np.float64]:
        with _reading(path):
            samples = np.asarray(read(start, stop), dtype=np.float64)
            if samples.shape != (stop - start,):
                raise UnreadableFileError(
                    f"{path} ends early: samples {start} to {stop} were wanted, {samples.size} are "
                    "there. It was changed or cut; copy it again."
                )
            return samples

    return guarded


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    # Damaged files raise every kind of exception in the libraries that parse them.
    try:
        with np.errstate(all="ignore"):
            yield
    except InputError as error:
        message = str(error)
        if str(path) in message:
            raise
        raise type(error)(f"{path}: {message}") from error
    except FaultlensError:
        raise
    except PermissionError as error:
        raise UnreadableFileError(f"{path} may not be read: {error.strerror}.") from error
    except MemoryError as error:
        raise TooLargeError(
            f"{path} does not fit the memory of this machine; cut it into parts."
        ) from error
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnreadableFileError(
            f"{path} is damaged or not what its name says: {reason}. Copy or export it again."
        ) from error
