"""Recorded files play again in their order, at their speed, and go on exactly where they were."""

from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.images.image import Image
from faultlens.images.write import write_image
from faultlens.line.configuration.line_config import ChannelConfig, SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources import replay as replay_source
from faultlens.line.sources.replay import ReplayOptions, ReplaySource
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface, height_map
from faultlens.surfaces.write import write_surface
from tests.virtual_time import Clock, LeapingEvent


def replay(
    path: Path, window_s: float = 2.0, channels: tuple[str, ...] = (), **options: Any
) -> ReplaySource:
    chosen = ReplayOptions(path=path, **{"speed": 0.0, **options})
    own = {x: ChannelConfig(asset=f"fan {x}") for x in channels}
    return ReplaySource(
        SourceConfig("belt", "replay", chosen, window_s=window_s, asset="hall", channels=own)
    )


def played(source: ReplaySource, resume: str | None = None) -> list[Frame]:
    return [x for x in source.frames(resume, Event()) if isinstance(x, Frame)]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    folder = tmp_path / "day"
    (folder / "lot2").mkdir(parents=True)
    for number in (10, 2):
        write_image(folder / f"B{number}_top.png", np.full((8, 8), number, np.uint8))
    np.save(folder / "lot2" / "stack.npy", np.arange(5 * 4 * 6, dtype=np.uint8).reshape(5, 4, 6))
    (folder / ".hidden.png").write_bytes(b"no")
    (folder / "notes.docx").write_bytes(b"no")
    return folder


def test_files_come_as_people_order_them_and_stacks_frame_by_frame(mixed: Path) -> None:
    frames = played(replay(mixed, part_pattern="(?P<part>B[0-9]+)_"))
    assert [x.id for x in frames] == [
        "B2_top.png", "B10_top.png", *(f"lot2/stack.npy#{i:06d}" for i in range(5))
    ]  # fmt: skip
    assert [x.part for x in frames] == ["B2", "B10", *[None] * 5]
    pixels = [x.payload.pixels for x in frames if isinstance(x.payload, Image)]
    assert int(pixels[0][0, 0]) == 2
    np.testing.assert_array_equal(pixels[4], np.arange(48, 72).reshape(4, 6))


def test_names_that_begin_with_a_digit_are_played_from_the_first(tmp_path: Path) -> None:
    for number in range(3):
        write_image(tmp_path / f"{number}.png", np.full((8, 8), number, np.uint8))
    assert [x.id for x in played(replay(tmp_path))] == ["0.png", "1.png", "2.png"]


@pytest.mark.parametrize("done", range(14))
def test_a_restart_goes_on_with_exactly_the_next_frame(mixed: Path, done: int) -> None:
    source = replay(mixed, rounds=2)
    frames = played(source)
    assert len({x.id for x in frames}) == len(frames) == 14
    rest = played(source, frames[done].resume)
    assert [x.id for x in rest] == [x.id for x in frames[done + 1 :]]


