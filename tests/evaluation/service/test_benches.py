"""The benches tell of servers of known speed what is true of them, and draw it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.evaluation.figures import Section, tables
from faultlens.evaluation.service import bench_service, match_bench
from faultlens.evaluation.service.bench_service import AIMS, PARTS, measure, sizes_for
from faultlens.evaluation.service.contenders import FP32, INT8, PLAIN, Clip
from faultlens.evaluation.service.kill_bench import EXACT, WITHOUT, told
from faultlens.evaluation.service.kills import Kill
from faultlens.evaluation.service.outcomes import COMPLETE, CUT, REFUSED, Outcome
from faultlens.evaluation.service.payloads import (
    BOUNDARY,
    CSV,
    PROMPTS,
    diagnose_requests,
    match_requests,
)
from faultlens.evaluation.service.processes import Server
from faultlens.evaluation.service.sizes import FULL, QUICK
from tests.evaluation.service.standin_process import StandinProcess
from tests.virtual_time import World

pytest.importorskip("httptools", reason="pip install 'faultlens[serve]'")

SECONDS = {FP32: 0.01, INT8: 0.005} | dict.fromkeys(PLAIN, 0.08)
BEST = "plain handler, async def"


def test_pictures_per_second_and_waits_are_told_as_ratios(
    world: World,
    lead: Callable[[ModuleType], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    @contextmanager
    def contending(clip: Clip) -> Iterator[dict[str, Server]]:
        seconds = SECONDS | {BEST: 0.04}
        yield {name: StandinProcess(world, each_s).server for name, each_s in seconds.items()}

    lead(match_bench)
    monkeypatch.setattr(match_bench, "contending", contending)
    monkeypatch.setattr(match_bench, "LEVELS", (0.3, match_bench.EQUAL_LOAD))
    monkeypatch.setattr(match_bench, "made_clip", lambda folder, shape: Clip(tmp_path, {}))
    monkeypatch.setattr(Server, "complaints", lambda _: ())
    sizes = replace(QUICK, files=2, warm_s=0.0, rounds=1, round_s=0.5, level_s=5.0)
    section, curves = match_bench.match_section(tmp_path, sizes, quiet=True)
    told = {(x.name, x.model): x.value for x in section.figures}
    # One request after the other: 40 ms of the best plain one against 10 and 5.
    assert told[match_bench.TIMES, FP32] == pytest.approx(4.0)
    assert told[match_bench.TIMES, INT8] == pytest.approx(8.0)
    # Where the best plain one is busy for 7 of 10 s, requests wait for others: here for few.
    assert told[match_bench.WAIT_SHARE, INT8] < told[match_bench.WAIT_SHARE, FP32] < 0.25
    assert told[match_bench.WAIT, FP32] >= 10.0
    assert (match_bench.WAIT, BEST) in told and (match_bench.WAIT, "plain handler, def") not in told
    assert [x.name for x in curves] == [BEST, FP32, INT8]
    for curve in curves:
        assert np.all(np.diff(curve.rate) > 0)
        assert np.all(curve.median_s <= curve.p99_s)


def test_a_lost_request_is_told_of_kills() -> None:
    good = (Outcome(0, 0, 1, COMPLETE, 200), Outcome(0, 0, 1, REFUSED))
    bad = (*good, Outcome(0, 0, 1, CUT))
    kills = [Kill(0.3, 1.0, 0, good, 0, ""), Kill(0.4, 1.0, 0, bad, 0, "")]
    section = told(kills, FULL)
    values = {x.name: (x.value, x.n) for x in section.figures}
    assert values == {EXACT: (0.8, 5), WITHOUT: (0.5, 2)}
    assert "1 x cut" in section.note and "2 x 0;" in section.note


def test_requests_are_forms_as_the_guide_sends_them() -> None:
    (match,) = match_requests(1)
    head, _, body = match.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /match-image-text HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.count(f"--{BOUNDARY}".encode()) == 3
    assert b'name="request"\r\n\r\n{"prompts": ["metal surface with no defect"' in body
    assert len(PROMPTS) == 8
    first, second = diagnose_requests(2, CSV)
    assert first != second and b"time (s),vibration" in first


def test_parts_are_checked_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Known: diagnose, kills, match, overload, workers"):
        measure(["match", "all"], QUICK, tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_measured_is_kept_where_a_later_part_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def sections(*_: object, **__: object) -> Iterator[Section]:
        yield told([Kill(0.3, 1.0, 0, (Outcome(0, 0, 1, REFUSED),), 0, "")], FULL)
        raise KeyboardInterrupt

    monkeypatch.setattr(bench_service, "service_sections", sections)
    with pytest.raises(KeyboardInterrupt):
        measure(PARTS, FULL, tmp_path, tmp_path)
    assert "Stopped under load" in (tmp_path / "service.md").read_text(encoding="utf-8")
    assert (tmp_path / "service.json").is_file()


def test_every_aim_is_the_name_of_a_figure_of_the_full_run() -> None:
    assert sizes_for() == FULL and sizes_for(quick=True, kills=7) == replace(QUICK, kills=7)
    page = tables([told([], FULL)], AIMS)
    assert "to reach" in page
    assert {topic for topic, _, _ in AIMS} == {
        "Pictures named per second, beside the plain handler",
        "Windows of vibration per second",
        "Twice the sustainable load",
        "Stopped under load",
    }
