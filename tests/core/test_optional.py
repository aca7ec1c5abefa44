"""A missing optional package is named together with the pip line that brings it."""

import json

import pytest

from faultlens.core.errors import MissingPackageError
from faultlens.core.optional import optional_import


def test_an_installed_package_is_imported() -> None:
    assert optional_import("json", extra="formats") is json
    assert optional_import("json.decoder", extra="formats").JSONDecoder is json.JSONDecoder


def test_a_missing_package_gives_the_pip_line_and_exit_code_4() -> None:
    with pytest.raises(MissingPackageError) as caught:
        optional_import("no_such_package.deep", extra="formats")
    assert str(caught.value) == (
        "This needs the package 'no_such_package'. "
        "Install it with: pip install 'faultlens[formats]'"
    )
    assert caught.value.exit_code == 4
