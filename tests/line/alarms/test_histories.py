"""Whatever frames, people and clocks do, no alarm is in an illegal state, and each one ends."""

from datetime import timedelta

import numpy as np
import pytest

from faultlens.line.alarms.actions import ALARM_ACTIONS, after_action
from faultlens.line.alarms.alarms import Alarms, alarms_of_text
from faultlens.line.alarms.shelving import after_time
from faultlens.line.alarms.steps import after_frame
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.line.decision.decided import after_judged
from faultlens.line.decision.state import DecisionState
from faultlens.store.records import ALARM_STATES, ALARM_STEPS, Action, AlarmRecord
from tests.line.alarms.judged_frames import START, judged

ALLOWED = {
    ("", "raised"): {"unacknowledged"},
    ("unacknowledged", "raised"): {"unacknowledged"},
    ("unacknowledged", "acknowledged"): {"acknowledged"},
    ("unacknowledged", "returned"): {"returned", "unacknowledged"},
    ("unacknowledged", "shelved"): {"shelved"},
    ("acknowledged", "raised"): {"unacknowledged"},
    ("acknowledged", "returned"): {"normal", "acknowledged"},
    ("acknowledged", "shelved"): {"shelved"},
    ("acknowledged", "reset"): {"normal"},
    ("returned", "raised"): {"unacknowledged"},
    ("returned", "acknowledged"): {"normal"},
    ("returned", "shelved"): {"shelved"},
    ("shelved", "shelved"): {"shelved"},
    ("shelved", "unshelved"): {"unacknowledged", "acknowledged", "returned", "normal"},
    ("normal", "closed"): {"normal"},
}
"""(state before, step) -> states after: ANSI/ISA-18.2-2016, figure 3, with latching."""

CHANNELS = ("pump", "fan")


class Line:
    """Two channels, their decisions and alarms, and everything that was recorded."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        n = int(self.rng.integers(1, 4))
        self.config = DecisionConfig(
            m=int(self.rng.integers(1, n + 1)), n=n, latch=bool(self.rng.integers(2))
        )
        self.alarms = Alarms("press")
        self.decisions = dict.fromkeys(CHANNELS, DecisionState())
        self.records: list[AlarmRecord] = []
        self.minute, self.count = 0, 0

    def frame(self, channel: str, score: float) -> None:
        self.count += 1
        seen = judged(str(self.count), score, channel=channel, minute=self.minute)
        self.decisions[channel], step = after_judged(self.config, self.decisions[channel], seen)
        self.alarms, made = after_frame(self.alarms, self.config, seen, step)
        self.records += made

    def person(self, kind: str, alarm: str) -> None:
        self.count += 1
        now = START + timedelta(minutes=self.minute)
        facts = {"until": (now + timedelta(minutes=int(self.rng.integers(1, 30)))).isoformat()}
        action = Action(f"action-{self.count}", now, kind, alarm, "li", "seen", facts)
        self.alarms, made, why_not = after_action(self.alarms, action)
        assert bool(made) != (why_not is not None)
        self.records += made

    def clock(self) -> None:
        self.minute = max(0, self.minute + int(self.rng.integers(-3, 12)))
        self.alarms, made = after_time(self.alarms, START + timedelta(minutes=self.minute))
        self.records += made

    def anything(self) -> None:
        kinds = list(ALARM_ACTIONS)
        match int(self.rng.integers(4)):
            case 0 | 1:
                self.frame(CHANNELS[self.rng.integers(2)], float(self.rng.random()))
            case 2 if self.records:
                target = self.records[self.rng.integers(len(self.records))].alarm
                self.person(kinds[self.rng.integers(len(kinds))], target)
            case _:
                self.clock()
        self.alarms = alarms_of_text(self.alarms.text())


def end(line: Line) -> None:
    """The faults go, time goes on, and a person does what is left."""
    for _ in range(line.config.n):
        for channel in CHANNELS:
            line.frame(channel, 0.0)
    line.minute += 60
    line.alarms, made = after_time(line.alarms, START + timedelta(minutes=line.minute))
    line.records += made
    for kind in ("acknowledge", "reset"):
        for alarm in line.alarms.open:
            line.person(kind, alarm.id)


@pytest.mark.parametrize("seed", range(20))
def test_a_random_history_is_legal_and_ends(seed: int) -> None:
    line = Line(seed)
    for _ in range(150):
        line.anything()
        keys = [x.key for x in line.alarms.open]
        assert len(keys) == len(set(keys))
        assert all(x.state == x.last.state != "normal" for x in line.alarms.open)
    end(line)
    assert line.alarms.open == ()
    assert len({x.id for x in line.records}) == len(line.records)
    lives: dict[str, str] = {}
    for record in line.records:
        assert record.step in ALARM_STEPS
        assert record.state in ALARM_STATES
        assert record.state in ALLOWED[lives.get(record.alarm, ""), record.step]
        lives[record.alarm] = record.step if record.step == "closed" else record.state
    assert set(lives.values()) <= {"closed"}
