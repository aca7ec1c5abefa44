"""Lines are read where kinematics put them, at the speed that was, by the geometry that fits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.signals import lines
from faultlens.signals.catalogue import plausible_bearing, resolve_bearing
from faultlens.signals.evidence import FAMILIES, LineEvidence
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.lines import family_orders, highest_order, read_evidence, spread
from faultlens.signals.modulation import ContrastSpectrum, contrast_spectrum
from faultlens.signals.simulator.settings import Defect, SimulationSettings
from faultlens.signals.simulator.simulate import simulate

B6205 = BearingGeometry(9, 7.94, 39.04)
B6203 = BearingGeometry(8, 6.746, 28.5)
BIN, WIDTH = 0.01, 0.02


def spectrum(
    *orders: float, strength: float = 1.5, noise: float = 0.1, seed: int = 0, end: float = 30.0
) -> ContrastSpectrum:
    """Noise with a line at each order, as wide as a window's length makes it."""
    contrast = np.random.default_rng(seed).normal(0, noise, int(end / BIN)).astype(np.float32)
    at = np.arange(len(contrast)) * BIN
    for order in orders:
        contrast += strength * np.exp(-(((at - order) / WIDTH) ** 2)).astype(np.float32)
    return ContrastSpectrum(contrast, bin_orders=BIN, resolution_orders=2 * WIDTH)


def read(
    *spectra: ContrastSpectrum, bearing: BearingGeometry = B6205, tolerance: float = 0.02
) -> LineEvidence:
    found, _ = read_evidence(
        spectra, [bearing.fault_orders()], stated_shaft_hz=30.0, tolerance=tolerance
    )
    return found


def simulated(
    *families: str,
    bearing: BearingGeometry = B6205,
    rpm: float = 1800.0,
    stated: float | None = None,
    seed: int = 3,
    snr_db: float = 10.0,
    **defect: float,
) -> LineEvidence:
    signal = simulate(
        families, bearing=bearing, shaft_rpm=rpm, stated_rpm=stated, sample_rate_hz=12800,
        seconds=2.0, seed=seed, snr_db=snr_db,
        settings=SimulationSettings(defect=Defect(**{"jitter": 0.002, **defect})),
    ).signal  # fmt: skip
    assert signal.shaft_rpm is not None
    orders = bearing.fault_orders()
    seen = contrast_spectrum(
        signal.samples, 12800, shaft_hz=signal.shaft_rpm / 60,
        highest_order=highest_order(orders, 0.02),
    )  # fmt: skip
    found, _ = read_evidence(
        [seen], [orders], stated_shaft_hz=signal.shaft_rpm / 60, tolerance=0.02
    )
    return found


@pytest.mark.parametrize("seed", [3, 4, 5])
@pytest.mark.parametrize("family", ["outer", "inner", "ball"])
def test_a_simulated_fault_is_read_in_its_own_family(family: str, seed: int) -> None:
    evidence = simulated(family, seed=seed)
    assert max(evidence.families[:3], key=lambda x: x.strength).family == family
    found = evidence.family(family)
    assert {1, 2} <= set(found.matched_harmonics)
    assert abs(found.slip_percent) < 0.3
    assert (found.windows_present, found.windows) == (1, 1)
    assert [x.family for x in evidence.families] == list(FAMILIES)


def test_an_inner_fault_has_shaft_sidebands_and_an_outer_one_has_none_to_read() -> None:
    inner = simulated("inner").family("inner")
    assert inner.matched_sidebands >= 4
    sides = [x for x in inner.lines if x.harmonic == 1 and x.sideband]
    assert [x.expected_order for x in sides] == pytest.approx(
        [inner.expected_order - 1, inner.expected_order + 1]
    )
    assert all(x.sideband == 0 for x in simulated("outer").family("outer").lines)


def test_slip_beyond_the_shared_speed_is_measured_per_family() -> None:
    # The shaft, an inner race and a slipping outer race: no one speed lays all on their orders.
    orders = B6205.fault_orders()
    inner = [k * orders.bpfi for k in (1, 2, 3, 4)]
    outer = [k * orders.bpfo * 1.002 for k in (1, 2, 3, 4)]
    found = read(spectrum(*inner, *outer, 1.0, 2.0))
    assert found.speed_factor == pytest.approx(1, abs=1.5e-3)  # between the two
    apart = found.family("outer").slip_percent - found.family("inner").slip_percent
    assert apart == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("error", [-0.015, 0.015])
