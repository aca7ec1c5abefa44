"""Each published layout is recognised and read; what is bad in it is named and the rest goes on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.registry import PICTURE_DATASETS, open_pictures

HALF = np.repeat([[0], [0], [255], [255]], 6, axis=1)


def facts(found: Any) -> list[tuple[str, str, str, str]]:
    return [(x.file, x.label, x.split, x.subset) for x in found.pictures]


def test_mvtec_of_two_objects_with_its_masks(tmp_path: Path, write: Any) -> None:
    for home in ("bolt", "nut"):
        write(f"{home}/train/good/000.png")
        write(f"{home}/test/good/000.png")
        write(f"{home}/test/scratch_head/000.png")
        write(f"{home}/ground_truth/scratch_head/000_mask.png", HALF)
    write("bolt/test/scratch_head/001.png")
    found = open_pictures(tmp_path)
    assert found.name == "mvtec"
    assert facts(found)[0] == ("bolt/test/good/000.png", "no defect", "test", "bolt")
    assert found.defects == ("scratch head",)
    masked = next(x for x in found.pictures if x.masks)
    assert defect_mask(masked).tolist() == (HALF > 0).tolist()
    assert [(x.file, x.reason[:15]) for x in found.failed] == [
        ("bolt/test/scratch_head/001.png", "it has no mask;")
    ]
    one = open_pictures(tmp_path / "nut")
    assert (one.name, len(one.pictures), one.pictures[0].subset) == ("mvtec", 3, "")
    assert len(open_pictures(tmp_path, subset="nut").pictures) == 3
    with pytest.raises(UsageError, match=r"no pictures of 'screw'\. It has: bolt, nut"):
        open_pictures(tmp_path, subset="screw")


def test_several_masks_of_one_picture_are_joined(tmp_path: Path, write: Any) -> None:
    write("train/good/000.png")
    write("test/bad/000.png")
    write("ground_truth/bad/000/000.png", HALF)
    write("ground_truth/bad/000/001.png", HALF[::-1])
    found = open_pictures(tmp_path)
    bad = next(x for x in found.pictures if x.defective)
    assert bad.label == "defect" and defect_mask(bad).all()


def test_visa_as_published_names_defects_by_its_objects_table(tmp_path: Path, write: Any) -> None:
    write("candle/Data/Images/Normal/0.JPG")
    write("candle/Data/Images/Anomaly/0.JPG")
    write("candle/Data/Masks/Anomaly/0.png", HALF // 255)
    (tmp_path / "split_csv").mkdir()
    (tmp_path / "split_csv" / "1cls.csv").write_text(
        "object,split,label,image,mask\n"
        "candle,train,normal,candle/Data/Images/Normal/0.JPG,\n"
        "candle,test,anomaly,candle/Data/Images/Anomaly/0.JPG,candle/Data/Masks/Anomaly/0.png\n"
        "candle,test,anomaly,candle/Data/Images/Anomaly/1.JPG,\n"
        "candle,test,anomaly,../../etc/passwd,\n"
    )
    (tmp_path / "candle" / "image_anno.csv").write_text(
        'image,label,mask\ncandle/Data/Images/Anomaly/0.JPG,"chunk_of_wax missing,scratch",x\n'
    )
    found = open_pictures(tmp_path)
    assert found.name == "visa"
    assert [x.label for x in found.pictures] == [
        "no defect", "chunk of wax missing and scratch"
    ]  # fmt: skip
    assert defect_mask(found.pictures[1]).sum() == 12, "masks are numbers from 1 on"
    reasons = " ".join(x.reason for x in found.failed)
    assert "is missing in" in reasons and "leads out of" in reasons


def test_a_folder_per_class_also_below_a_lone_folder_and_train_and_test(
    tmp_path: Path, write: Any
) -> None:
    for name in ("train/ok_front/a.jpeg", "train/def_front/b.jpeg", "test/Crack/deep/c.png"):
        write(f"casting_data/{name}")
    write("casting_data/train/masks/a.png")
    write("loose.png")
    (tmp_path / "casting_data/train/ok_front/torn.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = open_pictures(tmp_path)
    assert found.name == "image folders"
    assert facts(found) == [
        ("casting_data/test/Crack/deep/c.png", "crack", "test", ""),
        ("casting_data/train/def_front/b.jpeg", "defect", "train", ""),
        ("casting_data/train/ok_front/a.jpeg", "no defect", "train", ""),
    ]
    assert {Path(x.file).name for x in found.failed} == {"loose.png", "torn.png"}


def test_neu_det_scales_its_boxes_to_the_picture(tmp_path: Path, write: Any) -> None:
    write("NEU-DET/IMAGES/crazing_1.jpg", np.zeros((416, 416)))
    write("NEU-DET/IMAGES/scratches_2.jpg")
    (tmp_path / "NEU-DET" / "ANNOTATIONS").mkdir()
    (tmp_path / "NEU-DET" / "ANNOTATIONS" / "crazing_1.xml").write_text(
        "<annotation><size><width>200</width><height>200</height></size><object><name>crazing"
        "</name><bndbox><xmin>1</xmin><ymin>101</ymin><xmax>100</xmax><ymax>200</ymax></bndbox>"
        "</object></annotation>"
    )
    for place in (tmp_path, tmp_path / "NEU-DET"):
        found = open_pictures(place)
        assert found.name == "neu_det" and found.defects == ("crazing", "scratches")
        box = found.pictures[0].boxes[0]
        assert (box.left_px, box.top_px, box.width_px, box.height_px) == (0, 208, 208, 208)
        assert "counts by its label alone" in found.failed[0].reason
    assert "No clean pictures" in found.warnings[0].en


def test_magnetic_tiles_of_their_makers_are_read_with_soft_masks(
    tmp_path: Path, write: Any
) -> None:
    write("MT_Crack/Imgs/exp1_num_1.jpg")
    write("MT_Crack/Imgs/exp1_num_1.png", np.array([[0, 16, 127, 128, 255, 0]] * 4))
    write("MT_Free/Imgs/exp1_num_2.jpg")
    write("MT_Free/Imgs/exp1_num_2.png", np.zeros((4, 6)))
    found = open_pictures(tmp_path)
    assert (found.name, dict(found.labels)) == ("magnetic_tile", {"crack": 1, "no defect": 1})
    assert defect_mask(found.pictures[0])[0].tolist() == [False, False, False, True, True, False]
    assert not defect_mask(found.pictures[1]).any()


def test_a_manifest_states_mask_group_split_and_set(tmp_path: Path, write: Any) -> None:
    write("a.png")
    write("m.png", HALF)
    (tmp_path / "manifest.csv").write_text(
        "dataset,split,image,label,defective,mask,boxes,group\n"
        "tiles,Train,a.png,pitted_surface,1,m.png|m.png,,g7\n"
        "tiles,,gone.png,free,0,,,\n"
        "tiles,,a.png,free,1,,,\n"
        "tiles,,a.png,crack,1,/etc/passwd,,\n"
        "tiles,,a.png,crack,yes,,,\n"
    )
    found = open_pictures(tmp_path)
    assert found.name == "picture manifest"
    first, second = found.pictures
    assert (first.label, first.split, first.subset, first.group) == (
        "pitted surface", "train", "tiles", "g7"
    )  # fmt: skip
    assert defect_mask(first).sum() == 12
    assert (second.label, second.masks) == ("crack", ())
    told = " / ".join(x.reason for x in found.failed)
    for words in ("missing", "contradict", "must be 1 or 0", "leads out of"):
        assert words in told
    assert found.failed[0].file == "manifest.csv, row 3: gone.png"


RUNS = {"size": [4, 6], "counts": [4, 3, 17]}  # the first three pixels of the second column


def coco(**more: Any) -> dict[str, Any]:
    return {
        "images": [
            {"id": 1, "file_name": "a.png", "height": 4, "width": 6},
            {"id": 2, "file_name": "b.png", "height": 4, "width": 6},
        ],
        "categories": [{"id": 3, "name": "Scratch"}, {"id": 4, "name": "oil_spot"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 3, "area": 3, "bbox": [1, 0, 1, 3],
             "segmentation": RUNS, "iscrowd": 1},
            {"id": 2, "image_id": 1, "category_id": 4, "area": 4, "bbox": [4, 0, 2, 2],
             "segmentation": [[4, 0, 6, 0, 6, 2, 4, 2]]},
        ],
        **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "pictures", "split"),
    [
        ("annotations/instances_train2017.json", "train2017", "train"),
        ("valid/_annotations.coco.json", "valid", "validation"),
        ("annotations.json", "images", ""),
        ("export.json", ".", ""),
    ],
)
def test_coco_is_found_wherever_tools_put_it(
    tmp_path: Path, write: Any, table: str, pictures: str, split: str
) -> None:
    for name in "ab":
        write(f"{pictures}/{name}.png")
    (tmp_path / table).parent.mkdir(exist_ok=True)
    (tmp_path / table).write_text(json.dumps(coco()))
    for place in (tmp_path, tmp_path / table):
        found = open_pictures(place)
        assert found.name == "coco" and not found.failed
        assert [(x.label, x.split) for x in found.pictures] == [
            ("oil spot", split), ("no defect", split)
        ]  # fmt: skip
        mask = defect_mask(found.pictures[0])
        assert mask[:3, 1].all() and mask[:2, 4:].all() and mask.sum() == 7
        assert [x.label for x in found.pictures[0].boxes] == ["scratch", "oil spot"]


def test_an_instance_without_an_outline_leaves_its_picture_without_a_mask(
    tmp_path: Path, write: Any
) -> None:
    write("a.png", np.zeros((8, 12)))
    write("b.png")
    stated = coco()
    del stated["annotations"][0]["segmentation"]
    (tmp_path / "coco.json").write_text(json.dumps(stated))
    found = open_pictures(tmp_path)
    assert defect_mask(found.pictures[0]) is None
    assert found.pictures[0].boxes[1].left_px == 8, "scaled to the picture as it is"


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        '{"images": [], "annotations": 7, "categories": []}',
        '{"images": [], "annotations": [], "categories": [' + "[" * 100_000,
        '{"images": [{"file_name": "a.png", "id": 1, "height": 1e999, "width": -3}], '
        '"annotations": [], "categories": []}',
        '{"images": [{"file_name": "/etc/passwd"}, {"file_name": "../a.png"}, '
        '{"file_name": "\\u0000"}, 7, {"file_name": "'
        + "a" * 5000
        + '"}], "annotations": [], "categories": []}',
        '{"images": [{"id": {}, "file_name": "a.png"}], "annotations": [{"image_id": [], '
        '"category_id": 1}], "categories": [{"id": 1}]}',
    ],
)
def test_hostile_json_is_refused_or_listed(tmp_path: Path, write: Any, text: str) -> None:
    write("inside/a.png")
    (tmp_path / "inside" / "instances.json").write_text(text)
    try:
        found = open_pictures(tmp_path / "inside", name="coco")
    except UnreadableFileError:
        return
    assert all(x.path.parent == tmp_path / "inside" for x in found.pictures)


@pytest.mark.parametrize(
    "segmentation",
    [
        {"size": [4, 6], "counts": [4, 3, 16]},
        {"size": [4, 6], "counts": [4, -3, 23]},
        {"size": [40000, 60000], "counts": [2400000000]},
        {"size": [4, 6], "counts": "\x00"},
        {"size": [4, 6], "counts": "o" * 40},
        {"size": [4, 6], "counts": 3},
        [[0, 0, 1, 1]],
        [[0, 0, 1, float("nan"), 2, 2]],
        [[0, 0, 1, 1e300, 2, 2]],
        ["abcdef"],
    ],
)
def test_a_hostile_outline_ends_its_picture_alone(
    tmp_path: Path, write: Any, segmentation: Any
) -> None:
    for name in "ab":
        write(f"{name}.png")
    stated = coco()
    stated["annotations"][0]["segmentation"] = segmentation
    (tmp_path / "coco.json").write_text(json.dumps(stated))
    found = open_pictures(tmp_path)
    assert [x.file for x in found.pictures] == ["b.png"] and len(found.failed) == 1


def test_an_xml_with_entities_and_a_mask_of_another_shape_are_named(
    tmp_path: Path, write: Any
) -> None:
    write("a.png")
    write("m.png", np.zeros((9, 2)))
    (tmp_path / "a.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    (tmp_path / "list.csv").write_text(
        "image,label,mask,boxes\na.png,crack,,a.xml\na.png,pit,m.png,\n"
    )
    found = open_pictures(tmp_path / "list.csv")
    assert "document type" in found.failed[0].reason
    with pytest.raises(UnreadableFileError, match="a mask needs the shape of its picture"):
        defect_mask(found.pictures[1])


def test_a_mask_of_half_the_size_is_scaled(tmp_path: Path, write: Any) -> None:
    write("a.png", np.zeros((8, 12)))
    write("m.png", HALF)
    (tmp_path / "list.csv").write_text("image,label,mask\na.png,crack,m.png\n")
    mask = defect_mask(open_pictures(tmp_path / "list.csv").pictures[0])
    assert mask.shape == (8, 12) and mask[4:].all() and not mask[:4].any()


def test_a_turned_picture_has_the_size_that_it_is_shown_in(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", exif=exif)
    (tmp_path / "list.csv").write_text("image,label\na.jpg,crack\n")
    one = open_pictures(tmp_path / "list.csv").pictures[0]
    assert (one.height_px, one.width_px) == (6, 4)


def test_what_is_no_set_of_pictures_says_what_was_looked_for(tmp_path: Path, write: Any) -> None:
    with pytest.raises(UnreadableFileError, match="does not exist"):
        open_pictures(tmp_path / "nowhere")
    with pytest.raises(UnreadableFileError, match="train/good and test"):
        open_pictures(tmp_path)
    with pytest.raises(UnknownNameError, match="mvtec"):
        open_pictures(tmp_path, name="mvtek")
    (tmp_path / "crack").mkdir()
    (tmp_path / "crack" / "a.png").write_text("no picture")
    with pytest.raises(UnreadableFileError, match="no picture of 'image folders' could be used"):
        open_pictures(tmp_path)


def test_every_layout_has_a_whole_card() -> None:
    for name in PICTURE_DATASETS:
        card = PICTURE_DATASETS[name].card
        assert card.title.startswith(f"{name}: ") and card.terms and card.citation
        assert card.split_rule and card.traps


def test_the_same_files_have_the_same_hash_and_another_label_another(
    tmp_path: Path, write: Any
) -> None:
    write("good/a.png")
    write("crack/b.png")
    first = open_pictures(tmp_path).sha256
    assert open_pictures(tmp_path).sha256 == first
    (tmp_path / "crack").rename(tmp_path / "dent")
    assert open_pictures(tmp_path).sha256 != first


def test_real_sets_are_read_whole(shared_data: Path) -> None:
    images = shared_data / "images"
    if not images.is_dir():
        pytest.skip(f"no pictures at {images}")
    tiles = open_pictures(images, subset="magnetic_tile")
    assert len(tiles.pictures) == 692 and not tiles.failed
    crack = next(x for x in tiles.pictures if x.label == "crack")
    assert 0 < defect_mask(crack).mean() < 0.2
    own = open_pictures(images / "magnetic_tile")
    assert (own.name, own.labels) == ("magnetic_tile", tiles.labels)
    strip = open_pictures(images / "neu_det")
    assert (strip.name, len(strip.pictures), strip.failed) == ("neu_det", 600, ())
    assert all(x.boxes and x.boxes[0].label == x.label for x in strip.pictures[:20])
    castings = open_pictures(images / "casting_pump_impeller")
    assert dict(castings.labels) == {"defect": 300, "no defect": 300}
