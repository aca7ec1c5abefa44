"""Hot spots stand on overlay, sheet and page, with their temperatures, where they lie."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from faultlens.reports.hot_spot_panel import HOT, HotSpotMark, draw_hot_spots
from faultlens.reports.inspection_figure import inspection_figure
from faultlens.reports.inspection_gallery import add_to_gallery
from faultlens.reports.inspection_overlay import overlay_pixels
from faultlens.reports.inspection_page import write_inspection_page
from faultlens.reports.inspection_sentence import inspection_sentence
from faultlens.reports.inspection_tables import write_findings_table
from faultlens.reports.inspection_view import PictureView

BOX, SMALL = (240, 130, 20, 20), (12, 12, 16, 16)
MARKS = (
    HotSpotMark((140, 250), BOX, "96 °C, +75 K", "centre", 96.4, 75.2, 0.9),
    HotSpotMark((20, 20), SMALL, "40 °C, +19 K", "upper left", None, None, 0.6),
)
VIEW = PictureView("a.png", np.full((300, 400), 120, np.uint8), 400, 300, "no defect", "no_defect",
                   False, 0.1, 0.5, (), hot_spots=MARKS)  # fmt: skip


def is_hot(pixels: np.ndarray) -> np.ndarray:
    return np.asarray((pixels == HOT).all(axis=-1))


def test_the_overlay_marks_each_spot_where_it_lies() -> None:
    drawn = is_hot(overlay_pixels(VIEW))
    assert drawn[140, 250]
    assert drawn[20, 20]
    assert not is_hot(overlay_pixels(replace(VIEW, hot_spots=()))).any()


def test_of_a_shrunk_picture_the_spots_shrink_with_it() -> None:
    picture = Image.new("RGB", (200, 150))
    draw_hot_spots(picture, [replace(MARKS[0], words="")], (400, 300))
    rows, columns = np.nonzero(is_hot(np.asarray(picture)))
    assert abs(np.median(rows) - 70) < 8
    assert abs(np.median(columns) - 125) < 12


def test_on_the_smallest_pictures_nothing_is_written() -> None:
    picture = Image.new("RGB", (60, 45))
    draw_hot_spots(picture, MARKS, (400, 300))
    assert is_hot(np.asarray(picture)).sum() < 250


def test_the_sheet_writes_the_temperatures_onto_the_picture() -> None:
    (panel,) = [x for x in inspection_figure(VIEW).axes if x.get_label() == "picture"]
    written = [x.get_text() for x in panel.texts if x.get_gid() == "hot-spot"]
    assert written == ["96 °C, +75 K", "40 °C, +19 K"]


def test_the_page_lists_and_outlines_them(tmp_path: Path) -> None:
    entry = add_to_gallery(tmp_path, "a", VIEW)
    write_inspection_page(tmp_path / "a.html", [entry], title="a")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'class="hot" d="M240 130' in page
    for word in ("Hot spots (infrared)", "96.4 °C", "+75.2 K", "upper left"):
        assert word in page
    write_inspection_page(tmp_path / "b.html", [], title="b")
    assert "Hot spots" not in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_the_sentence_ends_with_the_hottest_in_both_languages() -> None:
    assert inspection_sentence(VIEW).endswith(
        "Infrared: hottest spot at the centre, 96 °C, +75 K (and 1 more)."
    )
    chinese = inspection_sentence(replace(VIEW, lang="zh", hot_spots=MARKS[:1]))
    assert chinese.endswith("红外：最热点位于centre，96 °C, +75 K。")


def test_the_table_has_a_row_for_each(tmp_path: Path) -> None:
    write_findings_table(tmp_path / "a.csv", [VIEW])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [x["Sentence asked for"] for x in rows] == ["hot spot", "hot spot"]
    assert [x["Temperature (°C)"] for x in rows] == ["96.4", ""]
    assert rows[0]["Above surroundings (K)"] == "75.2"
    assert (rows[0]["Left (px)"], rows[0]["Place"]) == ("240", "centre")
