"""What we refuse to start with: each by its name, with what to do, by every door there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from survey_site.embedded import start_postgres, start_redis
from tests.survey_site.settings_of import python

pytestmark = pytest.mark.long
WEB = ("-c", "import survey_site.wsgi")
CHECK = ("manage.py", "check", "--database", "default")
CELERY = ("-m", "celery", "-A", "survey_site")
WORKER = (*CELERY, "worker", "--pool=solo", "--loglevel=CRITICAL")
BEAT = (*CELERY, "beat", "--loglevel=CRITICAL")
every_door = pytest.mark.parametrize(
    "door", [WEB, CHECK, WORKER, BEAT], ids=["web", "check", "worker", "beat"]
)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One that keeps what it was given, as they come."""
    with start_postgres(tmp_path_factory.mktemp("durable")) as server:
        yield server.url


@pytest.fixture(scope="module")
def messenger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_redis(tmp_path_factory.mktemp("messenger")) as server:
        yield server.url


@contextmanager
def off(url: str, name: str) -> Iterator[None]:
    """As whoever wants it faster would do it."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"ALTER SYSTEM SET {name} = off")
        server.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            server.execute(f"ALTER SYSTEM RESET {name}")
            server.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_postgres_that_may_lose_what_was_acknowledged_is_refused(
    postgres: str, name: str
) -> None:
    """33,249 of 201,211 acknowledged rows were lost in one trial with one of these off."""
    with off(postgres, name):
        refused = python(*CHECK, DATABASE_URL=postgres)

    assert refused.returncode == 1
    assert f"has {name} = off" in refused.stderr and f"Set {name} = on" in refused.stderr


def test_a_commit_turned_off_for_our_user_alone_is_found(postgres: str) -> None:
    """The server's own setting is then beyond reproach."""
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("ALTER ROLE postgres SET synchronous_commit = off")
        try:
            refused = python(*CHECK, DATABASE_URL=postgres)
        finally:
            server.execute("ALTER ROLE postgres RESET synchronous_commit")

    assert refused.returncode == 1 and "synchronous_commit = off" in refused.stderr


@every_door
def test_a_redis_that_drops_what_it_likes_is_refused(
    postgres: str, messenger: str, tmp_path: Path, door: tuple[str, ...]
) -> None:
    """Celery's own manual warns of it: a queue is no cache."""
    with redis.Redis.from_url(messenger) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            # Beat would keep its schedule in the folder it was started in.
            kept = [f"--schedule={tmp_path / 'beat'}"] if door == BEAT else []
            refused = python(*door, *kept, DATABASE_URL=postgres, REDIS_URL=messenger)
        finally:
            client.config_set("maxmemory-policy", "noeviction")

    assert refused.returncode == 1
    assert "maxmemory-policy allkeys-lru" in refused.stderr
    assert "Set maxmemory-policy noeviction" in refused.stderr


def test_servers_as_they_should_be_are_taken(postgres: str, messenger: str) -> None:
    """The control: what is refused above is refused for what was changed there."""
    taken = python(*CHECK, DATABASE_URL=postgres, REDIS_URL=messenger)

    assert taken.returncode == 0, taken.stderr


def test_servers_that_are_away_are_no_reason_not_to_start() -> None:
    """They may come back, and until then pages say that they are away."""
    started = python(*WEB)

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "IDENTITY_KEYS", "DATABASE_URL", "REDIS_URL"])
def test_without_what_it_needs_it_names_it_and_the_remedy(name: str) -> None:
    """Made-up secrets would work until the second start."""
    refused = python(*CHECK, **{name: ""})

    assert refused.returncode == 1
    assert f"{name} is not set. Set it to" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("key", ["c2hvcnQ=", "no base64!", "A" * 44])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    """Else the first to give a personal answer would be the one to find out."""
    good = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

    refused = python(*WEB, IDENTITY_KEYS=f"{good},{key}")

    assert refused.returncode == 1 and "IDENTITY_KEYS: number 2" in refused.stderr


@pytest.mark.parametrize(
    "given",
    [{"ALLOWED_HOSTS": "feedback.example.org"}, {"ALLOWED_HOSTS": "*"}, {"HOST": "0.0.0.0"}],
    ids=str,
)
def test_debug_is_refused_wherever_others_can_come(given: dict[str, str]) -> None:
    """Its pages for errors show settings and answers to whoever causes one."""
    refused = python("manage.py", "check", DEBUG="1", **given)

    assert refused.returncode == 1 and "Unset DEBUG" in refused.stderr


def test_debug_is_taken_where_nobody_else_can_come() -> None:
    """The control of the refusals above."""
    assert python("manage.py", "check", DEBUG="1").returncode == 0


ASKED = """
import io, survey_site.wsgi as site
told = []
site.application({"REMOTE_ADDR": "%s", "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz",
    "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.input": io.BytesIO()},
    lambda status, headers: told.append(status))
print(told[0])
"""


def test_debug_answers_nobody_from_elsewhere() -> None:
    """A server may listen elsewhere without our knowing, and a Host header says what one likes."""
    answers = [python("-c", ASKED % at, DEBUG="1").stdout for at in ("127.0.0.1", "192.0.2.1")]

    assert answers == ["200 OK\n", "403 Forbidden\n"]


def test_a_role_that_is_none_is_told_with_those_there_are() -> None:
    """A slip would leave a public server without limits for its statements."""
    refused = python(*CHECK, ROLE="pubic")

    assert refused.returncode == 1 and "public, staff, web, worker" in refused.stderr


def test_djangos_own_check_for_deployment_has_nothing_to_say() -> None:
    """With HTTPS as in production; without it, it does warn."""
    checked = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    clean = python(*checked, HTTPS="1", ALLOWED_HOSTS="feedback.example.org")

    assert clean.returncode == 0, clean.stderr
    assert python(*checked).returncode == 1
