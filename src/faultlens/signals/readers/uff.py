"""Universal files (UFF, data set 58), with the package pyuff: time responses with their step."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.optional import optional_import
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.column_names import spelt_unit
from faultlens.signals.readers.contents import Channel, Contents
from faultlens.signals.readers.stored_arrays import LARGEST_BYTES

_TIME_RESPONSES = (0, 1)  # func_type of data set 58: general, time response


def read_uff(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a universal file; the format has no index, so each set is read when it is wanted.

    Args:
        path: the file.
        largest_samples: of all sets together; None for no limit.

    Raises:
        MissingPackageError: pyuff is not installed.
        UnreadableFileError: damaged, above 2 GiB, or without a time response.

    Example:
        >>> from faultlens.signals.read import FORMATS
        >>> FORMATS[".uff"] is read_uff
        True
    """
    pyuff: Any = optional_import("pyuff", extra="formats")
    if path.stat().st_size > LARGEST_BYTES:
        raise UnreadableFileError("The universal file is above 2 GiB; export shorter recordings.")
    file = pyuff.UFF(str(path))
    channels: list[Channel] = []
    samples_in_all = 0
    for number, kind in enumerate(file.get_set_types()):
        if int(kind) != 58:
            continue
        found = file.read_sets(number)
        samples = np.asarray(found["data"])
        if samples.dtype.kind not in "iuf" or int(found["func_type"]) not in _TIME_RESPONSES:
            continue
        samples_in_all += len(samples)
        refuse_samples(samples_in_all, largest_samples, "The universal file")
        step = float(found.get("abscissa_inc") or 0.0)
        channels.append(
            Channel(
                _name(found, len(channels)),
                len(samples),
                _reader(pyuff, path, number),
                sample_rate_hz=1 / step if step > 0 else None,
                unit=spelt_unit(
                    str(found.get("ordinate_axis_units_lab") or "").replace("NONE", "")
                ),
            )
        )
    if not channels:
        raise UnreadableFileError(
            "The universal file holds no time response (data set 58 with real values)."
        )
    return Contents("UFF", tuple(channels))


def _reader(pyuff: Any, path: Path, number: int) -> Any:
    @cache
    def whole() -> NDArray[np.floating]:
        return np.asarray(pyuff.UFF(str(path)).read_sets(number)["data"], dtype=np.float64)

    return lambda start, stop: whole()[start:stop]


def _name(found: dict[str, Any], index: int) -> str:
    entity = str(found.get("rsp_ent_name") or "").strip()
    node = f"{entity if entity not in ('', 'NONE') else 'node'} {found.get('rsp_node', index)}"
    return f"{node} direction {found.get('rsp_dir', 0)}"
