"""The samples that a caller allows hold for every format, and cost no memory to be refused."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import InputError, TooLargeError
from faultlens.signals.read import open_recording, read_signal
from tests.service.hostile_recordings import BOMBS
from tests.signals.readers.test_fuzz import MAKERS

SAMPLES = 64
ALL_COLUMNS = {"csv": 3 * SAMPLES}
"""A text table is held as a whole."""


@pytest.mark.parametrize("name", MAKERS)
def test_one_sample_more_than_is_allowed_is_too_large(name: str, tmp_path: Path) -> None:
    suffix, make = MAKERS[name]
    path = tmp_path / f"pump7{suffix}"
    path.write_bytes(make(tmp_path))
    allowed = ALL_COLUMNS.get(name, SAMPLES)
    known = {"sample_rate_hz": 1000.0}
    assert len(read_signal(path, largest_samples=4 * allowed, **known).samples) == SAMPLES  # type: ignore[arg-type]
    with pytest.raises(TooLargeError, match=r"up to 40 are read here") as caught:
        read_signal(path, largest_samples=40, **known)  # type: ignore[arg-type]
    assert str(path) in str(caught.value)


def test_what_is_unfolded_is_counted_together(tmp_path: Path) -> None:
    path = tmp_path / "many.npz"
    np.savez_compressed(path, **{f"x{i}": np.sin(np.arange(100.0)) for i in range(10)})
    assert open_recording(path, sample_rate_hz=1000, largest_samples=1000).length == 100
    with pytest.raises(TooLargeError, match="archive, unfolded, holds 1,000 samples"):
        open_recording(path, sample_rate_hz=1000, largest_samples=999)


def test_no_other_file_is_read_through_a_link(tmp_path: Path) -> None:
    suffix, make = BOMBS["hdf5 that points to other files"]
    path = tmp_path / f"links{suffix}"
    path.write_bytes(make())
    with pytest.raises(InputError, match="no channel of numbers"):
        open_recording(path, sample_rate_hz=1000)


_REFUSED = (
    "npy of 8 exabytes", "npy of overflowing shape", "npy with a pickle", "npz of pickles",
    "npz of 9000 members", "npz packed with lzma", "npz that lies about its member",
    "hdf5 of one chunk of 1.6 GB", "hdf5 of a petabyte", "hdf5 of 3000 nested groups",
    "wav of 65,535 channels", "wav of no channels", "xlsx", "mat of 200,000 variables",
    "csv without an end of line", "csv of NUL", "tdms that states 2**60 samples",
)  # fmt: skip

_CHILD = """
import re, sys, time
from pathlib import Path
from faultlens.core.errors import InputError, MissingPackageError
from faultlens.signals.read import read_signal
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
import h5py
before = peak()
for path in sys.argv[1:]:
    started = time.process_time()
    try:
        read_signal(path, sample_rate_hz=25600, largest_samples=10_000_000)
    except (InputError, MissingPackageError):
        print(path, round(time.process_time() - started, 2), round(peak() - before))
        continue
    raise SystemExit(f"{path} was read")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_bombs_are_refused_in_little_time_and_memory(tmp_path: Path) -> None:
    pytest.importorskip("nptdms", reason="nptdms is not installed")
    paths = []
    for number, name in enumerate(_REFUSED):
        suffix, make = BOMBS[name]
        paths.append(tmp_path / f"{number} {re.sub('[^a-z0-9]', '-', name)}{suffix}")
        paths[-1].write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *paths], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rows = [x.rsplit(" ", 2) for x in done.stdout.splitlines()]
    assert len(rows) == len(_REFUSED)
    assert max(float(seconds) for _, seconds, _ in rows) < 5
    # The head of a text without an end of line is looked at: 34 MB, and a copy.
    assert max(float(mb) for _, _, mb in rows) < 130
