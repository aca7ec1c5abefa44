"""With --lang zh nobody reads an English warning: not in JSON, on the page or in the shell."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.signals.signal import Signal

Run = Callable[..., Any]

ENGLISH_CLAUSE = re.compile(r"[A-Za-z]+(?:[ ,;:'.-]+[A-Za-z]+){3}")
CHINESE = re.compile("[\u4e00-\u9fff]")

EXPECTED = {
    "已读取通道“acc_x”；文件中还有：acc_y。": "several channels",
    "同名元数据文件为 1772，选项为 1500；以同名元数据文件为准。": "the sidecar's speed",
    "bearing 取值不一致：同名元数据文件为 6208，选项为 6205": "the sidecar's bearing",
    "3 个单元格为空或不是数字，首个位于第 52 行": "cells without a number",
    "个采样值中有 3 个": "missing values",
    "信号有削波（限幅）": "clipping",
    "记录长 0.5 s；最慢的故障谱线（保持架，": "a short recording",
    "6208 的几何参数为估计值（n 9，d/D 0.211）": "an estimated bearing",
    "在 21 组可能的参数中采用拟合最好的一组": "the geometry that fitted",
    "信号单位未知，无法计算振动速度": "no unit",
    "报警阈值来自仿真，而非本设备": "no profile",
    "由时间列得出的为 8000 Hz；以时间列为准。": "two rates",
}


@pytest.fixture
def troubled(tmp_path: Path, signal: Callable[..., Signal]) -> Path:
    """A recording with as many faults of its own as one file can have."""
    # Smooth enough to stand at the end of the range for several samples, as a clipped one does.
    samples = np.convolve(signal("outer").samples[:4000], np.ones(8) / 8, "same")
    clipped = np.clip(samples, *np.quantile(samples, [0.1, 0.9]))
    rows = [f"{i / 8000:.6f},{x:.6f},{-x:.6f}" for i, x in enumerate(clipped)]
    for i in (49, 50, 51):
        rows[i] = f"{i / 8000:.6f},,0.1"
    path = tmp_path / "泵 7.csv"
    lines = ["# sample rate: 9000", "time (s),acc_x,acc_y", *rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.with_suffix(".toml").write_text('shaft_rpm = 1772\nbearing = "6208"\n', encoding="utf-8")
    return path


OPTIONS = ("--rpm", 1500, "--bearing", "6205", "--lang", "zh")


def test_the_json_warns_of_everything_in_chinese(run: Run, troubled: Path) -> None:
    said = run("diagnose", troubled, *OPTIONS, "--json")
    assert said.code == 0, said.err
    warnings = json.loads(said.out)["warnings"]
    for words, why in EXPECTED.items():
        assert any(words in x for x in warnings), (why, warnings)
    assert len(warnings) == len(EXPECTED)
    for warning in warnings:
        assert CHINESE.search(warning) and not ENGLISH_CLAUSE.search(warning), warning


def test_page_and_shell_show_the_same_in_chinese(run: Run, troubled: Path, tmp_path: Path) -> None:
    said = run("diagnose", troubled, *OPTIONS, "--out", tmp_path / "out")
    shell = "".join(said.out.split())
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    block = re.search(r'<div class="warnings">(.*?)</div>', page, re.DOTALL)
    assert block is not None
    listed = html.unescape(re.sub("<[^>]+>", "\n", block[1]))
    for words, why in EXPECTED.items():
        assert words in listed, why
        assert "".join(words.split()) in shell, why
    assert not ENGLISH_CLAUSE.search(listed)
    # The path of the report is the user's own.
    told = said.out.partition("Report:")[0]
    assert not ENGLISH_CLAUSE.search(told), told


def test_the_same_file_is_warned_of_in_english_as_often(run: Run, troubled: Path) -> None:
    said = run("diagnose", troubled, *OPTIONS[:-1], "en", "--json")
    warnings = json.loads(said.out)["warnings"]
    assert len(warnings) == len(EXPECTED)
    assert not any(CHINESE.search(x) for x in warnings)


def test_the_machine_group_is_chinese_for_readers_and_a_key_in_the_json(
    run: Run, troubled: Path, tmp_path: Path
) -> None:
    troubled.with_suffix(".toml").write_text('shaft_rpm = 1772\nbearing = "6205"\nunit = "g"\n')
    shown = run("diagnose", troubled, "--lang", "zh", "--out", tmp_path / "out").out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "第 2 组刚性支承" in shown and "第 2 组刚性支承" in page
    table = json.loads(run("diagnose", troubled, "--lang", "zh", "--json").out)
    assert table["severity"]["machine_group"] == "group 2 rigid"
    assert any("第 2 组刚性支承评定。可选：第 1 组刚性支承（group 1 rigid）、" in x
               for x in table["warnings"])  # fmt: skip


def test_many_files_with_warnings_of_their_own_are_said_in_chinese(
    run: Run, troubled: Path, tmp_path: Path
) -> None:
    other = tmp_path / "b.csv"
    other.write_text(troubled.read_text(encoding="utf-8").replace("acc_y", "acc_z"))
    said = run("diagnose", troubled, other, *OPTIONS)
    assert "2 个文件中有 2 个另有各自的注意事项，见 --json。" in said.out
    assert not ENGLISH_CLAUSE.search(said.out)
