"""The sheet of a measured scan: everything is on it, legible, in both languages, at any form."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from faultlens.core.errors import UnknownNameError
from faultlens.reports.inspection_picture import write_sheet
from faultlens.reports.inspection_view import CheckedCondition
from faultlens.reports.measurement_figure import measurement_figure, scan_facts
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.measurement_words import measurement_sentence
from tests.reports.measured_scans import Cylinder, carved, measured, plate, sheet

ATTACK = "<b>$x^2$ \\frac{a}" + "长" * 60 + ".ply"


def told(view: MeasurementView) -> MeasurementView:
    """The view with its sentence."""
    return replace(view, sentence=measurement_sentence(view))


def drawn(figure: Figure) -> None:
    """Draw it: a missing glyph is a warning, and a warning ends the test."""
    FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]


def texts(figure: Figure) -> list[Text]:
    """Every text on the sheet that shows something; numbers beyond the end of an axis do not."""
    beyond = set()
    for axis in (y for x in figure.axes for y in (x.xaxis, x.yaxis)):
        low, high = sorted(axis.get_view_interval())
        ticks = [x for x in axis.get_major_ticks() if not low <= x.get_loc() <= high]
        beyond |= {id(y) for x in ticks for y in (x.label1, x.label2)}
    every = (x for x in figure.findobj(Text) if x.get_visible() and id(x) not in beyond)
    return [x for x in every if x.get_text().strip()]


def words(figure: Figure) -> str:
    """All that a reader reads."""
    return "\n".join(x.get_text() for x in texts(figure))


def marked(figure: Figure, gid: str) -> list[str]:
    """The texts of this mark."""
    return [x.get_text() for x in texts(figure) if x.get_gid() == gid]


def cylinder() -> MeasurementView:
    """A shaft with a bump."""
    bent, bump = carved(sheet(200, 260, 0.25, reference=Cylinder(20)), 3.0, 4.0, 0.4, 6.0)
    return measured(bent, (("bump", bump),), reference="cylinder, radius 20.00 mm")


def strip() -> MeasurementView:
    """A strip of 1 : 25 with a scratch along it."""
    flat, scratch = carved(sheet(1000, 40, 0.2), 20.0, 0.0, -0.1, 30.0, 1.2, 2.0)
    return measured(flat, (("scratch", scratch),))


def crowded() -> MeasurementView:
    """Forty dents, more than the sheet lists."""
    flat, dents = sheet(320, 220, 0.2), []
    for number in range(40):
        u, v = (number % 8 - 3.5) * 7.5, (number // 8 - 2) * 8.0
        flat, dent = carved(flat, u, v, -0.02 - 0.007 * number, 4.0)
        dents.append(("dent", dent))
    return measured(flat, tuple(dents), name="folder/" * 30 + "scan-000042.ply")


def test_verdict_sizes_severity_and_facts_are_on_the_sheet() -> None:
    figure = measurement_figure(told(plate(part="pump housing")))
    assert marked(figure, "verdict") == ["dent"] and marked(figure, "alarm") == ["Alarm"]
    assert marked(figure, "part-severity") == ["✗ scrap"]
    assert marked(figure, "severity") == ["✗ scrap", "↻ rework", "✓ accept"]
    assert marked(figure, "depth") == ["0.310 ± 0.008 mm"]
    assert marked(figure, "defect-number") == ["1", "2", "3"]
    shown = words(figure)
    for part in (
        "Depth / height, mm",
        "0.120 ± 0.008",
        "25.6 ± 0.4",
        "5.86 ± 0.23",
        "Section A–A′ through defect 1",
        "The scan in space, deviations 10×",
        "alarm from 0.62",
        "plate-7.ply · pump housing",
        "reference: plane · 38,400 points · cell 0.250 mm · scatter 4.00 µm",
    ):
        assert part in shown


def test_the_map_is_blue_where_material_is_missing_and_orange_where_there_is_too_much(
    tmp_path: Path,
) -> None:
    figure = measurement_figure(told(plate()))
    write_sheet(tmp_path / "sheet.png", figure)
    pixels = np.asarray(Image.open(tmp_path / "sheet.png").convert("RGB")).astype(int)
    axes = next(x for x in figure.axes if x.get_label() == "map")
    for place, (more, less) in {(-12.0, 4.5): (2, 0), (18.9, 12.5): (0, 2)}.items():
        x, y = axes.transData.transform(place)
        colour = pixels[pixels.shape[0] - round(y), round(x)]
        assert colour[more] > colour[less] + 10


def test_chinese_is_drawn_without_a_missing_glyph() -> None:
    figure = measurement_figure(told(plate("zh", part="泵壳", warnings=("该文件未注明单位。",))))
    drawn(figure)
    shown = words(figure)
    assert "□" not in shown
    for part in (
        "相对基准的偏差",
        "过缺陷 1 的剖面",
        "三维视图，偏差放大 10 倍",
        "✗ 报废",
        "注意事项",
    ):
        assert part in shown


@pytest.mark.parametrize("make", [plate, cylinder, strip, crowded, lambda: measured(sheet())])
def test_every_word_is_on_the_paper_and_none_covers_another(
    make: Callable[[], MeasurementView],
) -> None:
    figure = measurement_figure(told(make()))
    drawn(figure)
    paper = figure.bbox
    plain = [x for x in texts(figure) if x.get_gid() not in ("defect-number", "severity")]
    boxes = [(x.get_text(), x.get_window_extent()) for x in plain]
    for text, box in boxes:
        assert paper.x0 <= box.x0 and box.x1 <= paper.x1, text
        assert paper.y0 <= box.y0 and box.y1 <= paper.y1, text
    # The numbers in space stand where their defects are; all other words keep apart.
    own = {str(x) for x in range(41)} | {"A", "A′"}
    boxes = [x for x in boxes if x[0] not in own]
    for index, (text, box) in enumerate(boxes):
        for other, beside in boxes[index + 1 :]:
            width = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            height = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert width <= 1 or height <= 1, (text, other)


def test_of_many_defects_the_worst_are_listed_and_the_rest_is_counted() -> None:
    figure = measurement_figure(told(crowded()))
    assert len(marked(figure, "severity")) == 12
    assert "and 28 more; the page and the JSON list all" in words(figure)
    assert marked(figure, "defect-number") == [str(x) for x in range(1, 31)]
    assert marked(figure, "footer")[0].endswith("/scan-000042.ply")


def test_a_strip_says_that_it_is_stretched_and_a_plate_does_not() -> None:
    assert "(the short side drawn 2.1× wider)" in words(measurement_figure(told(strip())))
    assert "wider" not in words(measurement_figure(told(plate())))


def test_a_sound_scan_has_no_numbers_and_says_so() -> None:
    figure = measurement_figure(told(measured(sheet())))
    assert marked(figure, "defect-number") == [] and marked(figure, "depth") == []
    assert "Nothing stands out of the surface's own scatter." in words(figure)
    assert "Section A–A′ through the largest deviation" in words(figure)
    assert marked(figure, "alarm") == ["No alarm"]


def test_names_from_outside_are_drawn_literally_and_cut_to_the_room() -> None:
    view = plate(name=ATTACK, part=ATTACK, model=ATTACK, warnings=(ATTACK,) * 3, rules=ATTACK)
    figure = measurement_figure(replace(view, verdict=ATTACK, sentence=ATTACK * 3))
    drawn(figure)
    name, facts = marked(figure, "footer")
    assert name.startswith("<b>$x^2$ \\frac{a}长") and name.endswith("…") and "·" in facts
    assert marked(figure, "verdict")[0].endswith("…")


def test_conditions_of_the_verdict_are_listed() -> None:
    view = plate()
    condition = CheckedCondition("deeper than 0.2 mm", "0.310 ± 0.008 mm", True)
    best = replace(view.findings[0], conditions=(condition,))
    figure = measurement_figure(told(replace(view, findings=(best, *view.findings[1:]))))
    assert "deeper than 0.2 mm" in words(figure) and "✓" in words(figure)


def test_holes_one_cell_and_flat_maps_are_drawn() -> None:
    flat = sheet(60, 50)
    holed = flat.deviations_mm.copy()
    holed[10:30, 20:40] = np.nan
    none = np.full_like(holed, np.nan)
    for values in (holed, none, np.zeros_like(holed), holed[:1, :1]):
        points = np.isfinite(values).astype(np.int32)
        view = measured(replace(flat, deviations_mm=values, points=points))
        drawn(measurement_figure(told(view)))


def test_facts_name_the_unit_of_the_file_and_the_scatter() -> None:
    facts = scan_facts(plate(unit="um", profile="line-2"), "en")
    assert {"file in um", "scatter 4.00 µm", "profile line-2", "rules severity.toml"} <= set(facts)


def test_another_language_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        measurement_figure(plate(), "de")
