"""A bundle is read as it was written; one that is damaged, newer or leads elsewhere is refused."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import BundleError, UsageError
from faultlens.runtimes import bundle as module
from faultlens.runtimes.bundle import TextLink, read_bundle, write_card


def changed(folder: Path, **fields: object) -> Path:
    """The bundle of a folder, its manifest changed by hand."""
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
    return folder


def files_of(folder: Path) -> set[str]:
    return {x.name for x in folder.iterdir()}


def test_what_is_written_is_read_back(make: Any, tower: dict[str, bytes]) -> None:
    made = make(text=TextLink("builtin/text", "cd" * 32))
    assert read_bundle(made.folder) == made
    assert read_bundle(str(made.folder)) == replace(made, folder=Path(made.folder))
    assert made.text == TextLink("builtin/text", "cd" * 32)
    assert made.classes == ("inner", "healthy")
    assert made.card.limits == "English and 中文."
    assert files_of(made.folder) == {"manifest.json", *tower}
    assert made.path("text.onnx").read_bytes() == tower["text.onnx"]
    with pytest.raises(BundleError, match=r"it holds no 'orders.onnx', only golden.npz, text.onnx"):
        made.path("orders.onnx")


def test_a_file_may_be_given_by_its_path(
    make: Any, tower: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "exported.onnx").write_bytes(tower["text.onnx"])
    assert make(files={**tower, "text.onnx": tmp_path / "exported.onnx"}) == make()


def test_the_reference_is_the_hash_of_what_decides_a_result(make: Any, tmp_path: Path) -> None:
    made = make()
    decides = {
        "files": {x: hashlib.sha256(made.path(x).read_bytes()).hexdigest() for x in made.files},
        "preparation": {"longest": 64, "rate": 0.1}, "classes": ["inner", "healthy"],
        "calibration": {"slope": 7.25}, "text": None,
    }  # fmt: skip
    sha256 = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
    assert made.sha256 == sha256
    assert made.reference == f"mine/tower@{sha256[:12]}"
    others = [
        make(tmp_path / "other", **change).sha256
        for change in (
            {"calibration": {"slope": 7.5}}, {"classes": ("healthy", "inner")},
            {"preparation": {}}, {"text": TextLink("x", "0" * 64)}, {"files": {"a.onnx": b""}},
        )
    ]  # fmt: skip
    assert len({sha256, *others}) == 6


def test_a_new_card_is_not_another_model(make: Any) -> None:
    made = make()
    card = replace(made.card, summary="Measured again.")
    assert write_card(made.folder, card).reference == made.reference
    assert read_bundle(made.folder) == replace(made, card=card)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": 2}, r"is a bundle of format 2; this faultlens reads format 1\. Update it: pip"),
        ({"format": 0}, "its field 'format' is 0; 1 is needed"),
        ({"format": "1"}, "its field 'format' is '1' where a number belongs"),
        ({"format": True}, "its field 'format' is True where a number"),
        (
            {"kind": "smell"},
            "a model of the kind 'smell'; this faultlens runs image, scan, text, vibration",
        ),
        ({"name": 7}, "its field 'name' is 7 where words belong"),
        ({"name": "a\x1b[2Jb"}, "its field 'name' holds control characters"),
        ({"card": []}, r"its field 'card' is \[\] where a table belongs"),
        ({"card": {}}, "its field 'summary' is missing"),
        ({"classes": ["inner", 7]}, "its field 'classes' is 7 where words"),
        ({"calibration": None}, "its field 'calibration' is None where a table"),
        ({"text": "builtin/text"}, "its field 'text' is 'builtin/text' where a table"),
        ({"text": {"name": "x", "sha256": "12"}}, "'sha256' has the hash '12'; 64 hex digits"),
        ({"files": {"text.onnx": "zz"}}, "'text.onnx' has the hash 'zz'"),
        ({"clases": []}, "Unknown field 'clases'. Nearest: classes"),
        ({"files": ["text.onnx"]}, r"its field 'files' is \['text.onnx'\] where a table"),
    ],
)
def test_a_manifest_with_a_wrong_field_says_which(
    make: Any, fields: dict[str, object], words: str
) -> None:
    folder = changed(make().folder, **fields)
    with pytest.raises(BundleError, match=words) as refused:
        read_bundle(folder)
    assert str(refused.value).startswith(str(folder))


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "a\\b", "..", ".hidden", "", "manifest.json", "/etc/passwd", "x" * 200, "a\n"],
)
def test_a_file_name_that_leads_elsewhere_is_refused(make: Any, name: str) -> None:
    folder = changed(make().folder, files={name: "0" * 64})
    with pytest.raises(BundleError, match=r"which cannot lie in a bundle: letters, .*Do not use"):
        read_bundle(folder)
    with pytest.raises(BundleError, match="cannot lie in a bundle"):
        make(folder.with_name("other"), files={name: b""})
    assert not folder.with_name("other").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "[" * 100_000, '{"format": NaN}', '{"format": 1e999}', "\xff", "9" * 10_000],
)
def test_a_manifest_that_is_no_table_is_refused(make: Any, text: str) -> None:
    folder = make().folder
    (folder / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(BundleError, match=r"is a damaged bundle: its (manifest|field 'manifest)"):
        read_bundle(folder)


def test_a_folder_without_a_manifest_is_no_bundle(make: Any, tmp_path: Path) -> None:
    with pytest.raises(
        BundleError, match=r"is no bundle: it has no manifest.json. Give the folder"
    ):
        read_bundle(tmp_path)
    with pytest.raises(BundleError, match="is no bundle"):
        read_bundle(make().path("text.onnx"))


def test_a_tampered_missing_or_foreign_file_is_named(make: Any, tower: dict[str, bytes]) -> None:
    folder = make().folder
    (folder / "text.onnx").write_bytes(tower["text.onnx"] + b" ")
    with pytest.raises(BundleError, match=r"'text.onnx' is not the one that was written.*Fetch it"):
        read_bundle(folder)
    (folder / "text.onnx").unlink()
    with pytest.raises(BundleError, match=r"the file 'text.onnx' is missing"):
        read_bundle(folder)
    (folder / "text.onnx").write_bytes(tower["text.onnx"])
    (folder / "extra.bin").write_bytes(b"")
    with pytest.raises(BundleError, match=r"holds 'extra.bin', which its manifest.json does not"):
        read_bundle(folder)
    (folder / "extra.bin").rename(folder / ".DS_Store")
    assert read_bundle(folder).kind == "text"


def test_a_link_out_of_the_folder_and_a_pipe_are_refused(
    make: Any, tower: dict[str, bytes], tmp_path: Path
) -> None:
    folder = make().folder
    (folder / "text.onnx").rename(tmp_path / "outside.onnx")
    (folder / "text.onnx").symlink_to(tmp_path / "outside.onnx")
    with pytest.raises(BundleError, match=r"'text.onnx' is a link that leads out of the folder"):
        read_bundle(folder)
    (folder / "text.onnx").unlink()
    os.mkfifo(folder / "text.onnx")
    with pytest.raises(BundleError, match=r"the file 'text.onnx' is missing"):
        read_bundle(folder)


def test_what_is_too_large_is_not_read(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make().folder
    monkeypatch.setattr(module, "LARGEST_FILE_BYTES", 100)
    with pytest.raises(BundleError, match=r"the file '.*' is larger than 2 GB"):
        read_bundle(folder)
    (folder / "manifest.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(BundleError, match=r"its manifest.json is larger than 1 MB"):
        read_bundle(folder)


def test_a_half_written_bundle_is_never_seen(make: Any, tmp_path: Path) -> None:
    made = make()
    with pytest.raises(FileNotFoundError):
        make(files={"a.onnx": b"new", "b.onnx": tmp_path / "nowhere.onnx"})
    with pytest.raises(BundleError, match=f"{made.folder} is a model of the kind 'smell'"):
        make(kind="smell")
    with pytest.raises(
        UsageError, match=r"A manifest cannot hold this: .*Give words, finite number"
    ):
        make(calibration={"slope": float("nan")})
    with pytest.raises(UsageError, match="not JSON serializable"):
        make(preparation={"rate": object()})
    assert read_bundle(made.folder) == made
    assert files_of(tmp_path) == {"tower"}


def test_the_new_bundle_takes_the_place_of_the_old_one(make: Any, tmp_path: Path) -> None:
    make()
    new = make(files={"a.onnx": b"new"})
    assert read_bundle(tmp_path / "tower") == new
    assert files_of(tmp_path) == {"tower"}
    assert files_of(tmp_path / "tower") == {"a.onnx", "manifest.json"}
    damaged = new.path("a.onnx")
    damaged.write_bytes(b"damaged")
    assert make(files={"b.onnx": b"newer"}).files.keys() == {"b.onnx"}


def test_a_folder_of_the_users_is_never_replaced(make: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert make(home).name == "mine/tower"  # an empty folder holds nothing to lose
    (home / "letter.txt").write_text("dear")
    with pytest.raises(
        UsageError, match=r"holds more than a bundle.*Name another folder, or empty"
    ):
        make(home)
    (home / "manifest.json").unlink()
    with pytest.raises(UsageError, match="holds more than a bundle"):
        make(home)
    assert (home / "letter.txt").read_text() == "dear"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def table() -> dict[str, object]:
    return {
        "format": 1, "name": "mine/x", "kind": "text", "preparation": {}, "classes": [],
        "calibration": {}, "text": None, "files": {},
        "card": {"summary": "", "licence": "", "training_data": "", "results": [], "limits": "",
                 "sources": []},
    }  # fmt: skip


@given(changes=st.dictionaries(st.sampled_from(module.FIELDS), JSON, max_size=3))
def test_any_value_in_any_field_is_read_or_refused_in_words(
    table: dict[str, object], tmp_path_factory: pytest.TempPathFactory, changes: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "manifest.json").write_text(json.dumps({**table, **changes}))
    try:
        read = read_bundle(folder)
    except BundleError as error:
        assert str(error).startswith(str(folder))
    else:
        assert len(read.reference.rpartition("@")[2]) == 12
