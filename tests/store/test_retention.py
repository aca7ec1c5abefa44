"""What is old goes, files and rows; counts stay, and what people looked at; nothing else goes."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from faultlens.store.example import BEGIN, example_alarm, example_event, example_result
from faultlens.store.questions.alarms import alarm_steps
from faultlens.store.questions.corrections import corrections
from faultlens.store.questions.counts import counts
from faultlens.store.questions.events import events
from faultlens.store.questions.results import latest, result, results, total
from faultlens.store.records import AuditRecord, CorrectionRecord
from faultlens.store.retention import Tidied, tidy
from faultlens.store.store import Store

DAY = timedelta(days=1)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


def kept(store: Store, media: Path, name: str, days: float, size: int = 1000) -> None:
    """A result with a picture and a preview, so many days after the first."""
    at = BEGIN + days * DAY
    for file, own in ((f"{name}.png", size), (f"{name}.jpg", 10)):
        (media / file).write_bytes(b"x" * own)
        os.utime(media / file, (at.timestamp(), at.timestamp()))
    record = replace(
        example_result(name, score=0.9), time=at, media=f"{name}.png", preview=f"{name}.jpg"
    )
    store.write(f"line {name}", [(1, record)])


def names(media: Path) -> set[str]:
    return {x.relative_to(media).as_posix() for x in media.rglob("*") if x.is_file()}


def test_old_media_goes_and_its_preview_stays_until_the_result_goes(
    store: Store, media: Path
) -> None:
    for name, days in (("old", 0), ("middle", 5), ("new", 9)):
        kept(store, media, name, days)
    done = tidy(store, media, media_days=3, results_days=7, now=BEGIN + 10 * DAY)
    assert done == Tidied(results=1, files=3, freed_bytes=2010)
    assert names(media) == {"middle.jpg", "new.png", "new.jpg"}
    assert [x.media for x in results(store).rows] == ["new.png", None]
    assert result(store, "press", "old") is None
    assert counts(store).results == 3
    assert tidy(store, media, media_days=3, results_days=7, now=BEGIN + 10 * DAY) == Tidied()


def test_events_go_and_alarms_and_corrections_stay(store: Store, media: Path) -> None:
    said = CorrectionRecord("press", "f1", BEGIN, "rust", "mei")
    records = [example_result("f1"), example_event("e1"), example_alarm("a1"), said]
    store.write("line", list(enumerate(records, start=1)))
    tidy(store, media, results_days=1, now=BEGIN + 2 * DAY)
    assert total(store) == 0 and latest(store) == () and events(store).rows == ()
    assert len(alarm_steps(store, "a1")) == 1
    assert corrections(store).rows == (said,)


def test_what_a_person_corrected_or_is_to_look_at_keeps_its_picture(
    store: Store, media: Path
) -> None:
    for name in ("corrected", "waiting", "answered", "plain"):
        kept(store, media, name, 0)
    answered = AuditRecord("press", "answered", BEGIN, 0.1, "crack", "mei", True)
    waiting = AuditRecord("press", "waiting", BEGIN, 0.1)
    said = CorrectionRecord("press", "corrected", BEGIN, "rust", "mei")
    store.write("line", list(enumerate((said, waiting, answered), start=1)))
    tidy(store, media, media_days=3, now=BEGIN + 10 * DAY)
    assert {x for x in names(media) if x.endswith("png")} == {"corrected.png", "waiting.png"}
    tidy(store, media, most_gb=0.0, now=BEGIN + 1 * DAY)
    assert names(media) == {"corrected.png", "waiting.png"}


def test_the_oldest_files_go_where_they_take_too_much(store: Store, media: Path) -> None:
    for i in range(10):
        kept(store, media, f"f{i}", i / 10)
    (media / "drift").mkdir()
    (media / "drift" / "change.png").write_bytes(b"x" * 500)
    os.utime(media / "drift" / "change.png", ((BEGIN + DAY).timestamp(),) * 2)
    before = sum((media / x).stat().st_size for x in names(media))
    done = tidy(store, media, most_gb=5000 / 1e9, now=BEGIN + DAY)
    left = sum((media / x).stat().st_size for x in names(media))
    assert 3400 <= left <= 4500
    assert done.freed_bytes == before - left
    assert "drift/change.png" in names(media)
    assert {x.media for x in results(store).rows if x.media} == {
        x for x in names(media) if x.endswith(".png") and "/" not in x
    }
    assert result(store, "press", "f0") is not None


def test_a_recording_goes_with_what_is_known_of_it(store: Store, media: Path) -> None:
    (media / "w1.npz").write_bytes(b"x")
    (media / "w1.toml").write_text("shaft_rpm = 1480\n")
    store.write("line", [(1, replace(example_result("w1"), media="w1.npz"))])
    tidy(store, media, media_days=1, now=BEGIN + 2 * DAY)
    assert names(media) == set()


@pytest.mark.parametrize("path", ["../outside.txt", "a/../../outside.txt", "link/outside.txt", "/"])
def test_a_path_that_leads_elsewhere_removes_nothing(
    store: Store, media: Path, tmp_path: Path, path: str
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (media / "link").symlink_to(tmp_path)
    (media / "a").mkdir()
    for number, name in enumerate((path, str(outside))):
        record = replace(example_result(f"f{number}"), media=name, preview=name)
        store.write(f"line {number}", [(1, record)])
    tidy(store, media, media_days=0, results_days=0, most_gb=0, now=BEGIN + DAY)
    assert outside.read_text() == "mine"
    assert total(store) == 0


def test_a_folder_that_is_not_there_and_endless_days_are_no_trouble(
    store: Store, tmp_path: Path
) -> None:
    kept_for_ever = {"media_days": 1e9, "results_days": 1e9}
    store.write("line", [(1, replace(example_result("f1"), media="f1.png"))])
    assert tidy(store, tmp_path / "nowhere", **kept_for_ever) == Tidied()
    assert tidy(store, tmp_path / "nowhere", now=BEGIN + 40 * DAY) == Tidied()
    assert [x.media for x in results(store).rows] == [None]
