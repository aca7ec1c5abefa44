"""Trouble is said once a minute a kind, and a clock that jumps back is said."""

from faultlens.core.notice import Notice
from faultlens.line.frame import Trouble
from faultlens.line.pipeline.troubles import Troubles
from tests.line.pipeline.stand_ins import BEGIN, frame


def test_a_camera_that_sends_garbage_does_not_flood_the_store() -> None:
    troubles = Troubles()
    told = []
    for n in range(3000):
        notice = Notice(f"Frame {n} is torn after {n * 7} bytes.", f"第 {n} 帧损坏。")
        told += troubles.told(Trouble("camera", BEGIN, notice), now_s=n / 30)
    assert len(told) == 2
    assert "1799 more like it in the last 60 s" in told[1].en
    assert "1799" in told[1].zh


def test_each_source_and_each_kind_is_said() -> None:
    troubles = Troubles()
    sent = [("a", "Lost."), ("b", "Lost."), ("a", "Found."), ("a", "Lost.")]
    told = [x for s, en in sent for x in troubles.told(Trouble(s, BEGIN, Notice(en, "无")), 0.0)]
    assert [(x.source, x.en) for x in told] == [("a", "Lost."), ("b", "Lost."), ("a", "Found.")]


def test_a_clock_that_jumps_back_is_said_per_channel() -> None:
    troubles = Troubles()
    assert troubles.clock(frame("1", seconds=100, channel="x"), 0.0) == []
    assert troubles.clock(frame("2", seconds=0, channel="y"), 0.0) == []
    assert troubles.clock(frame("3", seconds=99.5, channel="x"), 0.0) == []
    (event,) = troubles.clock(frame("4", seconds=-3500.5, channel="x"), 0.0)
    assert "jumped back by 3600 s" in event.en
    assert "3600" in event.zh
    assert troubles.clock(frame("5", seconds=-3500.4, channel="x"), 0.0) == []
