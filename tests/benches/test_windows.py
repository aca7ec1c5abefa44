"""Real bearings are named as before and healthy ones left alone, each window by every model."""

from itertools import islice
from pathlib import Path

import pytest

from benches.windows import (
    BOTH,
    LEARNED,
    NOTHING,
    RATES_HZ,
    RULE,
    SPEED,
    Judged,
    chosen,
    judge_recordings,
)
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.packs import read_packs
from faultlens.inference.diagnose import diagnose
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

BEARING = BearingGeometry(9, 7.94, 39.04)


def judged(folder: Path, pack: str, every: int = 1, most: int | None = None) -> list[Judged]:
    recordings = read_packs(folder, {pack: pack}, sample_rate_hz=RATES_HZ)
    return judge_recordings(islice(recordings, 0, most, every))


def by(model: str, rows: list[Judged]) -> list[Judged]:
    return [x for x in rows if x.model.partition("@")[0] == model and x.known == BOTH]


def made(seconds: float, *families: str, snr_db: float = 10.0, seed: int = 1) -> Signal:
    return simulate(
        families, bearing=BEARING, shaft_rpm=1772, sample_rate_hz=12000, seconds=seconds,
        seed=seed, snr_db=snr_db,
    ).signal  # fmt: skip


@pytest.mark.parametrize("model", [LEARNED, RULE])
def test_every_mfpt_recording_is_named_rightly(model: str, shared_data: Path) -> None:
    results = by(model, judged(shared_data / "bearing", "mfpt"))
    assert len({x.recording for x in results}) == 14
    assert [x for x in results if x.forced != x.label] == []


def test_outer_and_inner_faults_of_cwru_are_named_rightly(shared_data: Path) -> None:
    results = by(RULE, judged(shared_data / "bearing", "cwru_12k_de", every=6))
    races = [x for x in results if x.label in ("outer", "inner") and not x.whole]
    # Measured 2026-11: 27 of these 28 windows, 164 of the 176 of all 44 recordings.
    assert len(races) >= 20
    assert sum(x.forced == x.label for x in races) >= 0.9 * len(races)


@pytest.mark.parametrize(("pack", "every"), [("ims_subset", 4), ("cwru_normal_48k", 1)])
def test_healthy_bearings_stay_quiet(pack: str, every: int, shared_data: Path) -> None:
    results = by(RULE, judged(shared_data / "bearing", pack, every))
    assert {x.label for x in results} == {"healthy"} and len(results) >= 8
    assert sum(x.alarm for x in results) <= 0.03 * len(results)


def test_a_long_recording_gives_four_windows_and_itself_and_a_short_one_only_itself() -> None:
    results = judge_recordings(
        [
            LabelledRecording("rig", "long", "inner", made(11.0, "inner")),
            LabelledRecording("rig", "short", "inner", made(1.2, "inner")),
        ]
    )
    windows, whole = chosen(results), chosen(results, whole=True)
    assert [x.partition("@")[0] for x in windows] == [LEARNED, RULE]
    for rows in windows.values():
        assert [x.recording for x in rows] == ["rig/long"] * 4 + ["rig/short"]
        assert all((x.forced, x.best) == ("inner", "inner_race") for x in rows)
    for model, rows in whole.items():
        assert [x.recording for x in rows] == ["rig/long", "rig/short"]
        # The short one whole is its only window.
        assert rows[1].confidence == windows[model][4].confidence
    for known in (SPEED, NOTHING):
        ((model, rows),) = chosen(results, known=known).items()
        assert model.startswith(LEARNED) and len(rows) == 5


@pytest.mark.parametrize(
    ("label", "families", "snr_db"),
    [("healthy", (), 0.0), ("outer", ("outer",), 8.0), ("ball", ("ball",), -12.0)],
)
def test_a_judgement_is_what_diagnose_says(
    label: str, families: tuple[str, ...], snr_db: float
) -> None:
    signal = made(2.0, *families, snr_db=snr_db, seed=5)
    names = ["outer race fault", "inner race fault", "ball fault"]
    for each in judge_recordings([LabelledRecording("rig", "1", label, signal)]):
        if each.known != BOTH:
            continue
        model = each.model.partition("@")[0]
        free, forced = diagnose(signal, model=model), diagnose(signal, model=model, faults=names)
        assert each.alarm == free.alarm and each.threshold == free.threshold
        assert each.first == free.findings[0].fault
        assert each.confidence == pytest.approx(free.findings[0].score)
        assert each.best == next(x.fault for x in free.findings if x.is_fault)
        assert each.fault_score == pytest.approx(sum(x.score for x in free.findings if x.is_fault))
        best = next(x.label for x in forced.findings if x.label in names)
        assert each.forced == best.partition(" ")[0]


def test_right_is_what_is_true_also_of_a_healthy_bearing() -> None:
    def one(label: str, first: str) -> Judged:
        return Judged("rig", "rig/1", label, "m@1", BOTH, whole=False, forced="ball",
                      best="cage", first=first, confidence=0.5, fault_score=0.5, alarm=False,
                      threshold=0.5)  # fmt: skip

    assert one("healthy", "healthy").right and one("ball", "rolling_element").right
    assert not one("healthy", "unknown").right and not one("ball", "cage").right
