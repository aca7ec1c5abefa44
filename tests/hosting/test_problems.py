"""Each error of the house becomes a problem whose status says whose fault it is."""

import inspect

import pytest

from faultlens.core import errors
from faultlens.core.errors import FaultlensError
from faultlens.hosting.naming import as_the_client_says
from faultlens.hosting.problems import problem_of
from faultlens.hosting.task import Task

EXPECTED = {
    "UsageError": (422, "invalid-options"),
    "UnknownNameError": (422, "unknown-name"),
    "InputError": (422, "unreadable-file"),
    "UnreadableFileError": (422, "unreadable-file"),
    "TooLargeError": (413, "too-large"),
    "UnreachableUrlError": (422, "unreachable-url"),
    "MissingMetadataError": (422, "missing-metadata"),
    "UnusableSignalError": (422, "unusable-signal"),
    "MissingPackageError": (415, "unsupported-format"),
    "BundleError": (500, "our-fault"),
    "FaultlensError": (500, "our-fault"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_class_has_its_problem(name: str) -> None:
    kind = getattr(errors, name)
    error = kind("channel", "FE", ["DE"]) if name == "UnknownNameError" else kind("what to do")
    problem = problem_of(error)
    assert (problem.status, problem.slug) == EXPECTED[name]
    if problem.status < 500:
        assert problem.detail == str(error)


def test_no_error_of_the_house_is_without_a_problem() -> None:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, FaultlensError):
            assert any(x.__name__ in EXPECTED for x in kind.__mro__)


def test_messages_call_a_file_as_its_sender_does() -> None:
    task = Task("diagnose", "/tmp/up/4fd0c1ab77.mat", "Pumpe 7.mat")
    said = "/tmp/up/4fd0c1ab77.mat is damaged. Rename it to 4fd0c1ab77.csv."
    assert as_the_client_says(said, task) == "Pumpe 7.mat is damaged. Rename it to Pumpe 7.csv."
    short = Task("diagnose", "a.csv", "b.csv")
    assert as_the_client_says("a channel of a.csv", short) == "a channel of a.csv"
