"""A plan says what a host is to do, and reaches a worker as it was made."""

import json
from typing import Any

import pytest

from faultlens.core.errors import UsageError
from faultlens.hosting.plan import HostPlan, usable_cores


def test_a_plan_reaches_a_worker_as_it_was_made() -> None:
    made = HostPlan(models_dir="/srv/models", batch_size=3, command=("python", "w.py"))
    assert HostPlan.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_all_workers_together_use_the_cores_and_no_more() -> None:
    assert HostPlan().processes == usable_cores()
    assert HostPlan().threads_each == 1
    assert HostPlan(workers=1).threads_each == usable_cores()
    assert HostPlan(workers=10_000).threads_each == 1
    assert HostPlan(threads=7).threads_each == 7


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ({"queue_size": 0}, "queue_size is 0; it must be 1 or more"),
        ({"workers": -1}, "workers is -1; it must not be negative"),
        ({"timeout_s": 0.0}, "timeout_s is 0.0; it must be positive"),
        ({"queue_wait_s": float("nan")}, "queue_wait_s is nan"),
        ({"models": {"inspect": "builtin/surface"}}, "give one for each of match, inspect"),
    ],
)
def test_bounds_that_bound_nothing_are_refused(bound: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        HostPlan(**bound)
