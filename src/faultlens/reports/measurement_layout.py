"""Where each panel of the sheet of a measured scan goes: by the proportions of its map."""

from dataclasses import dataclass

from faultlens.reports.inspection_bars import ROW_IN, findings_height_in

WIDTH_IN = 10.0
MARGIN_IN = 0.3

AXIS_IN = 0.5
"""Room left of a panel for the numbers of its axis."""

SCALE_IN = 1.12
"""Room right of the map for its colours and how often each occurs."""

TITLE_IN = 0.4
"""Room above a panel: its title, and under it the unit of its axis."""

SCORES_UP_IN = 0.325
"""How far the findings begin above a panel beside them, so that both titles stand on one line."""

FOOT_IN = 0.45
"""Room under a panel for the numbers of its axis and their name."""

WIDE_FROM, TALL_BELOW = 2.0, 0.7
"""Width over height from which the map takes all of the sheet, and below which all else stands
beside it."""

STRETCHED_BEYOND = 12.0
"""Proportion from which a map is stretched across, so that a long strip can be seen at all."""

TALLEST_IN, TALL_IN, LEAST_SCALE_IN = 3.7, 5.1, 1.2
BARS, ROWS, CONDITIONS = 7, 12, 3
"""Findings, defects and conditions that are shown at most; the page lists all."""

TABLE_ROW_IN = 0.225

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height, inches."""

Column = tuple[float, float, float]
"""Left end, top and width, inches."""


@dataclass(frozen=True)
class MeasurementNeeds:
    """What there is to show.

    Args:
        aspect: width over height of the map.
        top_in: foot of the header.
        findings: sentences that were asked for.
        defects: defects that were found.
        conditions: conditions of the verdict.
        note_lines: lines of small print.
    """

    aspect: float
    top_in: float
    findings: int
    defects: int
    conditions: int
    note_lines: int

    @property
    def bars(self) -> int:
        """Findings that get a bar."""
        return min(self.findings, BARS)

    @property
    def rows(self) -> int:
        """Defects that get a row."""
        return min(self.defects, ROWS)

    @property
    def scores_in(self) -> float:
        """Height of the findings, and of the conditions under them."""
        more = 0.25 if self.findings > self.bars else 0.0
        told = min(self.conditions, CONDITIONS)
        return findings_height_in(self.bars) + more + (0.45 + told * ROW_IN if told else 0.0)

    @property
    def table_in(self) -> float:
        """Height of the table of sizes with its notes."""
        lines = self.rows + 1 + (self.defects > self.rows)
        return 0.3 + lines * TABLE_ROW_IN + (0.3 if self.defects else 0.0)


@dataclass(frozen=True)
class MeasurementLayout:
    """The places of the panels.

    Args:
        height_in: height of the sheet.
        map: the map itself, without its axis.
        solid: the view in space.
        section: the section itself, without its axis.
        scores: the findings.
        conditions: the conditions.
        table: the table of sizes.
        notes_in: top of the small print.
    """

    height_in: float
    map: Rectangle
    solid: Rectangle
    section: Rectangle
    scores: Column
    conditions: Column
    table: Column
    notes_in: float


def measurement_layout(needs: MeasurementNeeds) -> MeasurementLayout:
    """Place the panels of one sheet.

    Args:
        needs: what there is to show.

    Example:
        >>> layout = measurement_layout(MeasurementNeeds(1.5, 1.2, 4, 2, 0, 1))
        >>> layout.solid[0] > layout.map[0] + layout.map[2], layout.section[1] > layout.map[1]
        (True, True)
    """
    drawn = min(max(needs.aspect, 1 / STRETCHED_BEYOND), STRETCHED_BEYOND)
    if drawn >= WIDE_FROM:
        return _wide(needs, drawn)
    return (_tall if drawn < TALL_BELOW else _square)(needs, drawn)


def _square(needs: MeasurementNeeds, aspect: float) -> MeasurementLayout:
    """Map and view in space side by side, section and findings under them."""
    top = needs.top_in + TITLE_IN
    left = MARGIN_IN + AXIS_IN
    width = min(4.55, TALLEST_IN * aspect)
    area = (left, top, width, width / aspect)
    beside = left + width + SCALE_IN + 0.2
    right = WIDTH_IN - MARGIN_IN
    solid = (beside, top - 0.1, right - beside, area[3] + 0.3)
    second = top + area[3] + FOOT_IN + TITLE_IN
    section = (left, second, 5.15, max(1.75, needs.scores_in - TITLE_IN - FOOT_IN + 0.1))
    scores = (right - 3.1, second - SCORES_UP_IN, 3.1)
    foot = max(section[1] + section[3] + FOOT_IN, scores[1] + needs.scores_in)
    return _finished(needs, area, solid, section, scores, foot)


def _wide(needs: MeasurementNeeds, aspect: float) -> MeasurementLayout:
    """The map over all of the sheet; section, view in space and findings under it."""
    top = needs.top_in + TITLE_IN
    left, right = MARGIN_IN + AXIS_IN, WIDTH_IN - MARGIN_IN
    width = right - left - SCALE_IN
    area = (left, top, width, width / aspect)
    second = top + max(area[3], LEAST_SCALE_IN) + FOOT_IN + TITLE_IN
    height = max(1.9, needs.scores_in - TITLE_IN - FOOT_IN + 0.1)
    section = (left, second, 3.2, height)
    solid = (section[0] + section[2] + 0.2, second - 0.1, 3.1, height + 0.4)
    scores = (right - 2.25, second - SCORES_UP_IN, 2.25)
    foot = max(second + height + FOOT_IN, scores[1] + needs.scores_in)
    return _finished(needs, area, solid, section, scores, foot)


def _tall(needs: MeasurementNeeds, aspect: float) -> MeasurementLayout:
    """The map on the left; view in space, section and findings beside it."""
    top = needs.top_in + TITLE_IN
    left, right = MARGIN_IN + AXIS_IN, WIDTH_IN - MARGIN_IN
    width = TALL_IN * aspect
    area = (left, top, width, TALL_IN)
    beside = left + width + SCALE_IN + 0.15
    solid = (beside, top - 0.1, (right - beside) * 0.52, 2.45)
    scores = (beside + (right - beside) * 0.57, top - SCORES_UP_IN, (right - beside) * 0.43)
    second = max(solid[1] + solid[3], scores[1] + needs.scores_in) + 0.1 + TITLE_IN
    # Down to the foot of the map, where so much room is left.
    height = max(top + TALL_IN - second, 1.5)
    section = (beside + AXIS_IN, second, right - beside - AXIS_IN, height)
    foot = max(top + TALL_IN, second + height) + FOOT_IN
    return _finished(needs, area, solid, section, scores, foot)


def _finished(
    needs: MeasurementNeeds,
    area: Rectangle,
    solid: Rectangle,
    section: Rectangle,
    scores: Column,
    foot: float,
) -> MeasurementLayout:
    conditions = (scores[0], scores[1] + findings_height_in(needs.bars) + 0.15, scores[2])
    if needs.findings > needs.bars:
        conditions = (conditions[0], conditions[1] + 0.25, conditions[2])
    table = (MARGIN_IN, foot + 0.15, WIDTH_IN - 2 * MARGIN_IN)
    notes = table[1] + needs.table_in
    height = notes + 0.14 * needs.note_lines + 0.56
    return MeasurementLayout(height, area, solid, section, scores, conditions, table, notes)
