"""A set of corrections is a data set like any other; contradictory ones are left out and named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faultlens.core.errors import InputError, UnreadableFileError
from faultlens.datasets.corrections.correct import correct, withdraw
from faultlens.datasets.corrections.corrections_set import append_record, new_key
from faultlens.datasets.kinds import holds_pictures
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.datasets.registry import open_dataset

Make = Callable[..., Path]


def contradict(file: Path, first: str, second: str, folder: Path) -> None:
    """As two people at two machines would, neither of whom saw what the other said."""
    one = correct(file, first, corrections=folder, by="anna").correction
    other = replace(one, key=f"{one.key[:-2]}zz", label=second, by="bo")
    append_record(folder, other)


def test_pictures_are_read_with_their_labels(picture: Make, folder: Path) -> None:
    for seed, label in enumerate(("scratch", "Rolled-in_scale", "no defect")):
        correct(picture(f"{seed}.png", seed), label, corrections=folder)
    assert holds_pictures(folder)
    found = open_pictures(folder)
    assert found.name == "picture corrections"
    assert dict(found.labels) == {"scratch": 1, "rolled-in scale": 1, "no defect": 1}
    assert [x.defective for x in found.pictures] == [True, True, False]
    assert {(x.height_px, x.width_px) for x in found.pictures} == {(24, 32)}


def test_where_a_defect_is_goes_along(picture: Make, tmp_path: Path, folder: Path) -> None:
    file, mask = picture(), tmp_path / "drawn.png"
    drawn = np.zeros((24, 32), np.uint8)
    drawn[4:8, 10:20] = 255
    Image.fromarray(drawn).save(mask)
    correct(file, "scratch", corrections=folder)
    assert not open_pictures(folder).pictures[0].is_localised
    # The same label again, now with its place.
    assert correct(file, "scratch", corrections=folder, mask=mask).is_new
    (one,) = open_pictures(folder).pictures
    found = defect_mask(one)
    assert found is not None and np.array_equal(found, drawn > 0)
    Image.fromarray(drawn[:12]).save(mask)
    with pytest.raises(InputError, match=r"is 32 x 12 pixels and its picture 32 x 24"):
        correct(file, "scratch", corrections=folder, mask=mask)
    Image.fromarray(drawn * 0).save(mask)
    with pytest.raises(InputError, match="nowhere white"):
        correct(file, "scratch", corrections=folder, mask=mask)


def test_recordings_are_read_with_what_was_stated_of_them(recording: Make, folder: Path) -> None:
    file = recording()
    correct(
        file, "outer", corrections=folder, by="anna", sample_rate_hz=12000, shaft_rpm=1772,
        bearing="6205", said={"verdict": "healthy"},
    )  # fmt: skip
    correct(recording("b.csv", 1), "healthy", corrections=folder, sample_rate_hz=12000)
    assert not holds_pictures(folder)
    found = open_dataset(folder)
    assert found.name == "corrections"
    outer = next(x for x in found.recordings if x.label == "outer race fault")
    assert (outer.signal.sample_rate_hz, outer.signal.shaft_rpm, outer.signal.bearing) == (
        12000, 1772, "6205",
    )  # fmt: skip
    assert outer.attributes == {"called": "outer", "by": "anna", "said": "healthy"}
    assert outer.signal.source == str(file)


def test_the_sidecar_of_a_recording_goes_along(recording: Make, folder: Path) -> None:
    file = recording()
    file.with_suffix(".toml").write_text(
        'sample_rate_hz = 8000\nshaft_rpm = 900\nasset = "pump 7"\nbearing = "6203"\n'
    )
    correct(file, "inner", corrections=folder, shaft_rpm=1772)
    (one,) = open_dataset(folder).recordings
    assert (one.machine, one.signal.shaft_rpm, one.signal.bearing) == ("pump 7", 900, "6203")


def test_both_kinds_may_share_a_set(picture: Make, recording: Make, folder: Path) -> None:
    correct(picture(), "scratch", corrections=folder)
    correct(recording(), "inner", corrections=folder, sample_rate_hz=1000)
    assert len(open_pictures(folder).pictures) == len(open_dataset(folder).recordings) == 1
    assert holds_pictures(folder) and not holds_pictures(folder, name="corrections")
    assert any(
        "also holds corrected recordings (1)" in x.en for x in open_pictures(folder).warnings
    )


def test_contradictory_corrections_are_left_out_and_named_until_one_holds(
    picture: Make, folder: Path
) -> None:
    correct(picture("fine.png", 1), "scratch", corrections=folder)
    file = picture()
    contradict(file, "scratch", "crack", folder)
    found = open_pictures(folder)
    assert [x.label for x in found.pictures] == ["scratch"]
    (failed,) = found.failed
    assert f"{file} is called 'scratch' (anna," in failed.reason
    assert "and 'crack' (bo," in failed.reason and "--replace" in failed.reason
    notice = next(x for x in found.warnings if "Contradictory" in x.en)
    assert "互相矛盾" in notice.zh and "“crack”（bo，" in notice.zh
    correct(file, "crack", corrections=folder, replace=True)
    assert dict(open_pictures(folder).labels) == {"scratch": 1, "crack": 1}


def test_two_spellings_of_one_label_are_no_contradiction(recording: Make, folder: Path) -> None:
    one = correct(recording(), "inner", corrections=folder, sample_rate_hz=1000).correction
    append_record(folder, replace(one, key=f"{one.key}0", label="inner race fault"))
    assert [x.label for x in open_dataset(folder).recordings] == ["inner race fault"]


def test_a_set_of_contradictions_alone_says_so(picture: Make, folder: Path) -> None:
    contradict(picture(), "scratch", "crack", folder)
    with pytest.raises(UnreadableFileError, match=r"no picture .* could be used.*is called"):
        open_pictures(folder)


def test_a_copy_that_was_changed_or_lies_outside_is_left_out(picture: Make, folder: Path) -> None:
    kept = correct(picture("a.png", 1), "scratch", corrections=folder).correction
    changed = correct(picture("b.png", 2), "crack", corrections=folder).correction
    (folder / changed.file).write_bytes((folder / kept.file).read_bytes())
    away = replace(
        kept, key=new_key("picture", datetime(2026, 1, 1)),
        file="../b.png", sha256="0" * 64, content="1" * 64,
    )  # fmt: skip
    append_record(folder, away)
    found = open_pictures(folder)
    assert [x.file for x in found.pictures] == [kept.file]
    assert sorted(x.reason[:20] for x in found.failed) == [
        "'../b.png' leads out", str(folder / changed.file)[:20],
    ]  # fmt: skip


def test_what_was_taken_back_is_not_read(picture: Make, folder: Path) -> None:
    correct(picture("a.png", 1), "scratch", corrections=folder)
    other = picture("b.png", 2)
    correct(other, "crack", corrections=folder)
    withdraw(other, corrections=folder)
    assert [x.label for x in open_pictures(folder).pictures] == ["scratch"]
