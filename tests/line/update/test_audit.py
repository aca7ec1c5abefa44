"""Passed frames are drawn for a person at the rate that was asked for, and the same ones again."""

from datetime import UTC, datetime

import numpy as np

from faultlens.images.image import Image
from faultlens.line.configuration.line_config import AuditConfig
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.update.audit import audit_of, is_drawn

PICTURE = Image(np.zeros((4, 4), np.uint8))
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def judged(number: int, *, alarm: bool = False, error: str = "") -> Judged:
    frame = Frame(f"f{number}", "top", NOW, PICTURE)
    return Judged(frame, "no defect", alarm, 0.1, 0.9, "m@1", {}, error=error)


def test_the_share_that_was_asked_for_is_drawn() -> None:
    config = AuditConfig(share=0.02)
    drawn = sum(is_drawn(config, "press", judged(x)) for x in range(20_000))
    # Four standard deviations of 20,000 draws at 2 %.
    assert abs(drawn - 400) < 4 * (20_000 * 0.02 * 0.98) ** 0.5


def test_a_frame_that_comes_again_is_drawn_again() -> None:
    config = AuditConfig(share=0.5)
    once = [is_drawn(config, "press", judged(x)) for x in range(100)]
    assert once == [is_drawn(config, "press", judged(x)) for x in range(100)]
    other = AuditConfig(share=0.5, seed=1)
    assert once != [is_drawn(other, "press", judged(x)) for x in range(100)]


def test_only_passed_frames_are_drawn() -> None:
    config = AuditConfig(share=1.0)
    assert audit_of(config, "press", judged(1, alarm=True)) is None
    assert audit_of(config, "press", judged(1, error="too dark")) is None
    record = audit_of(config, "press", judged(1))
    assert record is not None and (record.frame, record.probability) == ("f1", 1.0)
    assert audit_of(AuditConfig(share=0.0), "press", judged(1)) is None
