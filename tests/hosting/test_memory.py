"""A worker's memory has a hard bound: beyond it an allocation fails, and the machine is safe."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds private memory")

_TAKE = """
from faultlens.hosting.memory import cap_memory
import numpy as np
cap_memory(100_000_000)
np.ones(80_000_000, np.uint8)
print("80 MB taken", flush=True)
try:
    np.ones(200_000_000, np.uint8)
except MemoryError:
    print("200 MB refused", flush=True)
np.ones(80_000_000, np.uint8)
print("works on", flush=True)
"""


def test_more_than_the_headroom_is_refused_and_the_process_works_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TAKE], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["80 MB taken", "200 MB refused", "works on"]


_LOAD = """
from faultlens.hosting.memory import cap_memory, room_for_a_model
import numpy as np
cap_memory(100_000_000)
with room_for_a_model():
    model = np.ones(300_000_000, np.uint8)
np.ones(80_000_000, np.uint8)
print("a model taken, and room as before", flush=True)
try:
    np.ones(200_000_000, np.uint8)
except MemoryError:
    print("200 MB refused", flush=True)
"""


def test_a_model_loaded_later_takes_no_room_from_the_work() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["a model taken, and room as before", "200 MB refused"]


_LEAVE = """
from faultlens.hosting.memory import cap_memory, regained_bytes
import numpy as np
cap_memory(300_000_000)
def work(kept):
    array = np.ones(200_000_000, np.uint8)
    try:
        np.ones(200_000_000, np.uint8)
    except MemoryError as error:
        kept.append(error)  # a cycle: the error, its frame, this list
work([])
print(regained_bytes() > 250_000_000, flush=True)
"""


def test_what_a_task_left_behind_that_ran_out_of_memory_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LEAVE], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["True"]
