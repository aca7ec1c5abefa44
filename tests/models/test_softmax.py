"""Softmax and its kin say what scipy's say, for one row and for many, -inf included."""

import numpy as np
import pytest
from scipy import special

from faultlens.models.softmax import log_softmax, logsumexp, softmax

ROWS = np.random.default_rng(0).normal(0, 30, (5, 9))


def test_they_agree_with_scipy() -> None:
    assert softmax(ROWS) == pytest.approx(special.softmax(ROWS, axis=1), rel=1e-12)
    assert log_softmax(ROWS) == pytest.approx(special.log_softmax(ROWS, axis=1), rel=1e-12)
    total = special.logsumexp(ROWS, axis=1, keepdims=True)
    assert logsumexp(ROWS) == pytest.approx(total, rel=1e-12)
    assert softmax(ROWS[0]) == pytest.approx(softmax(ROWS)[0])


def test_what_is_ruled_out_has_no_share_and_large_numbers_do_not_overflow() -> None:
    assert softmax(np.array([1e4, -np.inf, 1e4])).tolist() == [0.5, 0.0, 0.5]
    assert log_softmax(np.array([1e4, -1e4])).tolist() == [0.0, -2e4]
