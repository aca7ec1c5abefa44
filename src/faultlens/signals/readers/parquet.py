"""Parquet files, with the package pyarrow: every numeric column is a channel."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.optional import optional_import
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.contents import Contents
from faultlens.signals.readers.stored_arrays import StoredArray, contents_of


def read_parquet(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a Parquet file; row groups are read when a window needs them.

    Args:
        path: the file.
        largest_samples: of one column; None for no limit.

    Raises:
        MissingPackageError: pyarrow is not installed.
        UnreadableFileError: damaged, or without a column of real numbers.

    Example:
        >>> from faultlens.signals.read import FORMATS
        >>> FORMATS[".parquet"] is read_parquet
        True
    """
    parquet: Any = optional_import("pyarrow.parquet", extra="formats")
    types: Any = optional_import("pyarrow.types", extra="formats")
    with parquet.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
        refuse_samples(rows, largest_samples, "A column")
        groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    usable = (types.is_floating, types.is_integer, types.is_timestamp)
    numeric = [x.name for x in schema if any(is_it(x.type) for is_it in usable)]
    starts = np.concatenate(([0], np.cumsum(groups))).astype(int)

    def reader(name: str) -> Any:
        def take(index: tuple[Any, ...]) -> NDArray[np.float64]:
            start, stop, _ = index[0].indices(rows)
            wanted = [i for i in range(len(groups)) if starts[i] < stop and starts[i + 1] > start]
            with parquet.ParquetFile(path) as file:
                column = file.read_row_groups(wanted, columns=[name]).column(name)
            if types.is_timestamp(column.type):
                column = column.cast("timestamp[ns]").cast("int64")
                values = column.to_numpy() / 1e9
            else:
                values = np.asarray(column.to_numpy(), dtype=np.float64)
            offset = starts[wanted[0]] if wanted else 0
            return np.asarray(values[start - offset : stop - offset])

        return take

    arrays = [StoredArray(name, (rows,), reader(name)) for name in numeric if not _hidden(name)]
    return contents_of("Parquet", arrays, _numbers(schema.metadata or {}))


def _hidden(name: str) -> bool:
    return name.startswith("__")  # pandas keeps its index as __index_level_0__


def _numbers(metadata: dict[bytes, bytes]) -> dict[str, float]:
    found = {}
    for key, value in metadata.items():
        try:
            found[key.decode()] = float(value)
        except ValueError:
            continue
    return found
