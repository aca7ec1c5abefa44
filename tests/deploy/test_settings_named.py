"""What the files of deploy/ set is a setting: one letter too few would stop the service."""

from dataclasses import fields

import pytest

from faultlens.service.settings import ServiceSettings, settings_from
from tests.deploy.stated import settings_named, text_of, without_comments

FIELDS = {x.name.upper() for x in fields(ServiceSettings)}
ELSEWHERE = {"CACHE", "NAME"}
"""The cache of fetched models, which is no setting of the service; a word that stands for all."""


@pytest.mark.parametrize(
    "name", ["Dockerfile", "compose.yaml", "faultlens.service", "nginx.conf", "healthcheck.py"]
)
def test_every_variable_is_one_that_the_service_knows(name: str) -> None:
    assert settings_named(text_of(name)) - FIELDS - ELSEWHERE == set()


def test_the_image_starts_with_what_it_sets() -> None:
    text = without_comments(text_of("Dockerfile"))
    stated = dict(x.split("=", 1) for x in text.split() if x.startswith("FAULTLENS_"))
    # The two folders are made in the image, and are not on this machine.
    given = {k: v for k, v in stated.items() if not k.endswith("_DIR")}
    settings = settings_from(given)
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    for name in ("FAULTLENS_MODELS_DIR", "FAULTLENS_PROFILES_DIR"):
        assert f" {stated[name]}" in text.replace(f"={stated[name]}", "")
