"""Every second of a piece of work is counted once, to the innermost stage that it was spent in."""

import time
from pathlib import Path

from faultlens.core.stages import DECODE, MODEL, POST, PREPARE, STAGES, stage, timed_stages


def _busy(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_a_stage_within_another_takes_its_time_away_from_it() -> None:
    started = time.perf_counter()
    with timed_stages() as seconds:
        with stage(PREPARE):
            _busy(0.01)
            with stage(MODEL):
                _busy(0.03)
        _busy(0.02)
    total = time.perf_counter() - started
    assert seconds[PREPARE] >= 0.01
    assert seconds[MODEL] >= 0.03
    assert seconds[POST] >= 0.02
    assert seconds[DECODE] == 0
    assert sum(seconds.values()) <= total


def test_nobody_counts_and_nothing_happens() -> None:
    with stage(MODEL):
        pass
    with timed_stages() as seconds:
        pass
    assert set(seconds) == set(STAGES)


def test_a_stage_ends_with_an_error_too() -> None:
    with timed_stages() as seconds:
        try:
            with stage(DECODE):
                raise ValueError("a damaged file")
        except ValueError:
            _busy(0.01)
    assert seconds[POST] >= 0.01


def test_a_diagnosis_and_an_inspection_have_all_their_stages(tmp_path: Path) -> None:
    import numpy as np

    from faultlens import inspect, read_image
    from faultlens.inference.diagnose_file import diagnose_file
    from faultlens.signals.signal import Signal
    from faultlens.signals.write import write_signal

    draw = np.random.default_rng(0)
    write_signal(tmp_path / "hum.wav", Signal(draw.normal(size=12000), 12000))
    with timed_stages() as seconds:
        diagnose_file(tmp_path / "hum.wav")
    assert all(seconds[x] > 0 for x in STAGES)

    pixels = draw.integers(0, 255, (64, 64), dtype=np.uint8)
    (tmp_path / "plate.pgm").write_bytes(b"P5 64 64 255\n" + pixels.tobytes())
    with timed_stages() as seconds:
        inspect(read_image(tmp_path / "plate.pgm"))
    assert all(seconds[x] > 0 for x in STAGES)
