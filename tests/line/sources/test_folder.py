"""Files of a folder become frames once they are whole, each once, also after a restart."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.images.image import Image
from faultlens.images.write import write_image
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.configuration.scan_config import ScanConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources import folder
from faultlens.line.sources.folder import FolderOptions, FolderSource
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface, height_map
from faultlens.surfaces.write import write_surface
from tests.timing import PATIENCE_S, eventually, least
from tests.virtual_time import Clock, LeapingEvent

Watched = Callable[..., "Watching"]


class Watching:
    """A source in its thread, and what it yielded so far."""

    def __init__(self, path: Path, resume: str | None = None, **options: Any) -> None:
        chosen = FolderOptions(path, **{"settle_s": 0.1, "patience_s": 0.4, **options})
        source = FolderSource(SourceConfig("shots", "folder", chosen))
        self.stop, self.all = Event(), list[Frame | Trouble]()
        self._thread = Thread(target=lambda: self.all.extend(source.frames(resume, self.stop)))
        self._thread.start()

    @property
    def frames(self) -> list[Frame]:
        return [x for x in list(self.all) if isinstance(x, Frame)]

    @property
    def troubles(self) -> list[str]:
        return [x.notice.en for x in list(self.all) if isinstance(x, Trouble)]

    def until(self, frames: int = 0, troubles: int = 0) -> None:
        eventually(
            lambda: len(self.frames) >= frames and len(self.troubles) >= troubles,
            lambda: self.all,
        )

    def close(self) -> float:
        started = time.monotonic()
        self.stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return time.monotonic() - started


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made: list[Watching] = []

    def start(resume: str | None = None, **options: Any) -> Watching:
        made.append(Watching(tmp_path, resume, **options))
        return made[-1]

    yield start
    for x in made:
        x.close()


def shot(path: Path, grey: int) -> None:
    path.parent.mkdir(exist_ok=True)
    write_image(path, np.full((16, 16), grey, np.uint8))


def test_files_come_in_the_order_in_which_they_came(tmp_path: Path, watched: Watched) -> None:
    for number in (3, 1, 2):
        shot(tmp_path / "lot" / f"B{number}.png", number)
        # As a copy that keeps old times would.
        os.utime(tmp_path / "lot" / f"B{number}.png", (number, number))
        Event().wait(0.02)  # the clock of a file system has steps
    watching = watched(part_pattern="(?P<part>B[0-9]+)")
    watching.until(frames=3)
    assert [x.part for x in watching.frames] == ["B3", "B1", "B2"]
    assert watching.frames[0].id == "lot/B3.png@19700101T000003.000000"
    shot(tmp_path / "B4.png", 4)
    watching.until(frames=4)
    assert least(lambda: watched().close(), 0.5) < 0.5


def test_a_file_is_not_read_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot(tmp_path / "whole.png", 7)
    content = (tmp_path / "whole.png").read_bytes()
    clock = Clock()
    monkeypatch.setattr(folder, "time", clock)
    with (tmp_path / "slow.png").open("wb", buffering=0) as slow:
        rest = iter(range(0, len(content), 9))

        def write(_: float) -> None:
            for at in rest:
                slow.write(content[at : at + 9])
                return

        chosen = FolderOptions(tmp_path, settle_s=0.3, patience_s=0.4)
        source = FolderSource(SourceConfig("shots", "folder", chosen))
        items = source.frames(None, LeapingEvent(clock, write))
        came = [(next(items), clock.now_s) for _ in range(2)]
    frames = [x for x, _ in came if isinstance(x, Frame)]
    assert [x.id.split("@")[0] for x in frames] == ["whole.png", "slow.png"]
    # A piece was written between each two looks, 0.2 s apart.
    assert came[0][1] < 0.5 and came[1][1] > 0.2 * len(content) / 9


def test_a_copy_that_stalls_is_read_once_it_is_whole(tmp_path: Path, watched: Watched) -> None:
    shot(tmp_path / "a.png", 7)
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[:40])
    watching = watched()
    watching.until(troubles=1)
    assert "a.png cannot be read" in watching.troubles[0]
    (tmp_path / "a.png").write_bytes(content)
    watching.until(frames=1)
    assert watching.frames[0].kind == "picture"


def test_a_file_that_is_written_anew_is_a_new_frame(tmp_path: Path, watched: Watched) -> None:
    shot(tmp_path / "latest.png", 1)
    watching = watched()
    watching.until(frames=1)
    shot(tmp_path / "latest.png", 2)
    watching.until(frames=2)
    first, second = watching.frames
    assert first.id != second.id
    assert isinstance(second.payload, Image) and int(second.payload.pixels[0, 0]) == 2


def test_a_restart_goes_on_behind_the_last_safe_frame(tmp_path: Path, watched: Watched) -> None:
    for number in range(3):
        shot(tmp_path / f"{number}.png", number)
        Event().wait(0.02)
    np.save(tmp_path / "stack.npy", np.zeros((4, 8, 8), np.uint8))
    first = watched()
    first.until(frames=7)
    first.close()
    shot(tmp_path / "late.png", 9)
    for safe in (1, 4, 6):
        again = watched(first.frames[safe].resume)
        again.until(frames=7 - safe)
        assert [x.id for x in again.frames[:-1]] == [x.id for x in first.frames[safe + 1 :]]
        assert again.frames[-1].id.startswith("late.png")
        again.close()


def test_links_hidden_files_and_odd_files_are_left(tmp_path: Path, watched: Watched) -> None:
    outside = tmp_path.parent / "outside"
    shot(outside / "secret.png", 1)
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "link.png").symlink_to(outside / "secret.png")
    shot(tmp_path / ".hidden.png", 1)
    (tmp_path / "a.docx").write_bytes(b"1")
    (tmp_path / "b.docx").write_bytes(b"1")
    shot(tmp_path / "seen.png", 1)
    watching = watched()
    watching.until(frames=1, troubles=1)
    assert [x.id.split("@")[0] for x in watching.frames] == ["seen.png"]
    assert "'.docx'" in watching.troubles[0] and len(watching.troubles) == 1


def test_a_recording_has_its_one_frame(tmp_path: Path, watched: Watched) -> None:
    rows = "".join(f"{i % 7}\n" for i in range(500))
    (tmp_path / "pump.csv").write_text("acc (g)\n" + rows)
    (tmp_path / "pump.toml").write_text("sample_rate_hz = 100\nshaft_rpm = 600\n")
    watching = watched()
    watching.until(frames=1)
    payload = watching.frames[0].payload
    assert isinstance(payload, Signal)
    assert payload.duration_s == 5.0 and payload.shaft_rpm == 600
    assert not watching.troubles


def test_a_folder_that_goes_away_is_told_and_waited_for(tmp_path: Path, watched: Watched) -> None:
    share = tmp_path / "share"
    shot(share / "first.png", 1)
    watching = Watching(share)
    try:
        watching.until(frames=1)
        rmtree(share)
        watching.until(troubles=1)
        assert "cannot be looked into" in watching.troubles[0]
        shot(share / "back.png", 1)
        watching.until(frames=2)
    finally:
        watching.close()


def test_what_can_never_come_is_refused(tmp_path: Path) -> None:
    source = FolderSource(SourceConfig("a", "folder", FolderOptions(tmp_path / "nowhere")))
    with pytest.raises(UnreadableFileError, match="is no folder"):
        next(source.frames(None, Event()))
    with pytest.raises(UsageError, match="settle_s is -1"):
        FolderOptions(tmp_path, settle_s=-1)


def test_scans_are_taken_by_their_suffix_and_tables_where_all_are_scans(tmp_path: Path) -> None:
    surface = height_map(np.random.default_rng(0).normal(size=(8, 9)), 0.5)
    write_surface(tmp_path / "B1.ply", surface)
    (tmp_path / "B2.csv").write_text("0,0,1\n1,0,1\n0,1,1\n1,1,2\n")
    (tmp_path / "notes.png").write_bytes(b"no picture, and not asked")
    options = FolderOptions(tmp_path, settle_s=0.05, patience_s=0.1)
    config = SourceConfig(
        "shots", "folder", options, detector="scan", scan=ScanConfig(unit="cm"),
    )  # fmt: skip
    stop, came = Event(), []
    for item in FolderSource(config).frames(None, stop):
        came.append(item)
        if len([x for x in came if isinstance(x, Frame)]) == 2:
            break
    frames = {x.id[:6]: x for x in came if isinstance(x, Frame)}
    assert {x.kind for x in frames.values()} == {"scan"}
    payload = frames["B2.csv"].payload
    assert isinstance(payload, Surface)
    # Of files that state no unit line.toml's holds.
    assert payload.points_mm[3].tolist() == [10.0, 10.0, 20.0]
