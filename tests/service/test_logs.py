"""Each line of the log is one JSON object, whatever is in it; settings choose how much there is."""

import io
import json
import logging
import subprocess
import sys

import pytest

from faultlens.service.facts import new_facts
from faultlens.service.logs import LONGEST_LETTERS, json_logs


def lines(page: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(x) for x in page.getvalue().splitlines()]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_nobody_adds_a_line_to_the_log_by_what_he_sends(end: str) -> None:
    forged = f'x{end}{{"level": "error", "message": "forged"}}'
    page = io.StringIO()
    with json_logs("info", page):
        logging.getLogger("faultlens.a").info("given: %s", forged, extra={"label": forged})
    assert len(page.getvalue().splitlines()) == 1
    assert lines(page)[0]["message"] == f"given: {forged}"
    assert lines(page)[0]["label"] == forged


def test_a_line_says_when_who_what_and_of_which_request() -> None:
    page = io.StringIO()
    with json_logs("info", page), new_facts(b"order-66"):
        logging.getLogger("faultlens.a").warning("Hot: %d", 90, extra={"worker": 7})
    line = lines(page)[0]
    assert str(line.pop("time")).endswith("+00:00")
    assert line == {
        "level": "warning", "logger": "faultlens.a", "message": "Hot: 90",
        "request_id": "order-66", "worker": 7,
    }  # fmt: skip


def test_a_trace_stands_in_its_line_and_keeps_its_end() -> None:
    page = io.StringIO()
    with json_logs("info", page):
        try:
            raise ValueError("deep" * LONGEST_LETTERS + "end")
        except ValueError:
            logging.getLogger("faultlens.a").exception("It broke")
        logging.getLogger("faultlens.a").info("x" * 10 * LONGEST_LETTERS)
    trace, long = lines(page)
    assert str(trace["trace"]).endswith("deepend")
    assert len(str(trace["trace"])) == LONGEST_LETTERS
    assert len(str(long["message"])) == LONGEST_LETTERS


def test_what_is_no_json_value_is_told_in_words() -> None:
    page = io.StringIO()
    with json_logs("info", page):
        logging.getLogger("faultlens.a").info("x", extra={"kind": {1}, "raw": b"\xff"})
    assert lines(page)[0]["kind"] == "{1}"


def test_the_level_chooses_and_uvicorn_speaks_json_too_but_not_its_access_lines() -> None:
    page = io.StringIO()
    with json_logs("warning", page):
        for name in ("faultlens.a", "uvicorn", "uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).info("low")
            logging.getLogger(name).error("high")
    assert [(x["logger"], x["message"]) for x in lines(page)] == [
        ("faultlens.a", "high"), ("uvicorn", "high"), ("uvicorn.error", "high"),
    ]  # fmt: skip


def test_uvicorn_under_its_own_settings_says_everything_once_and_access_lines_never() -> None:
    code = """
import logging, logging.config, sys
from uvicorn.config import LOGGING_CONFIG
logging.config.dictConfig(LOGGING_CONFIG)
from faultlens.service.logs import json_logs
with json_logs("info", sys.stderr):
    assert not logging.getLogger("uvicorn.access").hasHandlers()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "faultlens"):
        logging.getLogger(name).warning("told by %s", name)
logging.getLogger("uvicorn.error").warning("after")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second, third, after = run.stderr.splitlines()
    told = [json.loads(x)["message"] for x in (first, second, third)]
    assert told == ["told by uvicorn", "told by uvicorn.error", "told by faultlens"]
    assert "after" in after


def test_what_was_set_before_is_back_afterwards() -> None:
    logger = logging.getLogger("faultlens")
    before = (logger.handlers, logger.level, logger.propagate)
    with pytest.raises(RuntimeError), json_logs("debug", io.StringIO()):
        raise RuntimeError
    assert (logger.handlers, logger.level, logger.propagate) == before
