"""Captions are read wherever people put them, and give a label where nobody stated one."""

import json
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.captions import captions_beside, embedded, label_said
from faultlens.datasets.pictures.registry import open_pictures


def test_a_text_file_beside_each_picture_of_one_folder(tmp_path: Path, write: Any) -> None:
    said = {
        "a.png": "a dark hairline crack\n钢板上的裂纹\n",
        "b.jpg": "ground metal, no defect",
        "c.png": "0 0.5 0.5 0.1 0.1\n",
    }
    for name, text in said.items():
        picture = write(f"images/{name}")
        picture.with_suffix(".txt").write_text(text, encoding="utf-8")
    write("images/d.png")
    found = open_pictures(tmp_path)
    assert found.name == "captioned pictures"
    assert [(x.label, x.captions) for x in found.pictures] == [
        ("crack", ("a dark hairline crack", "钢板上的裂纹")),
        ("no defect", ("ground metal, no defect",)),
    ]
    assert list(found.unlabelled) == ["images/c.png", "images/d.png"]
    assert found.failed[1].reason == "it has no caption; write one into d.txt beside it."


def test_folders_of_classes_keep_their_label_and_take_captions_along(
    tmp_path: Path, write: Any
) -> None:
    write("crack/a.png").with_suffix(".txt").write_text("looks like a scratch", encoding="utf-8")
    write("good/b.png")
    write("Unlabelled/c.png")
    write("stray.png")
    found = open_pictures(tmp_path)
    assert [(x.label, x.captions) for x in found.pictures] == [
        ("crack", ("looks like a scratch",)),
        ("no defect", ()),
    ]
    assert found.unlabelled.keys() == {x.file for x in found.failed}
    assert sorted(found.unlabelled) == ["Unlabelled/c.png", "stray.png"]


def test_a_manifest_with_captions_needs_no_label(tmp_path: Path, write: Any) -> None:
    for name in "abcd":
        write(f"{name}.png")
    (tmp_path / "manifest.csv").write_text(
        "image,caption,caption_zh,label\na.png,a deep scratch,深划痕,\nb.png,,,\n"
        "c.png,swirl marks,,\nd.png,a deep scratch,,gouge\n",
        encoding="utf-8",
    )
    found = open_pictures(tmp_path)
    assert [(x.label, x.captions) for x in found.pictures] == [
        ("scratch", ("a deep scratch", "深划痕")),
        ("swirl marks", ("swirl marks",)),
        ("gouge", ("a deep scratch",)),
    ]
    assert found.unlabelled == {found.failed[0].file: tmp_path / "b.png"}
    assert "neither label nor caption nor defective" in found.failed[0].reason


@pytest.mark.parametrize("apart", [False, True])
def test_captions_of_coco_beside_its_instances_or_alone(
    tmp_path: Path, write: Any, apart: bool
) -> None:
    write("a.png"), write("b.png")
    images = [{"id": i, "file_name": f"{x}.png"} for i, x in enumerate("ab")]
    said = [
        {"id": 9, "image_id": 0, "caption": "a burr at the edge"},
        {"id": 10, "image_id": 1, "caption": "no defect"},
    ]
    captions = {"images": images, "annotations": said}
    (tmp_path / "captions_train.json").write_text(json.dumps(captions))
    if apart:
        (tmp_path / "instances_train.json").write_text(json.dumps({
            "images": images, "categories": [{"id": 1, "name": "fray"}],
            "annotations": [{"id": 1, "image_id": 0, "category_id": 1, "bbox": [0, 0, 2, 2]}],
        }))  # fmt: skip
    found = open_pictures(tmp_path)
    assert [(x.label, x.captions) for x in found.pictures] == [
        ("fray" if apart else "burr", ("a burr at the edge",)),
        ("no defect", ("no defect",)),
    ]
    assert len(found.pictures[0].boxes) == int(apart)


def test_what_simulate_writes_is_read_with_masks_and_captions(tmp_path: Path) -> None:
    from faultlens.cli.simulate_surface import simulate_surface

    simulate_surface(
        "no defect, crack", process=None, part="sheet", size_px=(64, 64), colour=False, count=2,
        seed=3, out=tmp_path, quiet=True,
    )  # fmt: skip
    sound, cracked = open_pictures(tmp_path).pictures
    assert (sound.label, cracked.label) == ("no defect", "crack")
    assert "no defect on" in sound.captions[0] and "crack on" in cracked.captions[0]
    assert cracked.is_localised


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"x" * 70_000, "larger than 64 KiB"),
        (b"\xff\xfe\x00crack", "no text of captions"),
        (b"crack " * 60, "caption of 359 characters"),
        ("\n".join(f"crack {x}" for x in range(21)).encode(), "21 captions"),
    ],
)
def test_a_hostile_text_is_refused(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "a.txt").write_bytes(text)
    with pytest.raises(UnreadableFileError, match=words):
        captions_beside(tmp_path / "a.png")


def test_what_is_measured_is_not_embedded() -> None:
    assert embedded(["not a scratch, but a crack 2 mm long", "3 mm"]) == ("a crack",)
    assert label_said(["3 mm", "rust"]) == "corrosion"
