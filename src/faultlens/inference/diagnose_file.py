"""A file in, its diagnosis out: what sidecar, arguments and file say is brought together first."""

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.inference.diagnose import diagnose
from faultlens.inference.findings import Diagnosis
from faultlens.inputs.vibration import SPEED_TOLERANCE
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.profile import Profile
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.read import open_recording
from faultlens.signals.recording import Recording
from faultlens.signals.sidecar import read_sidecar, resolve
from faultlens.signals.signal import Bearing


def diagnose_file(
    path: str | Path,
    *,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    faults: Sequence[str] | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
    asset: str | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
    model: str = DEFAULT,
    profile: Profile | None = None,
    machine_group: str | None = None,
    lang: str = "en",
    largest_samples: int | None = None,
) -> Diagnosis:
    """Name the fault in a file; its sidecar beats the arguments, and a difference is said.

    See `diagnose` for the arguments that both take.

    Args:
        path: csv, mat, wav, npz, npy or hdf5; with the extra `formats` also tdms, uff and parquet.
        sample_rate_hz: samples per second, where the file does not say it.
        channel: name or index of the channel.
        faults: as in `diagnose`.
        shaft_rpm: shaft speed where no sidecar says it, revolutions per minute.
        bearing: bearing where no sidecar says it.
        asset: the machine, as its owner calls it, where no sidecar says it.
        speed_tolerance: as in `diagnose`.
        model: as in `diagnose`.
        profile: as in `diagnose`.
        machine_group: as in `diagnose`.
        lang: as in `diagnose`.
        largest_samples: as in `read_signal`.

    Raises:
        InputError: the file cannot be read or judged; the message says why.
        UsageError: as in `diagnose`.

    Example:
        >>> from faultlens.core.errors import InputError
        >>> try:
        ...     diagnose_file("/nowhere/pump7.csv", shaft_rpm=1772, bearing="6205")
        ... except InputError as error:
        ...     print(error)
        /nowhere/pump7.csv does not exist; check the name and the folder.
    """
    started = clock.perf_counter()
    recording = described(
        path,
        sample_rate_hz=sample_rate_hz,
        channel=channel,
        shaft_rpm=shaft_rpm,
        bearing=bearing,
        asset=asset,
        largest_samples=largest_samples,
    )
    result = diagnose(
        recording,
        faults=faults,
        speed_tolerance=speed_tolerance,
        model=model,
        profile=profile,
        machine_group=machine_group,
        lang=lang,
    )
    return replace(result, seconds=clock.perf_counter() - started)


def described(
    path: str | Path,
    *,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
    asset: str | None = None,
    largest_samples: int | None = None,
) -> Recording:
    """Open a recording with what sidecar, arguments and file say of it; the sidecar wins.

    Args:
        path: the file.
        sample_rate_hz: samples per second, where the file does not say it.
        channel: name or index of the channel.
        shaft_rpm: shaft speed where no sidecar says it, revolutions per minute.
        bearing: bearing where no sidecar says it.
        asset: the machine, as its owner calls it, where no sidecar says it.
        largest_samples: as in `read_signal`.

    Raises:
        InputError: the file or its sidecar cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> _ = path.write_text("acc (g)\\n0.1\\n0.3\\n-0.2\\n")
        >>> _ = path.with_suffix(".toml").write_text("shaft_rpm = 1772\\nsample_rate_hz = 12000")
        >>> opened = described(path, shaft_rpm=1800)
        >>> print(opened.shaft_rpm, *opened.warnings)
        1772.0 shaft_rpm is 1772 by the sidecar and 1800 by the option; the sidecar wins.
    """
    recording = open_recording(
        path, sample_rate_hz=sample_rate_hz, channel=channel, largest_samples=largest_samples
    )
    sidecar = read_sidecar(path)
    if sidecar is not None and sidecar.bearing is not None:
        try:
            resolve_bearing(sidecar.bearing)
        except UsageError as error:
            raise UnreadableFileError(f"The sidecar of {path}: {error}") from error
    warnings = list(recording.warnings)
    values: dict[str, object] = {}
    for name, option in (("shaft_rpm", shaft_rpm), ("bearing", bearing), ("asset", asset)):
        beside = getattr(sidecar, name, None)
        own = getattr(recording, name) if beside is None else None
        values[name], difference = resolve(name, option, beside, own)
        warnings += [difference] if difference else []
    if shaft_rpm is not None or (sidecar is not None and sidecar.shaft_rpm is not None):
        values["speeds_rpm"] = None  # a speed that somebody states is steady
        if recording.speeds_rpm is not None:
            warnings.append(_speeds_left(recording.speeds_rpm))
    return replace(recording, **values, warnings=tuple(warnings))  # type: ignore[arg-type]


def _speeds_left(speeds_rpm: NDArray[np.float64]) -> Notice:
    slowest, fastest = f"{speeds_rpm.min():.0f}", f"{speeds_rpm.max():.0f}"
    return Notice(
        en=f"The speeds in the file, {slowest} to {fastest} rpm, are not used, because one was "
        "stated. Where they are those of this shaft, state none: the recording is then resampled "
        "to constant shaft angle.",
        zh=f"由于已给定转速，未使用文件中的转速（{slowest} 至 {fastest} rpm）。"
        "若其为本轴转速，请不要另给转速：记录将按等转角重采样。",
    )
