"""One verdict from several sensors: what is missing, unknown, healthy or contradicts is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import InputError, UsageError
from faultlens.inference.verdict.fuse import fuse

Made = Callable[..., dict[str, Any]]
NOTHING: dict[str, float] = {"inner_race fault": 0.03}
SOUND: dict[str, float] = {"crack": 0.04}


def test_a_fault_that_one_sensor_sees_is_not_argued_away(vibration: Made, picture: Made) -> None:
    result = fuse(vibration(), picture(scores=SOUND))
    assert (result.verdict, result.alarm) == ("inner_race fault", True)
    assert 0.9 < result.alarm_score < 0.98
    assert result.if_one_fault < result.alarm_score < result.if_own_faults
    assert "does not rule it out" in result.sentence
    assert result.false_alarm_rate == 0.02


def test_two_that_agree_are_surer_than_either(vibration: Made, picture: Made) -> None:
    parts = vibration(scores={"inner_race fault": 0.85}), picture(scores={"crack": 0.85})
    result = fuse(*parts)
    assert result.alarm_score > 0.95
    assert result.verdict == "inner_race fault + crack"
    assert "2 sensors agree" in result.sentence
    # Neither passes its own threshold of .9: no rate could be promised, so it does not alarm.
    assert not result.alarm
    assert result.sentence.startswith("Possible inner_race fault and crack below")


def test_all_healthy_is_healthy_and_surer(vibration: Made, picture: Made) -> None:
    result = fuse(vibration(scores=NOTHING), picture(scores=SOUND))
    assert (result.verdict, result.alarm) == ("healthy", False)
    assert result.sentence.startswith("Healthy: vibration finds nothing")
    assert "the sensors agree" in result.sentence
    alone = fuse(picture(scores=SOUND))
    assert alone.verdict == "no defect"


def test_one_sensor_alone_says_what_it_said(vibration: Made) -> None:
    told = vibration()
    result = fuse(told)
    assert result.alarm_score == pytest.approx(told["alarm_score"])
    assert result.threshold == pytest.approx(told["threshold"])
    assert (result.alarm, result.false_alarm_rate) == (True, 0.01)
    assert "no other sensor was there" in result.sentence


def test_an_unknown_sensor_is_named_and_changes_nothing(vibration: Made, picture: Made) -> None:
    blind = picture(scores=SOUND, known=0.0)
    result = fuse(vibration(), blind)
    assert result.alarm_score == pytest.approx(fuse(vibration()).alarm_score, abs=1e-4)
    assert "the picture cannot say" in result.sentence
    both = fuse(vibration(scores=NOTHING, known=0.0), blind)
    assert (both.verdict, both.alarm) == ("unknown", False)
    assert both.sentence.startswith("Unknown: ")


def test_an_alarm_without_a_name_stays_unknown(picture: Made) -> None:
    told = picture(scores={"crack": 0.02}, alarm_score=0.97, alarm=True, verdict="unknown")
    told["findings"] = [
        {"label": "unknown", "defect": "unknown", "score": 0.95},
        {"label": "no defect", "defect": "no_defect", "score": 0.03},
        {"label": "crack", "defect": "crack", "score": 0.02},
    ]
    result = fuse(told)
    assert (result.verdict, result.alarm) == ("unknown", True)
    assert result.alarm_score == pytest.approx(0.97, abs=1e-6)
    assert "none of the sentences fits" in result.sentence
    torn = fuse({**told, "candidates": ["crack", "dent"]}, lang="zh")
    assert (torn.verdict, torn.alarm) == ("unknown", True)
    assert "图像报警：裂纹或dent，二者难以区分" in torn.sentence


def test_sensors_of_one_kind_that_contradict_each_other_are_told_to_measure_again(
    vibration: Made,
) -> None:
    parts = vibration(source="DE"), vibration(file="pump7-NDE.csv", source="NDE", scores=NOTHING)
    result = fuse(*parts)
    assert "sensors of one kind contradict each other" in result.sentence
    assert "vibration (pump7-NDE.csv)" in result.sentence
    differing = fuse(parts[0], vibration(file="b.csv", scores={"outer_race fault": 0.97}))
    assert "name different faults" in differing.sentence


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.001, 0.999), st.floats(0.01, 0.99)), min_size=1,
             max_size=5)
)  # fmt: skip
def test_it_alarms_exactly_above_its_threshold(rows: list[tuple[bool, float, float]]) -> None:
    from tests.inference.verdict.conftest import result as made

    parts = [
        made("fault" if is_vibration else "defect", "healthy" if is_vibration else "no_defect",
             {"crack": score}, threshold=threshold, file=f"{number}", model="m")
        for number, (is_vibration, score, threshold) in enumerate(rows)
    ]  # fmt: skip
    verdict = fuse(*parts)
    assert verdict.alarm == any(x["alarm"] for x in parts)
    margin = verdict.alarm_score - verdict.threshold
    assert verdict.alarm == (margin > 0) or abs(margin) < 1e-6
    assert sum(x.score for x in verdict.findings) == pytest.approx(1, abs=1e-6)


def test_findings_hold_every_sentence_word_for_word(vibration: Made, picture: Made) -> None:
    result = fuse(
        vibration(scores={"BPFI tone": 0.6, "cage fault": 0.2}),
        picture(scores={"crack longer than 2 mm": 0.3}),
    )
    labels = [x.label for x in result.findings]
    assert {"BPFI tone", "cage fault", "crack longer than 2 mm", "healthy", "unknown"} < set(labels)
    both = next(x for x in result.findings if x.label == "BPFI tone + crack longer than 2 mm")
    assert [x.kind for x in both.evidence] == ["vibration", "picture"]
    assert both.region is None
    assert [x.score for x in result.findings] == sorted(x.score for x in result.findings)[::-1]


def test_json_holds_the_contract_and_files_give_what_objects_give(
    vibration: Made, picture: Made
) -> None:
    parts = vibration(time="2026-03-01T10:00"), picture(time="2026-03-01T12:00")
    told = fuse(*parts).to_dict()
    keys = (
        "schema file asset part source time profile model verdict alarm threshold "
        "false_alarm_rate findings warnings seconds"
    )
    assert set(keys.split()) <= set(told)
    assert (told["schema"], told["asset"], told["time"]) == (1, "pump 7", "2026-03-01T12:00:00")
    assert told["model"] == "builtin/bearing@0 + builtin/surface@0"
    again = fuse(*json.loads(json.dumps(parts))).to_dict()
    assert {**again, "seconds": 0} == {**told, "seconds": 0}
    with pytest.raises(InputError, match="it is joined already"):
        fuse(told)


def test_infrared_beside_a_picture_is_a_sensor_of_its_own(picture: Made) -> None:
    spots = [{"score": 0.9, "delta_celsius": 31.4, "box": [1, 2, 3, 4]}, {"score": 0.2}]
    told = picture(scores=SOUND, hot_spots=spots, fusion=None)
    result = fuse(told)
    assert [x.kind for x in result.parts] == ["picture", "infrared"]
    assert "hot spot, 31 degC over its surroundings (0.90)" in result.sentence
    assert not result.alarm  # nobody knows how often it would be false
    alarming = {"threshold": 0.8, "false_alarm_rate": 0.02}
    assert fuse({**told, "hot_spot_alarm": alarming}).verdict == "hot spot"
    unrated = {"threshold": 0.8, "false_alarm_rate": None}
    assert not fuse({**told, "hot_spot_alarm": unrated}).alarm
    cool = fuse({**told, "hot_spots": [], "hot_spot_alarm": unrated})
    assert "infrared shows no hot spot, which rules nothing out" in cool.sentence
    assert cool.alarm_score == pytest.approx(fuse(picture(scores=SOUND)).alarm_score, abs=1e-6)
    # What went into the picture's own verdict is not counted twice.
    fused = {**told, "fusion": {"level": "input", "weight": 0.5}}
    assert [x.kind for x in fuse(fused).parts] == ["picture"]


def test_different_assets_are_refused_by_name(vibration: Made, picture: Made) -> None:
    with pytest.raises(InputError, match=r"pump7\.csv is of 'pump 7', pump7\.png is of 'pump 8'"):
        fuse(vibration(), picture(asset="pump 8"))
    with pytest.raises(InputError, match=r"said to be of 'fan 2', but pump7\.csv is of 'pump 7'"):
        fuse(vibration(), asset="fan 2")
    assert fuse(vibration(), picture(asset="Pump-7")).asset == "pump 7"


def test_an_asset_that_nobody_names_is_told(vibration: Made, picture: Made) -> None:
    nameless = fuse(vibration(asset=None), picture(asset=None))
    assert any("No result names its asset" in x for x in nameless.warnings)
    partly = fuse(vibration(), picture(asset=None))
    assert any("pump7.png is taken to be of 'pump 7'" in x for x in partly.warnings)
    assert fuse(vibration(), picture(asset=None), asset="pump 7").warnings == ()


def test_results_far_apart_in_time_are_told(vibration: Made, picture: Made) -> None:
    parts = vibration(time="2026-03-01"), picture(time="2026-03-09T06:00:00+08:00")
    warnings = fuse(*parts).warnings
    assert any("pump7.csv was taken 8 days before pump7.png" in x for x in warnings)
    assert any("taken as UTC" in x for x in warnings)
    assert not any("before" in x for x in fuse(*parts, hours_apart=24 * 30).warnings)
    assert fuse(vibration(time="soon")).time is None


def test_a_result_given_twice_counts_once(vibration: Made) -> None:
    twice = fuse(vibration(), vibration())
    assert len(twice.parts) == 1
    assert "given twice" in twice.warnings[0]
    other = fuse(vibration(), vibration(model="builtin/physics@0"))
    assert any("hardly two witnesses" in x for x in other.warnings)


def test_without_a_profile_the_rate_is_said_to_be_the_models(vibration: Made) -> None:
    assert any("No profile of the asset" in x for x in fuse(vibration(profile=None)).warnings)
    unmeasured = fuse(vibration(false_alarm_rate=None))
    assert unmeasured.false_alarm_rate is None
    assert any("not known" in x for x in unmeasured.reasons)


def test_a_base_rate_lowers_what_a_rare_fault_deserves(vibration: Made) -> None:
    rare = fuse(vibration(), base_rate=0.01)
    assert rare.alarm_score == pytest.approx(0.331, abs=0.001)
    assert rare.alarm  # the sensor's own threshold keeps its promise
    assert rare.alarm_score > rare.threshold


def test_everything_is_said_in_chinese_too(vibration: Made, picture: Made) -> None:
    told = vibration()
    told["findings"][0]["label"] = told["verdict"] = "inner race fault"
    result = fuse(told, picture(scores=SOUND, asset=None), lang="zh")
    assert result.verdict == "inner race fault"  # word for word
    assert result.sentence.startswith("内圈故障")
    said = [result.sentence, *result.reasons, *result.warnings]
    assert all(max(x) >= "\u4e00" for x in said)
    assert not any("picture" in x.replace("pump7.png", "") for x in said)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fuse(), "No results were given"),
        (lambda: fuse(3), "not a int"),  # type: ignore[arg-type]
        (lambda: fuse({"findings": []}, lang="fr"), "language 'fr'"),
    ],
)
def test_wrong_calls_say_what_is_allowed(call: Callable[[], object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        call()
