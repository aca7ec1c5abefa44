"""A correction is kept with its copy; of one file one label holds, known again in any format."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.datasets.corrections.correct import confusions_said, correct, withdraw
from faultlens.datasets.corrections.corrections_set import read_corrections

Make = Callable[..., Path]

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
CRACK = {
    "verdict": "crack", "alarm": True, "threshold": 0.5, "model": "m@0", "profile": "tile",
    "findings": [{"label": "crack", "score": 0.8}, {"label": "scratch", "score": 0.1}],
}  # fmt: skip


def test_the_record_says_who_said_what_when_and_what_was_said_before(
    picture: Make, folder: Path
) -> None:
    file = picture()
    made = correct(
        file, " scratch ", corrections=folder, said=CRACK, by="anna", note="hair", time=NOON
    ).correction
    file.unlink()
    (read,) = read_corrections(folder).records
    assert read == made
    assert (read.label, read.by, read.note, read.time) == (
        "scratch", "anna", "hair", "2026-11-26T12:00:00+00:00",
    )  # fmt: skip
    assert read.said is not None and not read.confirms
    assert (read.said.verdict, read.said.score, read.said.alarm, read.said.profile) == (
        "crack", 0.8, True, "tile",
    )  # fmt: skip
    assert read.original == str(file) and (folder / read.file).is_file()
    assert read.file.startswith("pictures/part_7_") and read.file.endswith(".png")


def test_another_label_is_refused_unless_it_takes_the_place_of_the_first(
    picture: Make, folder: Path
) -> None:
    file = picture()
    correct(file, "scratch", corrections=folder, said=CRACK, by="anna", time=NOON)
    with pytest.raises(InputError, match=r"called 'scratch' \(anna, 2026-11-26\), and now 'dent'"):
        correct(file, "dent", corrections=folder)
    assert len(read_corrections(folder).records) == 1
    replaced = correct(file, "dent", corrections=folder, by="bo", replace=True).correction
    there = read_corrections(folder)
    assert there.holding() == (replaced,) and len(there.records) == 2
    assert replaced.said is not None and replaced.said.verdict == "crack"
    # The way back is open too, and by the copy as well as by the file.
    copy = folder / replaced.file
    back = correct(copy, "scratch", corrections=folder, replace=True).correction
    assert [x.label for x in read_corrections(folder).holding()] == ["scratch"]
    assert back.original == str(file) and back.file == replaced.file


def test_saying_the_same_again_adds_nothing(picture: Make, folder: Path) -> None:
    first = correct(picture(), "Pitted_Surface", corrections=folder)
    again = correct(picture(), "pitted surface", corrections=folder)
    assert first.is_new and not again.is_new
    assert again.correction == first.correction
    assert len(list((folder / "records").iterdir())) == 1


def test_a_file_is_known_again_in_another_format(picture: Make, folder: Path) -> None:
    file = picture()
    correct(file, "scratch", corrections=folder)
    renamed = file.with_name("renamed.bmp")
    Image.open(file).save(renamed)
    with pytest.raises(InputError, match="was called 'scratch'"):
        correct(renamed, "crack", corrections=folder)


def test_what_was_said_is_taken_back(picture: Make, folder: Path) -> None:
    file = picture()
    correct(file, "scratch", corrections=folder)
    withdraw(file, corrections=folder, by="anna", note="wrong file")
    there = read_corrections(folder)
    assert there.holding() == () and len(there.records) == 2
    with pytest.raises(InputError, match="nothing to take back"):
        withdraw(file, corrections=folder)
    assert correct(file, "crack", corrections=folder).is_new


def test_labels_that_teach_nothing_are_refused(picture: Make, folder: Path) -> None:
    for label, words in (("", "in one line"), ("a\nb", "in one line"), ("x" * 201, "in one line"),
                         ("Unknown", "what nobody knows")):  # fmt: skip
        with pytest.raises(UsageError, match=words):
            correct(picture(), label, corrections=folder)
    assert not folder.exists()


def test_files_that_cannot_be_used_leave_the_set_as_it_was(
    tmp_path: Path, picture: Make, recording: Make, folder: Path
) -> None:
    correct(picture(), "scratch", corrections=folder)
    before = sorted(folder.rglob("*"))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG")
    holed = tmp_path / "holed.csv"
    holed.write_text("acc (g)\n0.1\nnan\n0.3\n0.2\n")
    for file, rate_hz, words in (
        (broken, None, "broken.png"),
        (tmp_path / "missing.png", None, "cannot be read"),
        (recording(), None, "[Ss]ampling rate"),
        (holed, 1000, "1 of 4 samples are missing"),
    ):
        with pytest.raises(InputError, match=words):
            correct(file, "scratch", corrections=folder, sample_rate_hz=rate_hz)
    with pytest.raises(UsageError, match="is a picture, which has no shaft_rpm"):
        correct(picture(seed=1), "scratch", corrections=folder, shaft_rpm=1772)
    assert sorted(folder.rglob("*")) == before


def test_a_folder_of_something_else_is_no_set(picture: Make, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no set of corrections"):
        correct(picture(), "scratch", corrections=tmp_path)


def test_slips_second_words_and_bare_defects_are_said(picture: Make, folder: Path) -> None:
    assert correct(picture("a.png", 1), "scratch", corrections=folder).notices == ()
    (slip,) = correct(picture("b.png", 2), "scrach", corrections=folder).notices
    assert "is it 'scratch'?" in slip.en and "笔误" in slip.zh
    (second,) = correct(picture("c.png", 3), "划痕", corrections=folder).notices
    assert "means what this set calls 'scratch'" in second.en
    (bare,) = correct(picture("d.png", 4), "NG", corrections=folder).notices
    assert "does not say which defect" in bare.en


def test_what_was_called_what_is_counted(picture: Make, folder: Path) -> None:
    for seed, label in enumerate(("scratch", "scratch", "crack", "dent")):
        correct(picture(f"{seed}.png", seed), label, corrections=folder, said=CRACK)
    assert confusions_said(read_corrections(folder)) == (
        ("crack", "scratch", 2), ("crack", "dent", 1),
    )  # fmt: skip


SAY = (
    "import sys; from faultlens.datasets.corrections.correct import correct; "
    "correct(sys.argv[1], 'scratch', corrections=sys.argv[2])"
)


def test_many_at_once_lose_nothing(picture: Make, folder: Path) -> None:
    files = [picture(f"{seed}.png", seed) for seed in range(4)]
    workers = [subprocess.Popen([sys.executable, "-c", SAY, x, folder]) for x in files]
    assert [x.wait(timeout=120) for x in workers] == [0] * 4
    assert len(read_corrections(folder).holding()) == 4


def test_a_set_that_somebody_is_just_beginning_is_no_folder_of_something_else(
    picture: Make, folder: Path
) -> None:
    folder.mkdir()
    (folder / ".corrections.x7.json").write_text("{")
    assert read_corrections(folder).records == ()
    assert correct(picture(), "scratch", corrections=folder).is_new


def test_a_newer_or_damaged_record_is_named_and_the_rest_goes_on(
    picture: Make, folder: Path
) -> None:
    kept = correct(picture("a.png", 1), "scratch", corrections=folder).correction
    table = json.loads(kept.to_json())
    for name, change in (
        ("newer", {"format": 2}), ("odd", {"weight": 1}), ("kind", {"kind": "smell"}),
        ("hash", {"sha256": "../x"}), ("said", {"said": {"opinion": 1}}), ("by", {"by": 7}),
    ):  # fmt: skip
        path = folder / "records" / f"2026-picture-{name}.json"
        path.write_text(json.dumps({**table, **change}))
    (folder / "records" / "2026-picture-large.json").write_text(" " * 70_000)
    there = read_corrections(folder)
    assert there.holding() == (kept,)
    assert len(there.failed) == 7
    assert any("update faultlens" in x.reason for x in there.failed)


def test_results_without_a_verdict_are_refused(picture: Make, folder: Path) -> None:
    with pytest.raises(UsageError, match="no 'verdict'"):
        correct(picture(), "scratch", corrections=folder, said={"findings": []})
    assert not folder.exists()
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        withdraw(folder / "nothing.png", corrections=folder)
