"""The verdict reads as one sentence that joins fault, evidence, certainty, severity and action."""

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.reports.phrases import PHRASES, phrase
from faultlens.reports.wording import (
    _TEMPLATES,
    ZONES,
    VerdictFacts,
    certainty_key,
    verdict_sentence,
)
from faultlens.signals.coincidence import Coincidence
from faultlens.signals.evidence import FAMILIES, FamilyEvidence, Line
from faultlens.text.knowledge import LEVELS, Fault, fault, load_faults


def read(
    family: str, order: float, *, harmonics: int = 4, sidebands: int = 2, slip: float = -0.2
) -> FamilyEvidence:
    lines = [
        Line(family, k, 0, k * order, k * order, 1.5, matched=k <= harmonics) for k in range(1, 5)
    ]
    lines += [Line(family, 1, s, order + s, order + s, 1.0, matched=True) for s in (-1, 1)]
    return FamilyEvidence(
        family,
        order,
        order,
        slip,
        1.52,
        tuple(lines[: 4 + sidebands]),
        windows_present=9,
        windows=10,
    )


def facts(key: str | None = "inner_race", **changes: object) -> VerdictFacts:
    known = None if key is None else fault(key)
    settings: dict[str, object] = {
        "label": "unknown" if known is None else known.names.en,
        "fault": known,
        "alarm": True,
        "probability": 0.98,
        "windows": 10,
        "evidence": (read("inner", 5.41),) if key == "inner_race" else (),
        "zone": "B",
        "action": "plan",
    }
    return VerdictFacts(**{**settings, **changes})  # type: ignore[arg-type]


def test_the_sentence_to_aim_at() -> None:
    assert verdict_sentence(facts()) == (
        "Inner race fault, certain: 4 harmonics of 5.41 x shaft with sidebands at shaft speed "
        "(slip -0.2 %); present in 9 of 10 windows; machine zone B; plan replacement, confirm "
        "lubrication, check shaft fit and alignment."
    )


def test_the_same_sentence_in_chinese() -> None:
    assert verdict_sentence(facts(), "zh") == (
        "内圈故障（确定）：检出5.41倍转频的谐波4条，带转频边带（滑差-0.2 %）；10个窗口中有9个出现；"
        "整机振动处于ISO区域B；安排更换轴承，确认润滑状况，检查轴颈配合与对中。"
    )


def test_the_words_of_the_user_stay_as_they_were_given() -> None:
    assert verdict_sentence(facts(label="raced-out inner ring")).startswith("Raced-out inner ring,")
    assert verdict_sentence(facts(label="内圈剥落"), "zh").startswith("内圈剥落（确定）")


def test_a_fault_below_the_threshold_says_so_and_is_never_certain() -> None:
    sentence = verdict_sentence(facts(alarm=False, probability=0.6, action="watch"))
    assert sentence.startswith("Possible inner race fault below the alarm threshold: 4 harmonics")
    assert "; not alarmed; machine zone B; confirm with a second measurement" in sentence
    sure = verdict_sentence(facts(alarm=False, probability=0.99))
    assert sure.startswith("Probable inner race fault below the alarm threshold")
    assert verdict_sentence(facts(alarm=False, probability=0.6), "zh").startswith(
        "疑似存在内圈故障，但未达报警阈值："
    )


def test_a_compound_fault_tells_the_evidence_of_each_part() -> None:
    both = (read("inner", 5.41), read("outer", 3.58, harmonics=1, sidebands=0, slip=0.04))
    compound = facts("inner_and_outer_race", evidence=both, probability=0.8)
    assert verdict_sentence(compound).startswith(
        "Inner and outer race fault, probable: 4 harmonics of 5.41 x shaft with sidebands at "
        "shaft speed (inner race, slip -0.2 %), present in 9 of 10 windows; 1 harmonic of "
        "3.58 x shaft (outer race, slip +0.0 %), present in 9 of 10 windows; machine zone B; "
    )
    assert "检出外圈3.58倍转频的谐波1条（滑差+0.0 %）" in verdict_sentence(compound, "zh")


def test_a_ball_has_sidebands_at_cage_speed() -> None:
    sentence = verdict_sentence(facts("rolling_element", evidence=(read("ball", 4.71),)))
    assert "of 4.71 x shaft with sidebands at cage speed" in sentence


def test_no_single_harmonic_is_admitted() -> None:
    sentence = verdict_sentence(facts(evidence=(read("inner", 5.41, harmonics=0),)))
    assert "no single harmonic of 5.41 x shaft stands out, only their mean (strength 1.52)" in (
        sentence
    )


def test_zone_a_beside_a_fault_grades_the_machine_not_the_bearing() -> None:
    sentence = verdict_sentence(facts(zone="A"))
    assert (
        "machine vibration still in zone A, which grades the machine, not the bearing" in sentence
    )
    assert "评价的是整机而非轴承" in verdict_sentence(facts(zone="A"), "zh")
    assert "zone" not in verdict_sentence(facts(zone=None))


def test_healthy_with_lines_that_show_is_not_called_silence() -> None:
    shown = facts("healthy", alarm=False, windows=4, evidence=(read("cage", 0.4),))
    assert verdict_sentence(shown).startswith(
        "Healthy: cage lines show (strength 1.52 at 0.40 x shaft), but no more than sound bearings"
    )
    assert "未超出健康轴承的水平" in verdict_sentence(shown, "zh")


def test_healthy_names_the_strongest_line() -> None:
    quiet = read("inner", 5.41, harmonics=0)
    healthy = facts("healthy", alarm=False, windows=4, evidence=(quiet,))
    assert verdict_sentence(healthy) == (
        "Healthy: no bearing line stands out of the noise in 4 windows (strongest: inner race, "
        "1.52 at 5.41 x shaft); machine zone B; no action on the bearing; keep measuring at the "
        "usual interval."
    )
    assert verdict_sentence(healthy, "zh").startswith("正常：4个窗口中均无突出于噪声的轴承特征谱线")


