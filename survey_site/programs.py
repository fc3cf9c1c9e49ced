"""Our own programs: web, worker, builder of exports, beat; how each starts and is ready."""

import http.client
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from celery import Celery

from survey_site.processes import Server, launch
from survey_site.site import ROOT, Site

READY_SECONDS = 90
ROLES = {"web": "web", "worker": "worker", "builder": "worker", "beat": "worker"}
# Seconds to finish what runs. A task that is cut off is done again by the next worker.
GRACE = {"web": 12.0, "worker": 8.0, "builder": 3.0, "beat": 8.0}
WORKER, BUILDER = (f"soundings-{name}-{os.getpid()}@localhost" for name in ("worker", "builder"))


def start_programs(site: Site) -> None:
    """Start them side by side, then wait until each of them answers.

    Raises:
        DidNotStart: one ended, or kept silent; the message has the end of its log.
    """
    begun = time.time()
    # What an earlier start counted; processes that are started again go on with theirs.
    shutil.rmtree(site.data_dir / "metrics", ignore_errors=True)
    programs = {
        name: site.keep(name, program(site, name, words)) for name, words in commands(site).items()
    }
    ready: dict[str, Callable[[], bool]] = {
        "web": lambda: web_answers(site),
        "worker": lambda: worker_answers(site.environment["REDIS_URL"], WORKER),
        "builder": lambda: worker_answers(site.environment["REDIS_URL"], BUILDER),
        "beat": lambda: beat_has_written(site.data_dir, since=begun),
    }
    for name, answers in ready.items():
        programs[name].wait_until(answers, seconds=READY_SECONDS)


def commands(site: Site) -> dict[str, list[str]]:
    """The command lines, without the Python before them."""
    web = (
        f"granian --interface wsgi --host {site.host} --port {site.port} --http 1 --no-ws "
        "--workers 2 --blocking-threads 8 --respawn-failed-workers --workers-kill-timeout 10 "
        "--log-level warning --no-access-log survey_site.wsgi:application"
    )
    celery = "celery --quiet -A survey_site"
    worker = f"worker --pool=threads --concurrency=4 --loglevel=WARNING --hostname={WORKER}"
    # A process of its own: a long export holds up neither summaries nor letters.
    builder = (
        "worker --pool=threads --concurrency=2 --queues=exports --loglevel=WARNING "
        f"--hostname={BUILDER}"
    )
    schedule = str(site.data_dir / "beat-schedule")
    return {
        "web": web.split(),
        "worker": [*celery.split(), *worker.split()],
        "builder": [*celery.split(), *builder.split()],
        "beat": [*celery.split(), "beat", "--loglevel=WARNING", "--schedule", schedule],
    }


def program(site: Site, name: str, words: list[str]) -> Callable[[], Server]:
    """How to start one of our own programs, now and after each death."""
    return lambda: launch(
        name,
        [sys.executable, "-m", *words],
        log=site.log(name),
        cwd=ROOT,
        environment=site.environment | {"ROLE": ROLES[name]},
        asks=((signal.SIGTERM, GRACE[name]),),
    )


def web_answers(site: Site) -> bool:
    """Does the site say that it is ready, asked by a name that it answers to?"""
    allowed = site.environment.get("ALLOWED_HOSTS", "*").split(",")[0].strip().lstrip(".")
    host = site.address if allowed in {"", "*"} else allowed
    connection = http.client.HTTPConnection(site.address, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_answers(redis_url: str, name: str) -> bool:
    """Ping our own worker: another copy may share the broker."""
    broker = redis_url.replace("unix://", "redis+socket://", 1)
    app = Celery(broker=broker, set_as_current=False)
    try:
        return bool(app.control.ping(destination=[name], timeout=0.5))
    finally:
        app.close()


def beat_has_written(data_dir: Path, *, since: float) -> bool:
    """Beat writes its schedule once it is up; the file's ending depends on the platform."""
    return any(file.stat().st_mtime >= since for file in data_dir.glob("beat-schedule*"))
