"""A batch of a hundred files with ten broken ones gives 90 results, 10 reasons, exit code 3."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SIDECAR = 'shaft_rpm = 1772\nsample_rate_hz = 8000\nbearing = "6205"\n'


def _broken(folder: Path, good: Callable[..., Any]) -> None:
    """Ten files, each broken in its own way; what is not broken about them is stated."""
    samples = good("outer").samples

    def said(name: str, sidecar: str = SIDECAR) -> Path:
        (folder / name).with_suffix(".toml").write_text(sidecar, encoding="utf-8")
        return folder / name

    said("bad-empty.csv").write_bytes(b"")
    said("bad-text.csv").write_text("Dear colleague,\nplease find attached\n")
    np.save(said("bad-nan.npy"), np.full(12000, np.nan))
    np.save(said("bad-constant.npy"), np.full(12000, 9.81))
    said("bad-one-sample.csv").write_text("1.0\n")
    np.savez(whole := said("bad-truncated.npz"), vibration=samples)
    whole.write_bytes(whole.read_bytes()[:5000])
    said("bad-suffix.wav").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    np.save(said("bad-no-rate.npy", 'shaft_rpm = 1772\nbearing = "6205"\n'), samples)
    np.save(said("bad-sidecar.npy", "shaft_rpm = fast"), samples)
    np.save(said("bad-object.npy"), np.array([{"a": 1}], dtype=object), allow_pickle=True)


def test_ninety_results_and_ten_reasons(
    run: Any, record: Any, signal: Callable[..., Any], tmp_path: Path
) -> None:
    for number in range(90):
        record(f"good-{number:02}.npz", *(("outer",) if number % 3 else ()), seed=number)
    _broken(tmp_path, signal)
    said = run("diagnose", tmp_path, "--json")
    rows = [json.loads(line) for line in said.out.splitlines()]
    reasons = said.err.splitlines()
    assert (said.code, len(rows), len(reasons)) == (3, 90, 10)
    assert all("good-" in row["file"] for row in rows)
    assert all(reason.startswith("faultlens: ") and "bad-" in reason for reason in reasons)
    assert len({reason.split("bad-")[1].split(".")[0] for reason in reasons}) == 10
    assert not any("Error" in reason or "[Errno" in reason for reason in reasons)
    found = sum(row["verdict"] == "outer race fault" for row in rows)
    assert found >= 58  # of the 60 that have it
