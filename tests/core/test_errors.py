"""An error says what was given, what is allowed and what to do, and knows its exit code."""

import pytest

from faultlens.core import errors
from faultlens.core.errors import FaultlensError, UnknownNameError


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [
        ("FaultlensError", 1),
        ("UsageError", 2),
        ("UnknownNameError", 2),
        ("DuplicateNameError", 2),
        ("InputError", 3),
        ("UnreadableFileError", 3),
        ("TooLargeError", 3),
        ("UnreachableUrlError", 3),
        ("MissingMetadataError", 3),
        ("UnusableSignalError", 3),
        ("BundleError", 3),
        ("ServiceError", 3),
        ("UnreachableServiceError", 3),
        ("MissingPackageError", 4),
    ],
)
def test_every_error_has_the_exit_code_of_the_contract(name: str, exit_code: int) -> None:
    error = getattr(errors, name)
    assert issubclass(error, FaultlensError)
    assert error.exit_code == exit_code


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    ours = [x for x in vars(errors).values() if getattr(x, "__module__", "") == errors.__name__]
    assert [x.__name__ for x in ours if x.__name__ not in (errors.__doc__ or "")] == []


def test_an_unknown_name_lists_the_nearest_and_the_known_ones() -> None:
    error = UnknownNameError("bearing", "6250", ["6205", "6203", "NU205"], advice="Pass one.")
    assert str(error) == (
        "Unknown bearing '6250'. Nearest: 6205, 6203. Known: 6203, 6205, NU205. Pass one."
    )
    assert error.given == "6250"
    assert error.known == ("6203", "6205", "NU205")


def test_an_unknown_name_with_no_neighbour_says_only_what_is_known() -> None:
    assert str(UnknownNameError("sink", "zzz", ["mqtt"])) == "Unknown sink 'zzz'. Known: mqtt."
    assert str(UnknownNameError("sink", "zzz", [])) == "Unknown sink 'zzz'. Known: none."
