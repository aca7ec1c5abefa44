"""A line that is killed at random instants loses no result and no alarm, and doubles none."""

from pathlib import Path

import pytest

from benches.line.kills import killed
from tests.postgres_server import postgres


def test_watch_is_killed(tmp_path: Path) -> None:
    made = killed(frames=2000, kills=2, seed=1, folder=tmp_path)
    assert (made.kills, made.lost, made.doubled, made.parts_wrong) == (2, 0, 0, 0)
    assert (made.alarms, made.alarms_lost, made.alarms_doubled) == (16, 0, 0)


@pytest.mark.parametrize("seed", [0])
def test_watch_and_its_database_are_killed(tmp_path: Path, seed: int) -> None:
    with postgres() as server:
        made = killed(frames=2000, kills=2, seed=seed, folder=tmp_path, server=server)
    assert made.database_kills > 0
    assert (made.lost, made.doubled, made.parts_wrong) == (0, 0, 0)
    assert (made.alarms_lost, made.alarms_doubled) == (0, 0)
