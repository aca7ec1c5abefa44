"""A sensor's blocks outlive kill -9 of the line and of the broker: none is lost, none doubled."""

from pathlib import Path

import pytest

from benches.line.blocks_killed import killed
from tests.mosquitto_server import PROGRAM


def test_no_sample_is_lost_or_doubled_when_line_and_broker_are_killed(tmp_path: Path) -> None:
    if PROGRAM is None:
        pytest.skip("the server Mosquitto is not installed (apt-get install mosquitto)")
    tally = killed(blocks=200, kills=1, seed=10, folder=tmp_path)
    assert (tally.samples_lost, tally.samples_doubled, tally.windows_doubled) == (0, 0, 0)
    assert (tally.kills, tally.broker_kills, tally.windows) == (1, 1, 100)