@pytest.mark.parametrize("family", ["outer", "inner", "ball"])
def test_a_speed_error_is_found_by_the_shared_factor(family: str, error: float) -> None:
    evidence = simulated(family, rpm=1800 * (1 + error), stated=1800)
    assert evidence.speed_factor == pytest.approx(1 + error, abs=0.003)
    assert evidence.shaft_hz == pytest.approx(30 * (1 + error), rel=0.003)
    assert max(evidence.families[:3], key=lambda x: x.strength).family == family


@settings(max_examples=30)
@given(st.floats(-0.018, 0.018), st.sampled_from(["outer", "inner", "ball"]))
def test_any_speed_error_within_the_tolerance_is_found(error: float, family: str) -> None:
    order = family_orders(B6205.fault_orders())[family]
    lines = [k * order * (1 + error) for k in (1, 2, 3, 4)]
    found = read(spectrum(*lines, 1 + error))
    assert found.speed_factor == pytest.approx(1 + error, abs=0.002)
    assert found.family(family).matched_harmonics == (1, 2, 3, 4)


def test_a_tolerance_of_0_takes_the_stated_speed_as_exact() -> None:
    lines = [k * B6205.fault_orders().bpfo * 1.01 for k in (1, 2, 3, 4)]
    found = read(spectrum(*lines), tolerance=0.0)
    assert found.speed_factor == 1.0
    # The first harmonic lies 0.036 orders off, within the width of a line.
    assert not {2, 3, 4} & set(found.family("outer").matched_harmonics)


def test_noise_alone_keeps_the_stated_speed_and_matches_next_to_nothing() -> None:
    for seed in range(10):
        found = read(spectrum(seed=seed))
        assert sum(len(x.matched_harmonics) for x in found.families[:4]) <= 3
        assert all(x.strength < found.floor for x in found.families)


def test_a_comb_of_the_shaft_on_a_6203_is_ambiguous_for_the_ball() -> None:
    # Twice the spin of a 6203 is 3.987: a speed 0.3 % higher makes it 4 x shaft.
    found = read(spectrum(4.0, 8.0, 12.0, 16.0), bearing=B6203)
    assert len(found.family("ball").matched_harmonics) == 4
    assert "ball" in found.ambiguities


def test_a_ball_fault_of_a_6203_with_cage_sidebands_is_not_ambiguous() -> None:
    orders = B6203.fault_orders()
    lines = [k * orders.ball + side * orders.ftf for k in (1, 2, 3) for side in (-1, 0, 1)]
    found = read(spectrum(*lines), bearing=B6203)
    assert found.family("ball").matched_sidebands >= 2
    assert found.ambiguities == ()


def test_a_sharp_shaft_line_settles_whether_a_ball_line_is_4_x_shaft() -> None:
    orders = B6203.fault_orders()
    ball = [k * orders.ball for k in (1, 2, 3, 4)]
    # A finer axis: at 0.01 orders the first two shaft harmonics cannot see 0.3 %.
    fine = np.random.default_rng(0).normal(0, 0.1, 24000).astype(np.float32)
    for order in (*ball, 1.0, 2.0):
        fine[round(order / 0.001)] = 1.5
    seen = ContrastSpectrum(fine, bin_orders=0.001, resolution_orders=0.003)
    assert read(seen, bearing=B6203).ambiguities == ()
    without = replace(seen, contrast=np.where(np.isin(np.arange(24000), (1000, 2000)), 0, fine))
    assert read(without, bearing=B6203).ambiguities == ("ball",)


def test_a_6205_is_never_ambiguous_with_its_shaft() -> None:
    for family in ("outer", "inner", "ball"):
        assert simulated(family).ambiguities == ()


def test_windows_at_two_speeds_are_averaged_on_one_axis() -> None:
    order = B6205.fault_orders().bpfo
    windows = [
        spectrum(*(k * order * f for k in (1, 2, 3, 4)), f, 2 * f, seed=i)
        for i, f in enumerate((0.99, 1.01))
    ]
    found = read(*windows)
    outer = found.family("outer")
    assert outer.matched_harmonics == (1, 2, 3, 4)
    assert outer.measured_order == pytest.approx(order, rel=0.002)
    assert (outer.windows_present, outer.windows) == (2, 2)
    # Without its own factor each line would be halved by the window in which it lies elsewhere.
    assert outer.strength > 0.8 * read(windows[0]).family("outer").strength


def test_a_window_without_the_fault_is_counted_as_such() -> None:
    order = B6205.fault_orders().bpfo
    lines = [k * order for k in (1, 2, 3, 4)]
    outer = read(spectrum(*lines), spectrum(seed=1), spectrum(*lines, seed=2)).family("outer")
    assert (outer.windows_present, outer.windows) == (2, 3)


