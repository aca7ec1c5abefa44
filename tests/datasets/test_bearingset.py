"""The document's folder is read whole: class and condition from names, windows in columns."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.bearingset import joins
from faultlens.datasets.registry import open_dataset
from faultlens.datasets.windows import cut_windows

WORDS = ("ball", "comb", "health", "inner", "outer")


def write(path: Path, columns: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, columns, delimiter=",", fmt="%.6f")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generator = np.random.default_rng(1)
    for split in ("train", "test"):
        for word in WORDS:
            for condition in ("20_0", "30_2"):
                file = tmp_path / "bearingset" / f"{split}_set" / f"{word}{condition}_{split}.csv"
                write(file, generator.normal(size=(64, 5)))
    return tmp_path / "bearingset"


def test_every_file_is_one_recording_labelled_by_the_knowledge_base(folder: Path) -> None:
    found = open_dataset(folder)
    assert found.name == "bearingset" and len(found.recordings) == 20 and not found.failed
    assert set(found.labels) == {
        "healthy", "inner race fault", "outer race fault", "rolling element fault",
        "inner and outer race fault",
    }  # fmt: skip
    one = next(x for x in found.recordings if x.file == "train_set/comb30_2_train.csv")
    assert (one.label, one.condition) == ("inner and outer race fault", "30 Hz 2 V")
    assert (one.signal.shaft_rpm, one.signal.sample_rate_hz, one.window) == (1800, 5120, 64)
    assert (one.attributes["split"], one.attributes["called"]) == ("train", "comb")


def test_a_column_is_a_window_and_comes_back_as_one(folder: Path) -> None:
    table = np.loadtxt(folder / "test_set" / "ball20_0_test.csv", delimiter=",")
    cut = cut_windows(open_dataset(folder / "test_set").recordings)
    assert cut.size == 64 and len(cut) == 10 * 5
    assert np.array_equal(cut.samples[:5], table.T.astype(np.float32))


def test_train_and_test_files_of_one_name_are_pieces_of_one_recording(folder: Path) -> None:
    train, test = open_dataset(folder / "train_set"), open_dataset(folder / "test_set")
    assert {x.key for x in train.recordings} == {x.key for x in test.recordings}
    assert {x.key for x in train.recordings} == {x.key for x in open_dataset(folder).recordings}
    assert train.sha256 != test.sha256


def test_the_rate_is_inferred_with_a_warning_and_yields_to_the_users(folder: Path) -> None:
    assert "5120 Hz, by inference" in str(open_dataset(folder).warnings[0])
    found = open_dataset(folder, sample_rate_hz=8192)
    assert found.warnings == () and found.recordings[0].signal.sample_rate_hz == 8192


def test_a_name_that_does_not_match_is_named_and_a_word_unknown_is_kept(folder: Path) -> None:
    write(folder / "train_set" / "inner-20.csv", np.ones((4, 4)))
    write(folder / "train_set" / "wobble20_0_train.csv", np.arange(12.0).reshape(4, 3))
    (folder / "README.txt").write_text("about this folder", encoding="utf-8")
    found = open_dataset(folder)
    assert [x.file for x in found.failed] == ["train_set/inner-20.csv"]
    assert "does not say class, speed and voltage" in found.failed[0].reason
    assert "wobble" in found.labels
    assert any("does not know 'wobble': used as words" in str(x) for x in found.warnings)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has 0 bytes"),
        ("\n\n", "no table of numbers"),
        ("a,b\n1,2\n3,4\n", "no table of numbers without a header"),
        ("1,2\n3\n", "no table of numbers"),
        ("1,2,3\n", "has 1 row"),
        ("1,nan\n3,4\n", "1 of 4 samples are missing or infinite"),
    ],
)
def test_a_damaged_file_is_named_and_the_rest_goes_on(folder: Path, text: str, reason: str) -> None:
    (folder / "test_set" / "ball20_0_test.csv").write_text(text, encoding="utf-8")
    found = open_dataset(folder)
    assert len(found.recordings) == 19
    assert [x.file for x in found.failed] == ["test_set/ball20_0_test.csv"]
    assert reason in found.failed[0].reason


def test_a_folder_of_damaged_files_alone_says_the_first_reason(tmp_path: Path) -> None:
    (tmp_path / "ball20_0_test.csv").write_text("x", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"1 files failed\. The first: ball20_0_test"):
        open_dataset(tmp_path)


def test_a_users_own_lengths_work_and_mixed_ones_are_asked_about(folder: Path) -> None:
    write(folder / "train_set" / "cage12.5_1_train.csv", np.random.default_rng(2).normal(size=320))
    found = open_dataset(folder)
    one = next(x for x in found.recordings if x.label == "cage fault")
    assert (one.window, one.condition, one.signal.shaft_rpm) == (None, "12.5 Hz 1 V", 750)
    with pytest.raises(Exception, match=r"unequal length: 64 \(20\), not cut \(1\)"):
        cut_windows(found.recordings)
    assert len(cut_windows(found.recordings, window=32)) == 21 * 10


def test_columns_that_do_not_join_are_said(tmp_path: Path) -> None:
    time = np.arange(25 * 128)
    wave = np.sin(0.21 * time) + 0.3 * np.sin(0.83 * time)
    wave += 0.02 * np.random.default_rng(0).normal(size=len(time))
    joined = wave.reshape(25, 128).T
    shuffled = joined[:, np.random.default_rng(1).permutation(25)]
    assert joins(joined) and not joins(shuffled)
    write(tmp_path / "ball20_0_train.csv", joined)
    write(tmp_path / "outer20_0_train.csv", shuffled)
    (said,) = (x for x in open_dataset(tmp_path).warnings if "do not join" in str(x))
    assert "1 files do not join, first outer20_0_train.csv" in str(said)


def test_the_real_folder_is_read_without_a_failure(shared_data: Path) -> None:
    found = open_dataset(shared_data / "bearingset")
    assert len(found.recordings) == 20 and not found.failed
    assert {len(x.signal.samples) for x in found.recordings} == {102_400}
    assert set(found.labels.values()) == {4}
    # Neighbouring columns join there, so only the rate is warned of.
    assert len(found.warnings) == 1 and "5120" in str(found.warnings[0])
    assert len(cut_windows(found.recordings)) == 2000
