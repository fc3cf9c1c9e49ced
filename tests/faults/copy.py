"""A copy of the product as ``make run`` ships it, in a folder of its own, to be killed at will."""

import base64
import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg

from benchmarks.ports import free_port
from survey_site.embedded import start_postgres, start_redis
from survey_site.processes import Kept, launch
from survey_site.programs import GRACE, ROLES, WORKER, commands, worker_answers
from survey_site.site import ROOT, Site
from tests.faults.link import Link
from tests.web.server import answers

APPLICATION = "survey_site.wsgi:application"
SURVEY = "tests/faults/harbour.yaml"
READY = 120  # seconds for a program to come up on a busy machine


@dataclass(frozen=True)
class Build:
    """What is built; as it stands, what is shipped."""

    webs: int = 1
    workers: int = 1
    application: str = APPLICATION
    postgres: Mapping[str, str] = field(default_factory=dict)  # settings of the server
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Copy:
    """One running copy; ``kept`` has its programs by name: postgres, redis, web-0, worker-0, …"""

    site: Site
    build: Build
    link: Link
    ports: list[int]
    url: str = ""  # of the database, past the link
    room: Path | None = None  # a small disk for the table of responses, where there is one

    @property
    def kept(self) -> dict[str, Kept]:
        return self.site.kept

    def named(self, kind: str) -> list[str]:
        return [name for name in self.kept if name.partition("-")[0] == kind]

    def process(self, name: str) -> psutil.Process | None:
        """The program's main process; None while it is not running."""
        server = self.kept[name].server
        if server is None or server.process.poll() is not None:
            return None
        return psutil.Process(server.process.pid)

    def family(self, name: str) -> list[psutil.Process]:
        """The program's processes, the main one first."""
        main = self.process(name)
        if main is None:
            return []
        with suppress(psutil.NoSuchProcess):
            return [main, *main.children(recursive=True)]
        return []

    def look_after(self) -> None:
        """As ``make run`` does all the time, but at once: faults come faster here than outside."""
        for kept in self.kept.values():
            if kept.server is None:
                kept.due = 0
            kept.deaths = 0
            with suppress(psutil.NoSuchProcess):
                kept.look_after()

    def until(self, true: Callable[[], bool], *, seconds: float) -> bool:
        """Whether it comes true in time, while everything is looked after."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                return False
            self.look_after()
            time.sleep(0.03)
        return True

    def database(self, *, patience: float = 30) -> psycopg.Connection[Any]:
        """A connection past the link.

        Raises:
            OperationalError: none for so many seconds, in which everything is looked after.
        """
        deadline = time.monotonic() + patience
        while True:
            try:
                return psycopg.connect(
                    self.url, autocommit=True, connect_timeout=5, application_name="harness"
                )
            except psycopg.OperationalError:
                if time.monotonic() >= deadline:
                    raise
            self.look_after()
            time.sleep(0.05)

    def executes(self, query: str) -> bool:
        """Whether Postgres did it; it may be killed meanwhile, so ask ``until`` it does."""
        try:
            with self.database() as connection:
                connection.execute(query.encode())
        except psycopg.Error:
            return False
        return True

    def webs_answer(self) -> bool:
        return all(answers(port) and ready(port) for port in self.ports)

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.site.environment | {"DATABASE_URL": self.url, "ROLE": ""},
            capture_output=True,
            text=True,
            check=False,
        )


def ready(port: int) -> bool:
    site = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        site.request("GET", "/readyz")
        return site.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        site.close()


@contextmanager
def running(build: Build, *, static: str = "") -> Iterator[Copy]:
    """A copy that has come up, with its survey in the field; nothing of it is left afterwards.

    Args:
        static: where the static files were collected already.
    """
    folder = Path(tempfile.mkdtemp(prefix="soundings-faults-"))
    folder.chmod(0o755)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
        "DATA_DIR": str(folder),
        "STATIC_ROOT": static or str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "IDENTITY_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DEBUG": "0",
        "ALLOW_DATA_LOSS": "",
        **build.environment,
    }
    site = Site(folder, "127.0.0.1", 0, environment)
    with ExitStack() as stack:
        stack.callback(remove, folder)
        stack.callback(end_all, site)
        postgres = site.keep("postgres", lambda: start_postgres(folder, more=build.postgres))
        redis = site.keep("redis", lambda: start_redis(folder))
        environment["REDIS_URL"] = redis.url
        sockets = parse_qs(urlsplit(postgres.url).query)["host"][0]
        link = stack.enter_context(Link(Path(sockets, ".s.PGSQL.5432")))
        copy = Copy(site, build, link, [free_port() for _ in range(build.webs)], postgres.url)
        set_up(copy, collect=not static)
        environment["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{link.port}/soundings"
        start_programs(copy)
        yield copy


def set_up(copy: Copy, *, collect: bool) -> None:
    """Raises: RuntimeError, with what a command of ours said."""
    words = ["migrate --noinput --verbosity=0", f"load_survey {SURVEY} --publish"]
    if collect:
        words.append("collectstatic --noinput --verbosity=0")
    for command in words:
        done = copy.manage(*command.split())
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr[-3000:]}")


def start_programs(copy: Copy) -> None:
    """Raises: RuntimeError, one of them does not answer; or DidNotStart."""
    for number, port in enumerate(copy.ports):
        words = commands(Site(copy.site.data_dir, "127.0.0.1", port, {}))["web"]
        words[-1] = copy.build.application
        keep(copy, f"web-{number}", words)
    shipped = commands(copy.site)
    workers = [WORKER.replace("@", f"-{number}@") for number in range(copy.build.workers)]
    for number, name in enumerate(workers):
        words = [word.replace(WORKER, name) for word in shipped["worker"]]
        keep(copy, f"worker-{number}", words)
    keep(copy, "beat", shipped["beat"])
    redis = copy.site.environment["REDIS_URL"]
    if not copy.until(copy.webs_answer, seconds=READY):
        raise RuntimeError(f"web does not answer. {copy.kept['web-0'].server}")
    if not copy.until(lambda: all(worker_answers(redis, name) for name in workers), seconds=READY):
        raise RuntimeError("a worker does not answer")


def keep(copy: Copy, name: str, words: list[str]) -> None:
    kind = name.partition("-")[0]
    copy.site.keep(
        name,
        lambda: launch(
            name,
            [sys.executable, "-m", *words],
            log=copy.site.log(name),
            cwd=ROOT,
            environment=copy.site.environment | {"ROLE": ROLES[kind]},
            asks=((signal.SIGTERM, GRACE[kind]),),
        ),
    )


def end_all(site: Site) -> None:
    """Programs before the servers they talk to."""
    for name in sorted(site.kept, key=lambda name: name in {"redis", "postgres"}):
        site.kept[name].end()


def remove(folder: Path) -> None:
    cluster = (folder / "postgres").resolve()  # elsewhere, where root made it
    shutil.rmtree(cluster, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
