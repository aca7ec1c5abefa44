"""TDMS files (LabVIEW), with the package nptdms: waveforms with their step, unit and start."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.optional import optional_import
from faultlens.signals.readers.column_names import spelt_unit
from faultlens.signals.readers.contents import Channel, Contents, Window
from faultlens.signals.readers.stored_arrays import scalar_facts


def read_tdms(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a TDMS file; its waveforms are read window by window.

    Args:
        path: the file.
        largest_samples: of every reader; this one loads none before a channel is chosen.

    Raises:
        MissingPackageError: nptdms is not installed.
        UnreadableFileError: damaged.

    Example:
        >>> from faultlens.signals.read import FORMATS
        >>> FORMATS[".tdms"] is read_tdms
        True
    """
    nptdms: Any = optional_import("nptdms", extra="formats")
    # It reports each damaged string, bytes and all, each module with its own logger; our one error
    # says it all.
    optional_import("nptdms.log", extra="formats").log_manager.set_level(logging.CRITICAL)
    with path.open("rb") as stream, nptdms.TdmsFile.open(stream) as file:
        found = [x for group in file.groups() for x in group.channels()]
        numeric = [x for x in found if x.dtype is not None and np.dtype(x.dtype).kind in "iuf"]
        several = len(file.groups()) > 1
        channels = tuple(
            Channel(
                f"{x.group_name}.{x.name}" if several else x.name,
                len(x),
                _reader(nptdms, path, x.group_name, x.name),
                sample_rate_hz=_rate(x.properties),
                unit=spelt_unit(str(x.properties.get("unit_string", ""))),
            )
            for x in numeric
            if len(x) > 0
        )
        _, rpm = scalar_facts(_numbers(file.properties))
        starts = [x.properties.get("wf_start_time") for x in numeric]
    start = next((str(x) for x in starts if x is not None), None)
    return Contents("TDMS", channels, shaft_rpm=rpm, time=start)


def _reader(nptdms: Any, path: Path, group: str, name: str) -> Window:
    def read(start: int, stop: int) -> NDArray[np.floating]:
        with path.open("rb") as stream, nptdms.TdmsFile.open(stream) as file:
            samples = file[group][name].read_data(start, stop - start)
        return np.asarray(samples, dtype=np.float64)

    return read


def _rate(properties: Mapping[str, Any]) -> float | None:
    step = _numbers(properties).get("wf_increment", 0.0)
    return 1 / step if step > 0 else scalar_facts(_numbers(properties))[0]


def _numbers(properties: Mapping[str, Any]) -> dict[str, float]:
    return {
        str(k): float(v) for k, v in properties.items() if isinstance(v, int | float | np.number)
    }
