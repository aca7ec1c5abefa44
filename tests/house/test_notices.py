"""What is warned of is said in English and in Chinese, side by side, with the same numbers."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "faultlens"
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH_CLAUSE = re.compile(r"[A-Za-z]+(?:[ ,;:'.-]+[A-Za-z]+){3}")


@cache
def notices(code: str) -> list[ast.Call]:
    """Every call `Notice(...)` in a module."""
    if "Notice" not in code:
        return []  # to parse each file takes seconds in all
    return [
        node for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and called(node) == "Notice"
    ]  # fmt: skip


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def complaints(code: str) -> list[str]:
    """What is wrong with the notices of one module."""
    found = []
    for call in notices(code):
        texts = dict(zip(("en", "zh"), call.args, strict=False))
        texts |= {x.arg: x.value for x in call.keywords if x.arg}
        if set(texts) != {"en", "zh"}:
            found.append(f"line {call.lineno}: one language only, {', '.join(texts)}")
            continue
        en, zh = literal(texts["en"]), literal(texts["zh"])
        if not en.strip() or CHINESE.search(en):
            found.append(f"line {call.lineno}: no English in '{en}'")
        if not CHINESE.search(zh) or ENGLISH_CLAUSE.search(zh):
            found.append(f"line {call.lineno}: no Chinese in '{zh}'")
        if numbers(texts["en"]) != numbers(texts["zh"]):
            found.append(f"line {call.lineno}: other numbers in '{zh}' than in '{en}'")
    return found


def literal(text: ast.expr) -> str:
    """The letters of a text as they stand in the code; a gap where a value is filled in."""
    if isinstance(text, ast.JoinedStr):
        return "".join(x.value if isinstance(x, ast.Constant) else "{}" for x in text.values)
    return text.value if isinstance(text, ast.Constant) else ""


def numbers(text: ast.expr) -> set[str]:
    """The numbers that are filled in: what stands in a gap with a format."""
    gaps = (x for x in ast.walk(text) if isinstance(x, ast.FormattedValue))
    return {ast.unparse(x.value) for x in gaps if x.format_spec is not None}


def test_every_notice_is_said_in_both_languages_with_the_same_numbers() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    found = {x.relative_to(PACKAGE).as_posix(): complaints(x.read_text("utf-8")) for x in files}
    assert {file: lacks for file, lacks in found.items() if lacks} == {}


def test_there_are_notices_to_look_at() -> None:
    assert sum(len(notices(x.read_text(encoding="utf-8"))) for x in PACKAGE.rglob("*.py")) > 40


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Notice('Cut.')", "one language only"),
        ("Notice(en='Cut.', zh='Cut.')", "no Chinese"),
        ("Notice('Cut.', '信号 the file was cut short。')", "no Chinese"),
        ("Notice('截断。', '截断。')", "no English"),
        ("Notice('Cut.', said)", "no Chinese"),
        ("Notice(f'{a:g} of {b:g}', f'共 {b:g} 个')", "other numbers"),
    ],
)
def test_a_notice_that_lacks_something_is_found(code: str, words: str) -> None:
    assert words in complaints(code)[0]
    assert complaints("Notice(f'Cut at {a:g} s.', zh=f'在 {a:g} s 处截断。')") == []
