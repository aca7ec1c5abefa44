"""A folder is recognised by its layout, and read whole with everything bad in it named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from scipy.io import savemat

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.datasets.registry import DATASETS, open_dataset, recognised
from tests.datasets.conftest import wave

Write = Callable[..., None]


def test_every_data_set_has_a_card_and_says_what_it_looks_for() -> None:
    assert {"bearingset", "cwru", "femto", "folders", "ims", "manifest", "mfpt", "packs"} <= set(
        DATASETS
    )
    for name in DATASETS:
        card = DATASETS[name].card
        assert card.title and card.terms and card.citation and card.split_rule and card.traps
        assert DATASETS[name].looks_for


def test_a_missing_an_empty_and_an_unknown_folder_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="does not exist; give the folder"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(UnreadableFileError, match=r"no data set that is known(.|\n)*cwru: MATLAB"):
        open_dataset(tmp_path)
    with pytest.raises(UnreadableFileError, match=r"'folders' data set could be used.*It is empty"):
        open_dataset(tmp_path, name="folders")
    with pytest.raises(UnknownNameError, match=r"Unknown data set 'crwu'\. Nearest: cwru"):
        open_dataset(tmp_path, name="crwu")
    with pytest.raises(UsageError, match="positive number of Hz"):
        open_dataset(tmp_path, sample_rate_hz=0.0)


def test_two_published_layouts_in_one_folder_are_asked_about(tmp_path: Path) -> None:
    savemat(tmp_path / "IR007_1.mat", {"X106_DE_time": wave(1)[:, None]})
    savemat(tmp_path / "OR014@6_2.mat", {"X199_DE_time": wave(2)[:, None]})
    assert recognised(tmp_path) == "cwru"
    savemat(tmp_path / "baseline_1.mat", {"bearing": {"gs": wave(3), "sr": 97656.0}})
    with pytest.raises(UsageError, match=r"may be cwru or mfpt; say which one with name= \(--data"):
        open_dataset(tmp_path)
    assert open_dataset(tmp_path, name="mfpt").recordings[0].label == "healthy"


def test_a_manifest_goes_before_what_file_names_say(tmp_path: Path) -> None:
    savemat(tmp_path / "IR007_1.mat", {"X106_DE_time": wave(1)[:, None]})
    (tmp_path / "manifest.csv").write_text(
        "file,label,sample_rate_hz\nIR007_1.mat,looseness,12000\n", encoding="utf-8"
    )
    assert open_dataset(tmp_path).recordings[0].label == "looseness"


def test_one_class_mixed_rates_and_unequal_lengths_are_said(
    tmp_path: Path, write_wave: Write
) -> None:
    rows = ["file,label,sample_rate_hz", "a.csv,inner,1000", "b.csv,inner race,2000"]
    write_wave(tmp_path / "a.csv", 1)
    write_wave(tmp_path / "b.csv", 2, samples=200)
    (tmp_path / "manifest.csv").write_text("\n".join(rows), encoding="utf-8")
    said = " ".join(map(str, open_dataset(tmp_path).warnings))
    assert "'inner', 'inner race' mean 'inner race fault': taken as one class" in said
    assert "One class only, 'inner race fault'" in said
    assert "Mixed sampling rates: 1000 Hz (1), 2000 Hz (1)" in said
    assert "Recordings are 0.1 to 0.6 s long" in said


def test_the_same_samples_under_two_names_are_one_recording(
    tmp_path: Path, write_wave: Write
) -> None:
    for name, seed in (("inner/a", 1), ("inner/copy", 1), ("outer/b", 2), ("outer/c", 3)):
        write_wave(tmp_path / f"{name}.csv", seed)
    found = open_dataset(tmp_path, sample_rate_hz=1000)
    keys = {x.file: x.key for x in found.recordings}
    assert keys["inner/a.csv"] == keys["inner/copy.csv"]
    assert len(set(keys.values())) == 3
    assert any("first inner/copy.csv, those of inner/a.csv" in str(x) for x in found.warnings)


def test_the_hash_follows_labels_and_samples_and_not_the_place(
    tmp_path: Path, write_wave: Write
) -> None:
    for place, word, seed in (("one", "inner", 1), ("two", "inner", 1), ("three", "outer", 1),
                              ("four", "inner", 2)):  # fmt: skip
        write_wave(tmp_path / place / word / "a.csv", seed)
    one, two, three, four = (
        open_dataset(tmp_path / x, sample_rate_hz=1000).sha256
        for x in ("one", "two", "three", "four")
    )
    assert one == two and len({one, three, four}) == 3


def test_the_real_folder_of_packs_is_recognised(shared_data: Path) -> None:
    found = open_dataset(shared_data / "bearing")
    assert found.name == "packs" and len(found.recordings) == 296 and not found.failed
    assert found.labels["rolling element fault"] == 31
    healthy = [x for x in found.recordings if x.file == "cwru_normal_48k.npz"]
    # Both ends of one file: two machines, two bearings, one recording.
    assert len({x.key for x in healthy}) == 2 and len({x.machine for x in healthy}) == 2