def test_a_healthy_bearing_in_a_rough_machine_sends_the_reader_elsewhere() -> None:
    sentence = verdict_sentence(facts("healthy", alarm=False, zone="D", windows=1))
    assert "in 1 window; machine zone D, which grades the machine, not the bearing: look for" in (
        sentence
    )


def test_a_doubtful_healthy_says_how_sure_it_is() -> None:
    sentence = verdict_sentence(facts("healthy", alarm=False, probability=0.6))
    assert sentence.startswith("Healthy, possible: ")


def test_unknown_gives_its_reason() -> None:
    assert verdict_sentence(facts(None, alarm=False)) == (
        "Unknown: no fault is clear enough to name, and the bearing is not clearly healthy; "
        "machine zone B."
    )
    assert verdict_sentence(facts(None, alarm=False, zone=None, reason="录波太短"), "zh") == (
        "无法判定：录波太短。"
    )


def test_a_line_on_a_shaft_harmonic_is_ambiguous() -> None:
    on_shaft = Coincidence("outer", 1, 3.053, "shaft", 3, 3.0)
    sentence = verdict_sentence(facts("outer_race", coincidences=(on_shaft,), zone=None))
    assert sentence == (
        "Ambiguous: outer race fault or a shaft harmonic, the two lie together (outer race 3.053 "
        "vs 3 x shaft); a tacho or a longer recording is needed."
    )
    assert "外圈故障或转频谐波，二者谱线重合（外圈3.053与3倍转频）" in verdict_sentence(
        facts("outer_race", coincidences=(on_shaft,)), "zh"
    )


def test_a_line_on_another_family_is_ambiguous_too() -> None:
    meeting = Coincidence("outer", 3, 10.755, "inner", 2, 10.83)
    sentence = verdict_sentence(facts("outer_race", coincidences=(meeting,)))
    assert (
        "or a line of the inner race, the two lie together (3 x outer race 10.755 vs 10.830"
        in sentence
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("each", load_faults(), ids=lambda each: each.key)
def test_every_fault_zone_urgency_and_alarm_makes_one_whole_sentence(
    each: Fault, lang: str
) -> None:
    evidence = tuple(read(family, 4.2) for family in each.families)
    for zone in (None, *ZONES):
        for level in LEVELS:
            for alarm in (False, True):
                told = facts(each.key, zone=zone, action=level, alarm=alarm, evidence=evidence)
                sentence = verdict_sentence(told, lang)
                assert sentence.endswith({"en": ".", "zh": "。"}[lang])
                assert not {"{", "}", "\n"} & set(sentence)
                assert each.names.of(lang).casefold() in sentence.casefold()


def test_certainty_has_stated_bounds() -> None:
    assert [certainty_key(p) for p in (1, 0.95, 0.949, 0.75, 0.749, 0)] == [
        "certain", "certain", "probable", "probable", "possible", "possible"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"probability": 1.2}, "probability is 1.2; it must lie in 0 to 1"),
        ({"probability": float("nan")}, "probability is nan"),
        ({"zone": "E"}, "zone 'E'.*Known: A, B, C, D"),
        ({"action": "panic"}, "urgency of an action 'panic'.*Known: act, plan, watch"),
    ],
)
def test_impossible_facts_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        facts(**changes)  # type: ignore[arg-type]


def test_another_language_lists_en_and_zh() -> None:
    with pytest.raises(UnknownNameError, match=r"language 'de'.*Known: en, zh"):
        verdict_sentence(facts(), "de")


def test_every_phrase_speaks_both_languages_and_every_family_is_one() -> None:
    assert all(set(words) == set(LANGUAGES) and all(words.values()) for words in PHRASES.values())
    assert all(phrase(family, "zh") for family in FAMILIES)
    assert _TEMPLATES["en"].keys() == _TEMPLATES["zh"].keys()
    with pytest.raises(UnknownNameError, match="report phrase 'colour'"):
        phrase("colour")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"reading": "orders"},
            "judged by combs over shaft orders, no bearing stated (best fit: 4 harmonics of 5.41 "
            "x shaft with sidebands at shaft speed); machine zone B",
        ),
        (
            {"reading": "orders", "evidence": (read("inner", 5.41, harmonics=1),)},
            "judged by combs over shaft orders, no bearing stated; machine zone B",
        ),
        (
            {"reading": "waveform", "evidence": ()},
            "judged by the waveform alone, no shaft speed stated; machine zone B",
        ),
    ],
)
def test_a_fault_says_what_else_than_its_lines_it_rests_on(
    changes: dict[str, object], words: str
) -> None:
    assert verdict_sentence(facts(**changes)).startswith(f"Inner race fault, certain: {words}")


@pytest.mark.parametrize(
    ("reading", "lang", "words"),
    [
        ("orders", "en", "Healthy: no comb over shaft orders speaks for a fault in 10 windows, no"),
        ("waveform", "en", "Healthy: the waveform alone shows no fault, no shaft speed stated;"),
        ("orders", "zh", "正常：10个窗口中转频阶次上的谐波列均未显示故障，未给出轴承；"),
        ("waveform", "zh", "正常：仅从波形看未见故障，未给出转速；"),
    ],
)
def test_health_says_what_it_rests_on(reading: str, lang: str, words: str) -> None:
    told = verdict_sentence(facts("healthy", alarm=False, reading=reading), lang)
    assert told.startswith(words)


def test_an_unknown_reading_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"reading of a recording 'tones'.*lines, orders, w"):
        facts(reading="tones")
