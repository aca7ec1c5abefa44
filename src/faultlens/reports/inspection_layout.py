"""Where each panel of the sheet of an inspected picture goes: by the picture's proportions."""

from dataclasses import dataclass

from faultlens.reports.inspection_bars import ROW_IN, findings_height_in

WIDTH_IN = 10.0
MARGIN_IN = 0.3
SIDE_IN = 7.3
"""Left end of the column on the right."""

GAP_IN = 0.25
TITLE_IN = 0.2
"""Room of a panel's title, above it."""

UNDER_IN = 0.5
"""Room under a panel for its scale bar or its bar of colours."""

COLOURS_IN = 1.55
"""Least width that the words under the bar of colours need."""

ZOOM_IN, TALL_ZOOM_IN = 2.05, 2.7
"""Side of the enlarged piece; beside a tall picture there is room for more."""

TALLEST_IN, STACKED_TALLEST_IN, TALL_IN = 3.7, 2.6, 4.6
"""Most height of a panel: usually, of two that lie one above the other, of tall pictures."""

WIDE_FROM, STACKED_FROM, TALL_BELOW = 1.35, 2.7, 0.45
"""Width over height from which the panels take all of the sheet and lie one above the other, and
below which everything else stands beside them."""

BARS, ROWS, CONDITIONS = 9, 8, 3
"""Findings, regions and conditions that are shown at most; the page lists all."""

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height, inches."""

Column = tuple[float, float, float]
"""Left end, top and width, inches."""


@dataclass(frozen=True)
class SheetNeeds:
    """What there is to show.

    Args:
        aspect: width over height of the picture.
        top_in: foot of the header.
        has_heat: whether there is a heat map.
        findings: sentences that were asked for.
        regions: regions that were found.
        conditions: conditions of the verdict.
        note_lines: lines of small print.
    """

    aspect: float
    top_in: float
    has_heat: bool
    findings: int
    regions: int
    conditions: int
    note_lines: int

    @property
    def bars(self) -> int:
        """Findings that get a bar."""
        return min(self.findings, BARS)

    @property
    def rows(self) -> int:
        """Regions that get a row."""
        return min(self.regions, ROWS)

    @property
    def table_in(self) -> float:
        """Height of the table of regions."""
        return 0.28 + (self.rows + 1 + (self.regions > self.rows)) * ROW_IN

    @property
    def tables_in(self) -> float:
        """Height of both tables."""
        return self.table_in + (0.5 + self.conditions * ROW_IN if self.conditions else 0.0)


@dataclass(frozen=True)
class SheetLayout:
    """The places of the panels.

    Args:
        height_in: height of the sheet.
        picture: the picture with its outlines.
        heat: the picture with its heat; None where there is none.
        zoom: the enlarged piece; None where there is none.
        findings: the list of findings.
        regions: the table of regions.
        conditions: the conditions.
        notes_in: top of the small print.
        bars: findings that get a bar.
        rows: regions that get a row.
    """

    height_in: float
    picture: Rectangle
    heat: Rectangle | None
    zoom: Rectangle | None
    findings: Column
    regions: Column
    conditions: Column
    notes_in: float
    bars: int
    rows: int


def sheet_layout(needs: SheetNeeds) -> SheetLayout:
    """Place the panels of one sheet.

    Args:
        needs: what there is to show.

    Example:
        >>> layout = sheet_layout(SheetNeeds(4.0, 1.2, True, 4, 2, 0, 1))
        >>> layout.heat[1] > layout.picture[1], layout.picture[2]
        (True, 9.4)
    """
    if needs.aspect >= WIDE_FROM:
        return _wide(needs)
    return _tall(needs) if needs.aspect < TALL_BELOW else _square(needs)


def _square(needs: SheetNeeds) -> SheetLayout:
    """Both panels side by side, tables under them; findings and the enlarged piece on the right."""
    room = SIDE_IN - MARGIN_IN - 0.4
    picture, heat = _side_by_side(needs, room, TALLEST_IN)
    foot = picture[1] + picture[3] + UNDER_IN
    scores = (SIDE_IN, needs.top_in, WIDTH_IN - MARGIN_IN - SIDE_IN)
    side_foot = scores[1] + findings_height_in(needs.bars)
    zoom = None
    if needs.regions:
        zoom = (SIDE_IN, side_foot + 0.1 + TITLE_IN, ZOOM_IN, ZOOM_IN)
        side_foot = zoom[1] + ZOOM_IN + 0.3
    tables = (MARGIN_IN, foot + 0.2, room)
    return _finished(needs, picture, heat, zoom, scores, tables, side_foot)


def _tall(needs: SheetNeeds) -> SheetLayout:
    """Both panels on the left, the enlarged piece and the tables beside them."""
    picture, heat = _side_by_side(needs, SIDE_IN, TALL_IN)
    # A narrow panel keeps the room that the words under it need.
    picture_end = picture[0] + max(picture[2], 0.9)
    if heat is not None:
        heat = (picture_end + GAP_IN, *heat[1:])
    left = picture_end if heat is None else heat[0] + max(heat[2], COLOURS_IN)
    left += GAP_IN
    scores = (SIDE_IN, needs.top_in, WIDTH_IN - MARGIN_IN - SIDE_IN)
    top, zoom = needs.top_in, None
    if needs.regions:
        side = min(TALL_ZOOM_IN, SIDE_IN - 0.4 - left)
        zoom = (left, needs.top_in + TITLE_IN, side, side)
        top = zoom[1] + side + UNDER_IN - 0.1
    tables = (left, top, SIDE_IN - 0.4 - left)
    foot = max(picture[1] + picture[3] + UNDER_IN, scores[1] + findings_height_in(needs.bars))
    return _finished(needs, picture, heat, zoom, scores, tables, foot)


def _wide(needs: SheetNeeds) -> SheetLayout:
    """Both panels over all of the sheet; under them the enlarged piece, tables and findings."""
    room = WIDTH_IN - 2 * MARGIN_IN
    if needs.aspect < STACKED_FROM:
        picture, heat = _side_by_side(needs, room, TALLEST_IN)
        foot = picture[1] + picture[3] + UNDER_IN
    else:
        width = min(room, STACKED_TALLEST_IN * needs.aspect)
        # A strip of no height cannot be seen; a little stretched, it can.
        height = max(width / needs.aspect, 0.3)
        picture = (MARGIN_IN, needs.top_in + TITLE_IN, width, height)
        foot = picture[1] + height + 0.3
        heat = (MARGIN_IN, foot + TITLE_IN, width, height) if needs.has_heat else None
        if heat is not None:
            foot = heat[1] + height + UNDER_IN
    top = foot + 0.2
    scores = (SIDE_IN, top, WIDTH_IN - MARGIN_IN - SIDE_IN)
    left, zoom = MARGIN_IN, None
    if needs.regions:
        zoom = (MARGIN_IN, top + TITLE_IN, ZOOM_IN, ZOOM_IN)
        left += ZOOM_IN + GAP_IN
        foot = zoom[1] + ZOOM_IN + 0.3
    tables = (left, top, SIDE_IN - 0.4 - left)
    return _finished(
        needs, picture, heat, zoom, scores, tables, max(foot, top + findings_height_in(needs.bars))
    )


def _side_by_side(
    needs: SheetNeeds, room: float, tallest: float
) -> tuple[Rectangle, Rectangle | None]:
    across = (room - GAP_IN) / 2 if needs.has_heat else room
    # One panel alone may be larger than one of two.
    tallest = tallest if needs.has_heat else TALL_IN
    width = min(across, tallest * needs.aspect)
    height = min(width / needs.aspect, tallest)
    # The thinnest picture still has a width that can be seen.
    width = max(width, 0.12)
    picture = (MARGIN_IN, needs.top_in + TITLE_IN, width, height)
    if not needs.has_heat:
        return picture, None
    return picture, (MARGIN_IN + width + GAP_IN, *picture[1:])


def _finished(
    needs: SheetNeeds,
    picture: Rectangle,
    heat: Rectangle | None,
    zoom: Rectangle | None,
    scores: Column,
    tables: Column,
    foot: float,
) -> SheetLayout:
    notes_in = max(foot, tables[1] + needs.tables_in) + 0.12
    return SheetLayout(
        height_in=notes_in + 0.14 * needs.note_lines + 0.42,
        picture=picture,
        heat=heat,
        zoom=zoom,
        findings=scores,
        regions=tables,
        conditions=(tables[0], tables[1] + needs.table_in + 0.2, tables[2]),
        notes_in=notes_in,
        bars=needs.bars,
        rows=needs.rows,
    )
