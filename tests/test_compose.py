"""The compose files and the Dockerfile, as far as they can be read without Docker."""

import json
import re
import shlex

import chromaserver
import pytest
import yaml
from conftest import ROOT
from typer.main import get_command

from wortlaut.rag.config import Settings
from wortlaut.ui.terminal.cli import app

FILES = ["compose.yaml", "compose.postgres.yaml"]
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "networks",
    "ports", "profiles", "restart", "security_opt", "volumes",
}  # fmt: skip
SECONDS = re.compile(r"\d+[sm]")
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def read(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def list_services():
    for name in FILES:
        for service, made in read(name)["services"].items():
            yield pytest.param(name, service, made, id=f"{name}-{service}")


services = pytest.mark.parametrize(("file", "name", "service"), list(list_services()))


def merge(name):
    """A service as both files make it."""
    merged = {}
    for file in FILES:
        merged |= read(file)["services"].get(name, {})
    return merged


def parse_command(arguments):
    """Raise where Wortlaut's command line knows no such command or option."""
    name, *rest = arguments
    command = get_command(app).commands[name]
    with command.make_context(name, list(rest)) as context:
        return context.params


@pytest.mark.parametrize("name", FILES)
def test_a_compose_file_has_just_these_parts(name):
    made = read(name)
    assert {key for key in made if not key.startswith("x-")} <= {
        "name", "services", "networks", "volumes"
    }  # fmt: skip
    for service in made["services"].values():
        assert service.keys() <= SERVICE_KEYS


@services
def test_what_a_service_names_is_there(file, name, service):
    volumes = {**read(FILES[0])["volumes"], **read(file)["volumes"]}
    for volume in service.get("volumes", []):
        source, target, *mode = VARIABLE.sub("./x", volume).split(":")
        assert source in volumes or source.startswith("./")
        assert target.startswith("/")
        assert source in volumes or mode == ["ro"]
    networks = {"default", *read(FILES[0])["networks"]}
    assert set(service.get("networks", [])) <= networks
    known = read(FILES[0])["services"].keys() | read(file)["services"].keys()
    for other, how in service.get("depends_on", {}).items():
        assert other in known
        assert how == {"condition": "service_healthy"}
        assert "healthcheck" in merge(other)


@services
def test_images_are_pinned_and_nobody_has_more_rights_than_usual(file, name, service):
    whole = merge(name)
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?", whole["image"])
    assert whole["security_opt"] == ["no-new-privileges:true"]
    assert not whole.keys() & {"privileged", "cap_add", "devices", "network_mode", "pid", "user"}
    assert "docker.sock" not in str(whole)


@services
def test_a_service_is_watched_over(file, name, service):
    whole = merge(name)
    assert whole["restart"] == "unless-stopped"
    check = whole["healthcheck"]
    assert check.keys() == {"test", "interval", "timeout", "retries", "start_period"}
    assert check["test"][0] == "CMD"
    assert len(check["test"]) > 1
    assert all(SECONDS.fullmatch(check[key]) for key in ("interval", "timeout", "start_period"))


def test_ports_are_this_machines_alone_and_only_the_chats():
    for file in FILES:
        for name, service in read(file)["services"].items():
            ports = service.get("ports", [])
            assert name == "chat" or not ports
            assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len(read("compose.yaml")["services"]["chat"]["ports"]) == 1
    assert read("compose.yaml")["networks"]["inner"] == {"internal": True}
    assert read("compose.yaml")["services"]["chroma"]["networks"] == ["inner"]
    assert read("compose.postgres.yaml")["services"]["postgres"]["networks"] == ["inner"]


@pytest.mark.parametrize("name", FILES)
def test_no_password_stands_in_a_file(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    found = VARIABLE.findall(text)
    secret = [kind for variable, kind, _ in found if re.search("PASSWORD|TOKEN|KEY", variable)]
    assert set(secret) <= {"?"}
    assert len(re.findall(r"PASSWORD: ", text)) == len(re.findall(r"PASSWORD: \"\$\{", text))
    # A variable of ours is a setting; but for where the articles are, which only Docker needs.
    named = {variable.removeprefix("WORTLAUT_").lower() for variable, _, _ in found}
    assert named <= Settings.model_fields.keys() | {"articles", "postgres_password"}


@services
def test_commands_and_settings_are_those_that_wortlaut_has(file, name, service):
    environment = service.get("environment", {})
    ours = {key.removeprefix("WORTLAUT_").lower() for key in environment if "WORTLAUT" in key}
    assert ours <= Settings.model_fields.keys()
    if name in ("postgres", "chroma"):
        assert not ours
    elif "command" in service:
        parse_command(service["command"])
        assert environment["WORTLAUT_CHROMA"] == "http://chroma:8000"


def test_chroma_is_run_as_the_tests_run_it_in_the_version_that_is_known_to_work():
    chroma = read("compose.yaml")["services"]["chroma"]
    flags = [word for word in chroma["command"] if word.startswith("--")]
    assert chroma["command"][0] == "run"
    assert flags == ["--path", "--host", "--port"]
    source = (ROOT / "tests" / f"{chromaserver.__name__}.py").read_text(encoding="utf-8")
    assert all(f'"{flag}"' in source for flag in flags)
    known = re.search(r"^chromadb==(\S+)$", (ROOT / "constraints.txt").read_text(), re.M)
    assert chroma["image"] == f"chromadb/chroma:{known[1]}"
    path = chroma["command"][chroma["command"].index("--path") + 1]
    assert chroma["volumes"] == [f"vectors:{path}"]


def read_dockerfile():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


def test_the_image_is_made_by_the_projects_own_files_for_a_user_without_rights():
    steps = read_dockerfile()
    kinds = [kind for kind, _ in steps]
    assert kinds[0] == "FROM"
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", steps[0][1])
    assert "ADD" not in kinds
    assert "root" not in dict(steps)["USER"]
    assert int(dict(steps)["USER"]) >= 1000
    assert kinds.index("USER") > max(n for n, kind in enumerate(kinds) if kind == "RUN")
    made = " ".join(rest for kind, rest in steps if kind == "RUN")
    assert "make install VENV=/opt/venv PYTHON=" in made
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^install:", makefile, re.M)
    assert {"VENV ?=", "PYTHON ?="} <= {
        line[: line.find("=") + 1] for line in makefile.splitlines()
    }
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert json.loads(dict(steps)["ENTRYPOINT"]) == ["wortlaut"]
    assert '\nwortlaut = "wortlaut.ui.terminal.cli:main"' in project
    parse_command(json.loads(dict(steps)["CMD"]))
    settings = dict(word.split("=", 1) for word in shlex.split(dict(steps)["ENV"]))
    ours = {name.removeprefix("WORTLAUT_").lower() for name in settings if "WORTLAUT" in name}
    assert ours <= Settings.model_fields.keys()
    assert dict(steps)["VOLUME"] == settings["WORTLAUT_DATA"]


def test_the_image_of_compose_has_the_version_of_the_project():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(\S+)"$', project, re.M)[1]
    for name in ("chat", "watch"):
        assert merge(name)["image"] == f"wortlaut:{version}"
