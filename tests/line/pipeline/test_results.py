"""A verdict becomes a record of finite numbers and clean letters, whatever a detector says."""

import numpy as np

from faultlens.line.media import Kept
from faultlens.line.pipeline.results import LONGEST_RESULT, clean, plain, result_record
from faultlens.store.records import ResultRecord, decoded, encoded
from tests.line.pipeline.stand_ins import BEGIN, frame, judged


def made(score: float = 0.1, **more: object) -> ResultRecord:
    return result_record(judged(frame(), score, **more), Kept(), shift="", now=BEGIN, latency_s=0.1)


def test_the_record_goes_into_the_journal_and_back() -> None:
    record = made(0.9, embedding=np.float32([0.123456789, 1e-9]), quality={"rms": 1.0})
    assert record.embedding == (0.12346, 0.0)
    assert decoded(*encoded(record)) == record


def test_a_score_that_is_no_number_is_an_error_of_that_frame() -> None:
    record = made(float("nan"), quality={"rms": float("inf"), "mean": 1.0})
    assert "score nan" in record.error
    assert (record.score, record.quality) == (0.0, {"mean": 1.0})
    assert decoded(*encoded(record)) == record


def test_an_embedding_with_nan_is_left_out() -> None:
    assert made(embedding=np.float32([np.nan, 1.0])).embedding is None


def test_json_is_of_plain_values() -> None:
    odd = {"a": np.float64(0.5), "b": (1, float("inf")), "c": "x\0\udc80", 4: {"d": None}}
    assert plain(odd) == {"a": 0.5, "b": [1, None], "c": "x\\udc80", "4": {"d": None}}


def test_a_result_of_megabytes_is_kept_without_its_evidence() -> None:
    findings = [{"label": "scratch", "score": 0.9, "evidence": "x" * LONGEST_RESULT}]
    kept = plain({"verdict": "scratch", "findings": findings, "lines": ["y" * 1000] * 300})
    assert kept == {"verdict": "scratch", "findings": [{"label": "scratch", "score": 0.9}]}


def test_letters_that_are_none_are_written_out() -> None:
    assert clean("外圈 7") == "外圈 7"
    assert clean("a\udcff") == "a\\udcff"
