"""The compose file holds to the schema, to the files beside it, and to what it promises."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faultlens.service.settings import ServiceSettings
from tests.deploy.stated import DEPLOY, table_of

CHECK = Path(sys.executable).parent / "check-jsonschema"
NOT_IN_THE_REPOSITORY = ("./models", "./secrets/")

COMPOSE = table_of("compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def seconds(stated: str) -> float:
    return float(stated.removesuffix("s"))


@pytest.mark.skipif(not CHECK.is_file(), reason="check-jsonschema comes with the extra dev")
def test_the_schema_of_compose_holds() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    run = subprocess.run([CHECK, *schema, DEPLOY / "compose.yaml"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_confined_bounded_and_reached_from_this_machine_alone(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert all(x.startswith("127.0.0.1:") for x in service["ports"])
    assert ":latest" not in service["image"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_mounted_lies_beside_the_file_and_secrets_are_stated(name: str) -> None:
    for each in SERVICES[name].get("volumes", ()):
        source = each.split(":")[0]
        if source.startswith("."):
            known = source.startswith(NOT_IN_THE_REPOSITORY) or (DEPLOY / source).exists()
            assert known, f"{source} is not in deploy/"
        else:
            assert source in COMPOSE["volumes"]
    assert set(SERVICES[name].get("secrets", ())) <= set(COMPOSE["secrets"])


def test_secrets_and_models_are_kept_out_of_the_repository() -> None:
    ignored = (DEPLOY / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/secrets/", "/models/"} <= set(ignored)
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")


def test_it_is_stopped_only_after_the_service_has_had_its_time() -> None:
    settings = ServiceSettings()
    given = seconds(SERVICES["faultlens"]["stop_grace_period"])
    assert given > settings.drain_s + settings.stop_timeout_s + 5


def test_there_are_as_many_workers_as_processors() -> None:
    service = SERVICES["faultlens"]
    assert int(service["environment"]["FAULTLENS_WORKERS"]) == service["cpus"]


def test_uploads_have_room_in_memory() -> None:
    (tmpfs,) = SERVICES["faultlens"]["tmpfs"]
    assert tmpfs.startswith("/tmp:size=1g")
    assert ServiceSettings().max_body_mb * 8 < 1000


def test_prometheus_asks_the_service_with_a_key_from_a_file() -> None:
    stated = table_of("prometheus/prometheus.yml")
    (job,) = stated["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["faultlens:8000"]
    secret = job["authorization"]["credentials_file"].rpartition("/")[2]
    assert secret in SERVICES["prometheus"]["secrets"]
    for rules in stated["rule_files"]:
        assert (DEPLOY / "prometheus" / Path(rules).name).is_file()


def test_grafana_finds_the_dashboard_and_the_dashboard_finds_prometheus() -> None:
    (source,) = table_of("grafana/datasource.yaml")["datasources"]
    assert source["url"] == "http://prometheus:9090"
    (provider,) = table_of("grafana/dashboards.yaml")["providers"]
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{provider['options']['path']}/faultlens.json"
    dashboard = json.loads((DEPLOY / "grafana" / "faultlens.json").read_text(encoding="utf-8"))
    assert dashboard["title"]
    assert source["uid"] in json.dumps(dashboard)
