"""Channels that come by MQTT are all judged by the whole line, each window once."""

from pathlib import Path

from benches.line.channels import watched
from tests.mosquitto_server import mosquitto


def test_no_window_is_lost(tmp_path: Path) -> None:
    """The short form of `python -m benches.line.channels`."""
    with mosquitto("max_queued_messages 0") as broker:
        tally = watched(8, 4.0, tmp_path, broker.port)
    assert (tally.windows, tally.lost, tally.doubled, tally.errors) == (16, 0, 0, 0)
    # Two of the eight pieces that the channels play have a fault.
    assert tally.alarms == 2