@pytest.mark.parametrize("which", [0, 4, 11, 20])
def test_of_several_geometries_the_one_that_fits_is_taken(which: int) -> None:
    candidates = resolve_bearing("6208").candidates
    true = candidates[which]
    lines = [k * x for k in (1, 2, 3, 4) for x in (true.bpfo, true.bpfi)]
    found, taken = read_evidence(
        [spectrum(*lines, end=45.0)], candidates, stated_shaft_hz=30.0, tolerance=0.005
    )
    assert taken.bpfo == pytest.approx(true.bpfo, rel=0.006)
    assert taken.bpfi == pytest.approx(true.bpfi, rel=0.006)
    assert found.family("inner").expected_order == taken.bpfi


def test_without_any_line_the_most_likely_geometry_stays() -> None:
    first = FaultOrders(3.6, 5.4, 2.4, 0.4)
    flat = ContrastSpectrum(np.zeros(3000, np.float32), bin_orders=BIN, resolution_orders=0.03)
    _, taken = read_evidence(
        [flat], [first, FaultOrders(3.1, 4.9, 2.0, 0.39)], stated_shaft_hz=30, tolerance=0.02
    )
    assert taken == first


def test_the_axis_that_is_asked_for_holds_every_line_that_is_read() -> None:
    for bearing in (B6205, B6203):
        orders = bearing.fault_orders()
        end = highest_order(orders, 0.02)
        lines = [x.expected_order for f in read(spectrum(), bearing=bearing).families
                 for x in f.lines]  # fmt: skip
        assert max(lines) * 1.02 <= end


def test_twenty_strong_lines_do_not_raise_the_noise_level() -> None:
    quiet = spectrum()
    loud = spectrum(*np.linspace(1, 25, 20), strength=8.0)
    assert spread(loud.contrast) == pytest.approx(spread(quiet.contrast), rel=0.1)


@pytest.mark.parametrize("length", [2, 3, 10, 1446, 5001])
def test_the_spread_is_that_of_percentiles(length: int) -> None:
    contrast = np.random.default_rng(length).normal(size=length)
    low, middle = np.percentile(contrast, [15.87, 50.0])
    assert spread(contrast) == pytest.approx(middle - low, rel=1e-12)


def test_of_many_geometries_the_one_whose_lines_stand_out_is_taken_window_by_window() -> None:
    """Held against each candidate tried by itself, at each speed, tooth by tooth."""
    rng = np.random.default_rng(4)
    candidates = [
        BearingGeometry(elements, 100 * ratio, 100.0).fault_orders()
        for elements in (7, 8, 9, 10)
        for ratio in (0.18, 0.2, 0.22, 0.24)
    ]
    meant = candidates[9]
    spectra = []
    for _ in range(3):
        contrast = rng.normal(0, 0.1, 3000).astype(np.float32)
        contrast[np.rint(meant.bpfo * np.arange(1, 5) / 0.01).astype(int)] += 1.0
        spectra.append(ContrastSpectrum(contrast, 0.01, 0.03))
    found, taken = read_evidence(spectra, candidates, stated_shaft_hz=30, tolerance=0.01)
    assert taken == meant

    padded = [np.pad(x.contrast, 1, mode="edge") for x in spectra]
    around = [np.max([x[:-2], x[1:-1], x[2:]], axis=0) for x in padded]

    def fit(orders: FaultOrders, factor: float) -> float:
        total = 0.0
        for first, weight in ((orders.bpfo, 1), (orders.bpfi, 1), (orders.ball, 1), (1, 0.5)):
            at = np.rint(first * np.arange(1, 5) * factor / 0.01).astype(int)
            total += weight * sum(float(x[at].mean()) for x in around)
        return total / len(spectra) - 0.3 * ((factor - 1) / 0.01) ** 2

    best = {x: max(fit(x, float(f)) for f in np.linspace(0.99, 1.01, 41)) for x in candidates}
    assert max(best, key=lambda x: best[x]) == taken
    assert fit(taken, found.speed_factor) == pytest.approx(best[taken], abs=0.05)


def test_all_geometries_are_tried_at_once_and_again_only_the_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cost: a window is searched a few times, not once for each of 245 geometries."""
    tried: list[int] = []
    fits = lines._speed_fits

    def counted(spectrum: Any, candidates: Any, factors: Any) -> Any:
        tried.append(len(candidates))
        return fits(spectrum, candidates, factors)

    monkeypatch.setattr(lines, "_speed_fits", counted)
    candidates = plausible_bearing().candidates
    spectra = [spectrum(3.6, 7.2, seed=seed) for seed in range(3)]
    read_evidence(spectra, candidates, stated_shaft_hz=30, tolerance=0.02)
    assert sum(tried) == len(spectra) * (len(candidates) + 1)
    assert len(tried) <= len(spectra) * 4
