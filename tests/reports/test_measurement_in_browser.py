"""The view that turns, in Chromium: it draws, turns, reads out sizes, and needs no network."""

import io
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.reports.measurement_page import measurement_entry, write_measurement_page
from faultlens.reports.measurement_words import measurement_sentence
from tests.chromium import chromium
from tests.reports.measured_scans import carved, measured, sheet

__all__ = ["chromium"]

PICTURE = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
  () => done(document.querySelector("canvas").toDataURL()))))"""
NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
};"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of one scan with a deep dent in its middle, and colours."""
    flat, dent = carved(sheet(80, 60, 0.5), 0.0, 0.0, -1.5, 16.0)
    colours = np.full((60, 80, 3), (20, 160, 60), np.uint8)
    view = measured(replace(flat, colours=colours), (("dent", dent),))
    view = replace(view, sentence=measurement_sentence(view))
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_measurement_page(path, [measurement_entry(view)], title="Line 3")
    return path


class Opened:
    """The page in a window, with all that it complained of and asked for."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.troubles: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._heard)
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("figure[data-drawn-by]")
        self.canvas = page.locator("canvas")

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "GPU stall" not in message.text:
            self.troubles.append(message.text)

    def picture(self) -> np.ndarray:
        """What the canvas shows, (row, column, red green blue)."""
        told = self.page.evaluate(PICTURE)
        drawn = Image.open(io.BytesIO(b64decode(told.partition(",")[2])))
        return np.asarray(drawn.convert("RGBA"))


def looked_at(chromium: Any, report: Path, before: str = "") -> Iterator[Opened]:
    """The page open in a small window, after a script where one is given."""
    context = chromium.new_context(viewport={"width": 720, "height": 560})
    page = context.new_page()
    if before:
        page.add_init_script(before)
    try:
        yield Opened(page, report)
    finally:
        context.close()


@pytest.fixture
def opened(chromium: Any, report: Path) -> Iterator[Opened]:
    """As most browsers show it."""
    yield from looked_at(chromium, report)


@pytest.fixture
def plain(chromium: Any, report: Path) -> Iterator[Opened]:
    """As a browser without WebGL shows it."""
    yield from looked_at(chromium, report, NO_WEBGL)


def shares(picture: np.ndarray) -> dict[str, float]:
    """Which share of the canvas is drawn on, and of that which is blue, and which is green."""
    body = picture[:, : int(0.86 * picture.shape[1])]
    solid = body[..., 3] > 250
    red, green, blue = (body[..., x].astype(int)[solid] for x in range(3))
    return {
        "drawn": float(solid.mean()),
        "blue": float((blue > red + 60).mean()),
        "green": float(((green > red + 40) & (green > blue + 40)).mean()),
    }


def test_the_scan_is_drawn_in_colours_of_its_deviations(opened: Opened) -> None:
    assert opened.page.locator("figure").get_attribute("data-drawn-by") == "webgl"
    seen = shares(opened.picture())
    assert seen["drawn"] > 0.25
    assert 0.02 < seen["blue"] < 0.5 and seen["green"] < 0.01
    assert opened.troubles == []
    assert [x for x in opened.asked if not x.startswith(("file:", "data:"))] == []


def test_without_webgl_the_same_is_drawn_in_dots(opened: Opened, plain: Opened) -> None:
    assert plain.page.locator("figure").get_attribute("data-drawn-by") == "canvas"
    drawn, dotted = opened.picture(), plain.picture()
    for name, share in shares(drawn).items():
        assert shares(dotted)[name] == pytest.approx(share, abs=0.03)
    # Edges of dots and of triangles differ, the body does not.
    both = (drawn[..., 3] > 250) & (dotted[..., 3] > 250)
    assert np.median(np.abs(drawn[both].astype(int) - dotted[both]), axis=0).max() < 12
    assert plain.troubles == []


def test_dragging_keys_and_buttons_turn_it_and_reset_brings_it_back(opened: Opened) -> None:
    first = opened.picture()
    box = opened.canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x + 90, y + 30, steps=3)
    opened.page.mouse.up()
    opened.page.mouse.move(5, 5)
    dragged = opened.picture()
    assert (dragged != first).any(axis=2).mean() > 0.05
    opened.page.get_by_role("button", name="Reset").click()
    assert (opened.picture() != first).any(axis=2).mean() < 0.002
    opened.canvas.focus()
    for key in ("ArrowRight", "ArrowUp", "+"):
        opened.page.keyboard.press(key)
    assert (opened.picture() != first).any(axis=2).mean() > 0.05
    opened.page.keyboard.press("Home")
    assert (opened.picture() != first).any(axis=2).mean() < 0.002
    opened.page.get_by_role("button", name="From above").click()
    assert (opened.picture() != first).any(axis=2).mean() > 0.05


def test_the_place_under_the_pointer_is_read_out(opened: Opened) -> None:
    opened.page.get_by_role("button", name="From above").click()
    opened.picture()
    box = opened.canvas.bounding_box()
    # The middle of the scan lies left of that of the canvas, which keeps room for the colours.
    opened.page.mouse.move(box["x"] + (box["width"] - 84) / 2, box["y"] + box["height"] / 2)
    opened.page.wait_for_selector("output:not(:empty)")
    told = opened.page.locator("output").inner_text()
    u, v, w = (float(x.replace("−", "-").split()[1]) for x in told.split(" · "))
    assert abs(u) < 2 and abs(v) < 2 and w == pytest.approx(-1.5, abs=0.15)
    opened.page.mouse.move(2, 2)
    opened.page.wait_for_selector("output:empty", state="attached")


def test_sliders_change_heights_and_colours_and_the_photograph_covers_them(opened: Opened) -> None:
    first = opened.picture()
    set_to = "(box, value) => { box.value = value; box.dispatchEvent(new Event('input')); }"
    times = opened.page.locator("[data-control=times]")
    times.evaluate(set_to, 900)
    higher = opened.picture()
    assert (higher != first).any(axis=2).mean() > 0.02
    opened.page.locator("[data-control=limit]").evaluate(set_to, 0)
    assert shares(opened.picture())["blue"] > 1.3 * shares(higher)["blue"]
    assert "mm" in opened.page.locator("label:has([data-control=limit]) b").inner_text()
    opened.page.locator("[data-control=photo]").check()
    photographed = shares(opened.picture())
    assert photographed["green"] > 0.9 and photographed["blue"] < 0.05


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
        {"viewport": {"width": 380, "height": 800}, "device_scale_factor": 2, "has_touch": True},
    ],
)
def test_light_dark_and_narrow(
    chromium: Any, report: Path, tmp_path: Path, look: dict[str, Any]
) -> None:
    context = chromium.new_context(**look)
    try:
        opened = Opened(context.new_page(), report)
        page = opened.page
        wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1]
        page.screenshot(path=tmp_path / "page.png")
        corner = np.asarray(Image.open(tmp_path / "page.png").convert("L"))[3, 3]
        assert corner < 40 if look.get("color_scheme") else corner > 240
        assert opened.troubles == [] and shares(opened.picture())["drawn"] > 0.05
    finally:
        context.close()


def test_without_a_script_the_page_shows_all_the_rest(chromium: Any, report: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(report.as_uri())
        assert not page.locator("canvas").is_visible()
        assert page.locator("img").first.is_visible()
        assert "1.500 ± 0.008" in page.locator("table.sizes").inner_text()
    finally:
        context.close()
