"""The profile of a product is one small file, read back as it was, every number checked."""

import io
import json
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnreadableFileError
from faultlens.profiles.calibrate_classes import class_thresholds
from faultlens.profiles.profile import Profile
from faultlens.profiles.references import Subspace
from faultlens.profiles.spread import PatchRange, Spread
from faultlens.profiles.surface_profile import (
    ReferenceBank,
    SurfaceProfile,
    is_surface_profile,
    read_surface_profile,
)

DICE = np.random.default_rng(0)
MADE = SurfaceProfile(
    name="tiles",
    model="builtin/surface@0123456789ab",
    threshold=0.7,
    false_alarm_rate=None,
    wanted_rate=0.01,
    parts=2,
    scores=(0.1, 0.6),
    text=Spread(-2.0, 0.5),
    text_patches=PatchRange(-3.0, -1.0),
    bank=ReferenceBank(
        DICE.normal(size=(20, 8)).astype(np.float16),
        Subspace(
            DICE.normal(size=8).astype(np.float32), DICE.normal(size=(3, 8)).astype(np.float32)
        ),
        (Spread(0.1, 0.02), Spread(0.2, 0.05)),
        (PatchRange(0.0, 0.1), PatchRange(0.1, 0.3)),
    ),
    defects=("裂纹", "scratch"),
    part="磁瓦",
    mm_per_pixel=0.05,
    scales=(0.5, 1.0),
    turned=True,
    zoom=3,
    enhance=("glare", "clahe"),
    classes=class_thresholds(
        np.array([[0.9, 0.1]] * 9 + [[0.3, 0.7]] * 4), [0] * 9 + [1] * 4, ["裂纹", "scratch"]
    ),
)


CLASSES = vars(MADE.classes)


def saved(folder: Path, profile: SurfaceProfile = MADE) -> Path:
    path = folder / "tiles.profile"
    profile.save(path)
    return path


