"""Many scans, one after the other: a bad one stops nothing."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from faultlens.inference.batch import Outcome, each_file
from faultlens.inference.measurement import Measurement
from faultlens.inference.measuring import Measurer, each_measured
from faultlens.inference.scan_files import ScanFiles


def measure_files(
    ready: Measurer, files: Iterable[Path], reading: ScanFiles
) -> Iterator[Outcome[Measurement]]:
    """What becomes of each scan, in their order.

    Args:
        ready: what is the same for all of them.
        files: of the scans.
        reading: how they are read.

    Raises:
        UsageError: every file failed by wrong usage, so the call is at fault and not the files.
        BundleError: the model is damaged.

    Example:
        >>> list(measure_files(None, [], ScanFiles()))
        []
    """

    def work(path: Path) -> Measurement:
        (result,) = each_measured(ready, [reading.read(path)])
        return result

    return each_file(files, work)
