"""Settings come from the environment; a wrong one stops the start and says what is allowed."""

from dataclasses import fields
from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.meanings import meanings
from faultlens.service.settings import (
    CHOICES,
    FOLDERS,
    PREFIX,
    RANGES,
    ServiceSettings,
    settings_from,
)  # fmt: skip


def test_an_empty_environment_gives_the_defaults_on_loopback() -> None:
    settings = settings_from({"PATH": "/bin", "HOME": "/"})
    assert settings == ServiceSettings()
    assert settings.host == "127.0.0.1"
    assert settings.cors_origins == ""
    assert not settings.allow_urls


def test_each_setting_is_a_variable_of_its_name(tmp_path: Path) -> None:
    other = {bool: "true", int: "7", float: "0.5"}
    special = {
        "port": "81", "host": "0.0.0.0", "device": "CUDA", "log_level": "Debug",
        "cors_origins": "https://a.example, http://[::1]:81", "root_path": "/lens",
        "models_dir": str(tmp_path), "profiles_dir": str(tmp_path), "docs": "no",
        "work_memory_mb": "900",
    }  # fmt: skip
    given = {
        f"{PREFIX}{x.name.upper()}": special.get(x.name, other.get(type(x.default), "word"))
        for x in fields(ServiceSettings)
    }
    settings = settings_from(given)
    for each in fields(ServiceSettings):
        value = getattr(settings, each.name)
        assert value != each.default, each.name
        assert type(value) is type(each.default)
    assert settings.device == "cuda"
    assert settings.log_level == "debug"
    assert settings.origins == ("https://a.example", "http://[::1]:81")
    assert settings.max_body_bytes == 500_000
    assert settings.match_reference == "word"


def test_an_empty_value_is_the_default_as_compose_files_leave_it() -> None:
    assert settings_from({"FAULTLENS_PORT": "", "FAULTLENS_DEVICE": " "}) == ServiceSettings()


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("PORT", "many", "'many'; it must be a whole number"),
        ("PORT", "8000.5", "must be a whole number"),
        ("PORT", "70000", "70000; it must be a number from 0 to 65,535"),
        ("PORT", "-1", "must be a number from 0"),
        ("QUEUE_WAIT_S", "soon", "must be a number"),
        ("QUEUE_WAIT_S", "0", "from 0.01"),
        ("QUEUE_WAIT_S", "nan", "from 0.01"),
        ("TIMEOUT_S", "inf", "from 0.1"),
        ("QUEUE_SIZE", "0", "from 1"),
        ("BATCH_SIZE", "0", "from 1"),
        ("MAX_BODY_MB", "0", "from 0.001"),
        ("REQUESTS_PER_MINUTE", "-1", "from 0"),
        ("ALLOW_URLS", "maybe", "'maybe'; it must be true or false"),
        ("DEVICE", "gpu", "'gpu'; it must be one of cpu, cuda, tensorrt, openvino"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("MODELS_DIR", "/no/such", "'/no/such'; it must be a folder"),
        ("PROFILES_DIR", "/no/such", "must be a folder"),
        ("CORS_ORIGINS", "plant.example", "'plant.example'; it must be an origin"),
        ("CORS_ORIGINS", "https://plant.example/", "must be an origin"),
        ("CORS_ORIGINS", "https://a.example,null", "'null'; it must be an origin"),
        ("CORS_ORIGINS", "*,https://a.example", "'\\*' alone"),
        ("ROOT_PATH", "lens", "a path without an end"),
        ("ROOT_PATH", "/lens/", "a path without an end"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(variable: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"^FAULTLENS_{variable} is .*{words}"):
        settings_from({f"FAULTLENS_{variable}": text})


def test_a_record_made_in_python_is_checked_alike() -> None:
    with pytest.raises(UsageError, match="FAULTLENS_PORT is -1"):
        ServiceSettings(port=-1)
    with pytest.raises(UsageError, match="FAULTLENS_HOST is ''"):
        ServiceSettings(host="")


def test_a_letter_too_few_does_not_leave_the_service_open() -> None:
    with pytest.raises(UnknownNameError, match="Nearest: FAULTLENS_API_KEYS_FILE"):
        settings_from({"FAULTLENS_API_KEY_FILE": "/etc/keys.toml"})
    with pytest.raises(UnknownNameError, match="FAULTLENS_port"):
        settings_from({"FAULTLENS_port": "81"})


def test_variables_of_other_rooms_and_of_kubernetes_pass() -> None:
    theirs = {
        "FAULTLENS_CACHE": "/tmp", "FAULTLENS_BEARINGS": "x.toml", "FAULTLENS_URL": "http://x",
        "FAULTLENS_API_KEY": "fl_x", "FAULTLENS_PORT": "tcp://10.0.0.1:8000",
        "FAULTLENS_PORT_8000_TCP_ADDR": "10.0.0.1", "FAULTLENS_SERVICE_HOST": "10.0.0.1",
        "FAULTLENS_SERVICE_PORT_HTTP": "8000",
    }  # fmt: skip
    assert settings_from(theirs) == ServiceSettings()


def test_each_setting_is_told_and_each_number_has_a_range() -> None:
    told = meanings(ServiceSettings)
    for each in fields(ServiceSettings):
        assert told[each.name].endswith(".")
        numeric = type(each.default) in (int, float)
        assert (each.name in RANGES) == numeric, each.name
    assert {*CHOICES, *RANGES, *FOLDERS} <= set(told)