def test_a_restart_after_a_file_vanished_goes_on_with_the_next(mixed: Path) -> None:
    frames = played(replay(mixed))
    (mixed / "B10_top.png").unlink()
    rest = played(replay(mixed), frames[1].resume)
    assert [x.id for x in rest] == [x.id for x in frames[2:]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(7.0)
    monkeypatch.setattr(replay_source, "time", made)
    return made


def test_frames_come_as_far_apart_as_they_were_taken(mixed: Path, clock: Clock) -> None:
    source = replay(mixed, speed=10.0, rate_hz=2.0)
    frames = [x for x in source.frames(None, LeapingEvent(clock)) if isinstance(x, Frame)]
    assert [x.arrived_s for x in frames] == pytest.approx([7.0 + 0.05 * x for x in range(7)])
    assert clock.now_s == pytest.approx(7.3)


def test_a_frame_that_nobody_took_in_time_was_there_when_it_was_due(
    mixed: Path, clock: Clock
) -> None:
    frames = []
    for item in replay(mixed, speed=10.0, rate_hz=2.0).frames(None, LeapingEvent(clock)):
        assert isinstance(item, Frame)
        frames.append(item)
        clock.sleep(0.12 if len(frames) == 1 else 0.0)  # this thread was away for longer
    assert [x.arrived_s for x in frames] == pytest.approx([7.0 + 0.05 * x for x in range(7)])


def test_it_stops_while_the_next_frame_is_far_away(mixed: Path, clock: Clock) -> None:
    def meanwhile(now_s: float) -> None:
        if now_s >= 7.1:
            stop.set()

    stop = LeapingEvent(clock, meanwhile)
    assert len(list(replay(mixed, speed=1.0, rate_hz=0.01).frames(None, stop))) == 1
    assert clock.now_s < 7.6


def test_a_recording_is_cut_into_windows(tmp_path: Path) -> None:
    path = tmp_path / "pump.csv"
    rows = "".join(f"{i % 7},{-i}\n" for i in range(1050))
    path.write_text("DE (g),FE (g)\n" + rows)
    options: dict[str, Any] = {"sample_rate_hz": 100.0, "channels": ("FE", "DE")}
    frames = played(replay(path, window_s=5.0, **options))
    assert [x.id for x in frames] == [
        "pump.csv#FE:00000.000s", "pump.csv#DE:00000.000s",
        "pump.csv#FE:00005.000s", "pump.csv#DE:00005.000s",
    ]  # fmt: skip
    assert [x.channel for x in frames] == ["FE", "DE", "FE", "DE"]
    assert frames[1].asset == "fan DE"
    assert isinstance(frames[2].payload, Signal)
    np.testing.assert_array_equal(frames[2].payload.samples[:2], [-500, -501])
    rest = played(replay(path, window_s=5.0, **options), frames[0].resume)
    assert [x.id for x in rest] == [x.id for x in frames[1:]]


def test_a_damaged_file_is_told_and_the_next_one_follows(mixed: Path) -> None:
    (mixed / "B2_top.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    told = list(replay(mixed).frames(None, Event()))
    assert isinstance(told[0], Trouble)
    assert "B2_top.png" in told[0].notice.en and "B2_top.png" in told[0].notice.zh
    assert len([x for x in told if isinstance(x, Frame)]) == 6


def test_recorded_times_are_the_same_in_every_run(mixed: Path) -> None:
    runs = [[x.time for x in played(replay(mixed, times="recorded"))] for _ in range(2)]
    assert runs[0] == runs[1] and runs[0][3] > runs[0][2]


def test_an_npz_of_frames_plays(tmp_path: Path) -> None:
    path = tmp_path / "belt.npz"
    np.savez_compressed(path, frames=np.zeros((3, 4, 4, 3), np.uint8))
    assert [x.id for x in played(replay(path))] == [f"belt.npz#{i:06d}" for i in range(3)]


def test_what_can_never_play_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="does not exist"):
        played(replay(tmp_path / "nowhere"))
    with pytest.raises(UnreadableFileError, match="holds no picture"):
        played(replay(tmp_path))
    with pytest.raises(UsageError, match="speed is -1"):
        ReplayOptions(tmp_path, speed=-1)
    with pytest.raises(UsageError, match=r"no group \(\?P<part>"):
        ReplayOptions(tmp_path, part_pattern="B[0-9]+")


def test_kept_scans_play_again_among_pictures(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", np.zeros((4, 4), np.uint8))
    write_surface(tmp_path / "b.scan.npz", height_map(np.ones((3, 4)) * 0.25, 0.5))
    write_surface(tmp_path / "c.ply", height_map(np.ones((3, 4)) * 0.5, 0.5))
    frames = played(replay(tmp_path))
    assert [x.kind for x in frames] == ["picture", "scan", "scan"]
    payload = frames[1].payload
    assert isinstance(payload, Surface) and payload.grid == (3, 4)
    rest = played(replay(tmp_path), frames[1].resume)
    assert [x.id for x in rest] == ["c.ply"]