def rewritten(path: Path, arrays: dict[str, Any] | None = None, **changed: Any) -> Path:
    """The file with fields of its header, or whole arrays, put in the place of its own."""
    with np.load(path) as opened:
        table = {name: opened[name] for name in opened.files}
    header = {**json.loads(table["profile"].tobytes()), **changed}
    header = {name: x for name, x in header.items() if not isinstance(x, str) or x != "gone"}
    table["profile"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    with path.open("wb") as stream:
        np.savez(stream, **{**table, **(arrays or {})})
    return path


def test_it_is_read_back_as_it_was(tmp_path: Path) -> None:
    path = saved(tmp_path)
    assert is_surface_profile(path)
    read = read_surface_profile(path)
    for name in {x.name for x in fields(MADE)} - {"bank"}:
        assert getattr(read, name) == getattr(MADE, name)
    assert np.array_equal(read.bank.memory, MADE.bank.memory)
    assert np.array_equal(read.bank.subspace.directions, MADE.bank.subspace.directions)
    assert read.bank.distances == MADE.bank.distances
    assert read.bank.patches == MADE.bank.patches


def test_a_profile_of_the_first_format_is_read(tmp_path: Path) -> None:
    path = rewritten(saved(tmp_path), format=1, zoom="gone", enhance="gone", classes="gone")
    read = read_surface_profile(path)
    assert (read.zoom, read.enhance, read.classes) == (0, (), None)
    assert read.threshold == MADE.threshold


def test_class_thresholds_are_of_the_sentences_that_they_were_made_for() -> None:
    turned = MADE.asked_for(["scratch", "裂纹"]).classes
    assert turned is not None and turned.samples == (4, 9)
    assert turned.in_order(["裂纹", "scratch"]) == MADE.classes
    assert MADE.asked_for(["scratch", "dent"]).classes is None


def test_a_profile_of_many_patches_has_a_few_megabytes(tmp_path: Path) -> None:
    memory = DICE.normal(size=(2048, 768)).astype(np.float16)
    whole = Subspace(np.zeros(768, np.float32), np.zeros((128, 768), np.float32))
    bank = replace(MADE.bank, memory=memory, subspace=whole)
    assert saved(tmp_path, replace(MADE, bank=bank)).stat().st_size < 4_000_000


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"format": 3}, "format 3; this faultlens reads formats 1 to 2"),
        ({"colour": "red"}, "Unknown profile field 'colour'"),
        ({"threshold": 1.5}, "threshold is 1.5, which must lie in 0 to 1"),
        ({"threshold": None}, "must be a number"),
        ({"threshold": "gone"}, "its field 'threshold' is missing"),
        ({"scores": [0.1]}, "counts 2 parts but holds 1 scores"),
        ({"parts": True}, "number of parts"),
        ({"scales": [0]}, "must be positive"),
        ({"mm_per_pixel": -1}, "must be positive"),
        ({"defects": [3]}, "where words belong"),
        ({"text": {"centre": 0, "scale": 0}}, "must be positive"),
        ({"patches": [{"middle": 1, "upper": 1}] * 2}, "reach from 1.0 to 1.0"),
        ({"distances": []}, "two measures"),
        ({"distances": 7}, "damaged"),
        ({"zoom": -1}, "zoom is -1"),
        ({"enhance": [7]}, "where words belong"),
        ({"classes": {}}, "class thresholds lack labels, missed"),
        ({"classes": {**CLASSES, "colour": 1}}, "class thresholds hold colour"),
        ({"classes": {**CLASSES, "offsets": [0]}}, "not of 2 classes"),
        ({"classes": {**CLASSES, "said": [[1, 2], [3, 4]]}}, "not of 2 classes"),
        ({"classes": {**CLASSES, "temperature": 0}}, "out of its range"),
        ({"classes": {**CLASSES, "thresholds": [0.1, 1.1]}}, "out of its range"),
        ({"classes": {**CLASSES, "offsets": [0.1, "x"]}}, "could not convert"),
        ({"classes": {**CLASSES, "offsets": [0.1, None]}}, "class thresholds are none"),
    ],
)
def test_a_damaged_field_is_told(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read_surface_profile(rewritten(saved(tmp_path), **changed))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"memory": np.zeros((20, 7), np.float16)}, "do not belong together"),
        ({"memory": np.zeros((0, 8), np.float16)}, "do not belong together"),
        ({"memory": np.full((20, 8), np.nan, np.float16)}, "no array of finite numbers"),
        ({"mean": np.zeros(8, np.complex64)}, "no array of finite numbers"),
        ({"more": np.zeros(3)}, "it holds directions, mean, memory, more, profile"),
        ({"mean": np.array([{}] * 8, dtype=object)}, "allow_pickle"),
    ],
)
def test_damaged_arrays_are_told(tmp_path: Path, arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read_surface_profile(rewritten(saved(tmp_path), arrays))


def test_a_file_that_unpacks_to_more_than_a_profile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("memory.npy", b"0" * 60_000_000)
    path = tmp_path / "bomb.profile"
    path.write_bytes(bomb.getvalue())
    with pytest.raises(UnreadableFileError, match="unpacks to 60000000 bytes"):
        read_surface_profile(path)
    monkeypatch.setattr("faultlens.profiles.surface_profile.LARGEST_PROFILE_BYTES", 10)
    with pytest.raises(UnreadableFileError, match="larger than"):
        read_surface_profile(path)


def test_the_profile_of_a_machine_is_no_profile_of_pictures(tmp_path: Path) -> None:
    path = tmp_path / "pump.profile"
    Profile("pump-7", "builtin/physics@0", 0.9, 0.5, 0.01, 1, (0.2,), "6205").save(path)
    assert not is_surface_profile(path)
    with pytest.raises(UnreadableFileError, match="is not a profile of pictures: it is one of rec"):
        read_surface_profile(path)


@given(st.binary(max_size=200), st.integers(0, 3000))
def test_no_damage_escapes_as_another_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    path = saved(tmp_path_factory.mktemp("fuzz"))
    content = bytearray(path.read_bytes())
    content[at : at + len(junk)] = junk
    path.write_bytes(bytes(content))
    try:
        read_surface_profile(path)
    except UnreadableFileError as error:
        assert str(path) in str(error)
