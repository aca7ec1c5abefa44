"""Some 500 hostile requests: none is answered 5xx but 503, and the service is as well as before."""

import sys
from pathlib import Path

import pytest

from tests.service.hostile_run import LARGEST_MB, hostile_run


@pytest.mark.skipif(sys.platform != "linux", reason="memory and files are read from /proc")
def test_hostile_requests_change_nothing(tmp_path: Path) -> None:
    # What takes seconds to make or to refuse is for `python -m tests.service.hostile_run`.
    told = hostile_run(tmp_path, heavy=False)
    assert told.requests > 450
    assert told.wrong == []
    assert all(x < 500 or x == 503 for x in told.statuses)
    assert told.largest_mb < LARGEST_MB
