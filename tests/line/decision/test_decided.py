"""An alarm is raised at m of n frames and returns below its level; an error changes nothing."""

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.line.decision.decided import after_judged, decided
from faultlens.line.decision.state import DecisionState, decision_state
from tests.line.alarms.judged_frames import judged


def steps(config: DecisionConfig, scores: list[float | None], threshold: float = 0.5) -> list[str]:
    """What each frame changes, as one letter: raise, return, or nothing."""
    state, found = DecisionState(), []
    for score in scores:
        state, step = decided(config, state, score, threshold)
        found.append({"raise": "R", "return": "-", None: "."}[step])
    return found


def test_one_frame_above_raises_where_one_of_one_is_asked_for() -> None:
    assert "".join(steps(DecisionConfig(), [0.4, 0.6, 0.7, 0.4, 0.6])) == ".R.-R"


def test_the_threshold_itself_does_not_alarm() -> None:
    assert steps(DecisionConfig(), [0.5, 0.5000001]) == [".", "R"]


def test_an_alarm_stays_between_its_level_of_return_and_the_threshold() -> None:
    """0.5 x (1 - 0.1) is 0.45."""
    assert "".join(steps(DecisionConfig(hysteresis=0.1), [0.6, 0.46, 0.49, 0.44])) == "R..-"


def test_without_hysteresis_a_score_at_the_threshold_returns() -> None:
    assert "".join(steps(DecisionConfig(hysteresis=0.0), [0.6, 0.5])) == "R-"


def test_three_of_five_need_not_follow_each_other() -> None:
    config = DecisionConfig(m=3, n=5)
    assert "".join(steps(config, [0.9, 0.1, 0.9, 0.1, 0.9])) == "....R"
    assert "".join(steps(config, [0.9, 0.1, 0.1, 0.9, 0.1, 0.9, 0.1])) == "......."


def test_it_returns_once_fewer_than_m_of_n_hold_it() -> None:
    config = DecisionConfig(m=2, n=3)
    assert "".join(steps(config, [0.9, 0.9, 0.1, 0.1])) == ".R.-"


@pytest.mark.parametrize("mute", [None, float("nan"), float("inf")])
def test_a_frame_that_could_not_be_judged_changes_nothing(mute: float | None) -> None:
    state = DecisionState((2, 0), raised=True)
    assert decided(DecisionConfig(m=1, n=2), state, mute, 0.5) == (state, None)


def test_an_error_neither_raises_nor_returns() -> None:
    state = DecisionState((2,), raised=True)
    assert after_judged(DecisionConfig(), state, judged("1", 0.0, error="cut off")) == (state, None)


def test_what_is_unlike_anything_known_keeps_an_alarm_but_raises_none() -> None:
    """Its score lies above the threshold and it does not alarm: "unknown" is likelier."""
    strange = judged("1", 0.99, alarm=False)
    assert after_judged(DecisionConfig(), DecisionState(), strange)[1] is None
    assert after_judged(DecisionConfig(), DecisionState((2,), raised=True), strange)[1] is None


def test_a_shorter_look_back_after_a_change_of_the_file_forgets_the_older_frames() -> None:
    state = DecisionState((2, 2, 2, 0), raised=True)
    assert decided(DecisionConfig(m=1, n=1), state, 0.1, 0.5) == (DecisionState((0,)), "return")


def test_raises_and_returns_take_turns_and_the_state_survives_its_text() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        n = int(rng.integers(1, 8))
        config = DecisionConfig(m=int(rng.integers(1, n + 1)), n=n, hysteresis=rng.random())
        state, turns = DecisionState(), []
        for score in rng.random(60):
            state, step = decided(config, decision_state(state.text()), score, 0.6)
            turns += [] if step is None else [step]
            assert len(state.recent) <= n
        assert turns == ["raise", "return"] * (len(turns) // 2) + ["raise"] * (len(turns) % 2)
        assert state.raised == (len(turns) % 2 == 1)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"recent":"03","raised":true}', '{"recent":"0","raised":1}', '{"recent":5}',
     '{"recent":"' + "0" * 1001 + '","raised":true}'],
)  # fmt: skip
def test_a_damaged_state_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="journal is damaged"):
        decision_state(text)
