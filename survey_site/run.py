"""``make run``: from a fresh copy to surveys that take answers, until Ctrl-C.

Starts PostgreSQL and Redis (unless ``DATABASE_URL`` and ``REDIS_URL`` name others), brings
the database up to date, loads the two surveys, then keeps web, worker and beat running.
"""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from survey_site.catalogues import compile_all
from survey_site.checks import check_port, check_python, check_room, locked
from survey_site.embedded import start_postgres, start_redis
from survey_site.processes import CannotStart, NotAllowed, Server, dies_with_us, say
from survey_site.programs import start_programs
from survey_site.remembered import remember, remember_secrets, remembered
from survey_site.site import ROOT, Site, Stop, asked_to_stop

STOP_ORDER = ("web", "worker", "builder", "beat", "redis", "postgres")
SURVEYS = ("surveys/open-model-feedback.yaml", "surveys/demonstration.yaml")
DEMO = "seed_demo demonstration --responses 2000 --seed 1 --if-empty"


class CommandFailed(CannotStart):
    """One of our own manage.py commands ended with an error."""


def main() -> int:
    """Run until asked to stop: 0 when all went well, 1 and a remedy when it did not."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # bare environments may only know ASCII
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        under_nohup = number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN
        if not under_nohup:
            signal.signal(number, stop_now)
    try:
        check_python()
        site = Site.read(os.environ)
        make_data_dir(site.data_dir)
        with locked(site.data_dir) as was_killed:
            run(site, was_killed=was_killed)
    except Stop:
        pass
    except CannotStart as problem:
        say(f"\nCannot go on. {problem}")
        return 1
    return 0


def stop_now(number: int, frame: FrameType | None) -> None:
    """End the main program, once: a second Ctrl-C must not interrupt the stopping."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    asked_to_stop.set()
    raise Stop


def run(site: Site, *, was_killed: bool) -> None:
    """Bring everything up, keep it up, and in any event take it down again."""
    try:
        password = bring_up(site, was_killed=was_killed)
        say(welcome(site, password))
        while not asked_to_stop.is_set():
            for kept in list(site.kept.values()):
                kept.look_after()
            time.sleep(0.3)
    finally:
        say("\nStopping …" if site.kept else "", end="")
        for name in STOP_ORDER:
            if name in site.kept:
                site.kept[name].end()
                say(f" {name}", end="")
        say("" if not site.kept else ". Stopped.")


def bring_up(site: Site, *, was_killed: bool) -> str:
    """The eight steps; returns what to tell about the password."""
    with site.step("Checking this machine"):
        check_room(site.data_dir)
        check_port(site.host, site.port, patience=10 if was_killed else 0)
    with site.step("Reading or making the secrets"):
        remember_secrets(site)
    offer(site, "PostgreSQL", "DATABASE_URL", lambda: start_postgres(site.data_dir))
    offer(site, "Redis", "REDIS_URL", lambda: start_redis(site.data_dir))
    with site.step("Preparing the database"):
        manage(site, "migrate", "--noinput", "--verbosity=0")
        password, made = ensure_admin(site)
    if made:  # now already: a later step may fail, and it is told only once
        say(f"      staff login: admin, password: {password}")
    with site.step("Compiling languages, collecting static files"):
        compile_all()
        collect_static(site)
    with site.step("Loading the surveys"):
        for file in SURVEYS:
            manage(site, "load_survey", file, "--publish", "--owner", "admin")
        manage(site, *DEMO.split())
    with site.step("Starting web, worker and beat"):
        start_programs(site)
    return password


def make_data_dir(data_dir: Path) -> None:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data_dir / "run.lock").touch(mode=0o600)
    except OSError as problem:
        raise NotAllowed(f"{problem}: set DATA_DIR to a folder you may write to.") from problem


def offer(site: Site, title: str, variable: str, start: Callable[[], Server]) -> None:
    """Start a server of our own, unless the environment names another."""
    if variable in site.environment:
        with site.step(f"Leaving {title} to {variable}"):
            return
    with site.step(f"Starting {title}"):
        url = site.keep(title.lower().replace("postgresql", "postgres"), start).url
        site.environment[variable] = url
        remember(site, remembered(site) | {variable: url})


def manage(site: Site, *command: str, **more: str) -> str:
    """Run one of our commands, with ``more`` in its environment; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "django", *command],
        cwd=ROOT,
        env=site.environment | more,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        preexec_fn=dies_with_us(signal.SIGTERM),
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()[-15:]
        raise CommandFailed(f"manage.py {command[0]} failed:\n    " + "\n    ".join(said))
    return done.stdout


def ensure_admin(site: Site) -> tuple[str, bool]:
    """See to the first staff login: what to tell of its password, and was it just made?"""
    if site.admin_password:
        manage(site, "ensure_admin", ADMIN_PASSWORD=site.admin_password)
        return "the one in ADMIN_PASSWORD", False
    if made := manage(site, "ensure_admin").partition("password:")[2].strip():
        return made, True
    return (
        "as printed at the first start; ADMIN_PASSWORD=… make run sets a new one",
        False,
    )


def collect_static(site: Site) -> None:
    """Collect when something changed: compressing everything takes seconds."""
    state = hashlib.sha256(site.environment["STATIC_ROOT"].encode())
    sources = [ROOT / "requirements.txt", ROOT / "survey_site" / "settings.py"]
    for file in sorted([*sources, *(ROOT / "static").rglob("*")]):
        if file.is_file():
            state.update(f"{file} ".encode() + file.read_bytes())
    stamp = Path(site.environment["STATIC_ROOT"], ".collected")
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return
    manage(site, "collectstatic", "--noinput", "--verbosity=0")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(state.hexdigest())


def welcome(site: Site, password: str) -> str:
    """What the owner of this copy wants to know first."""
    return f"""
Soundings is running.

  Form     http://{site.address}/s/open-model-feedback/
  Staff    http://{site.address}/staff/   login admin, password: {password}
  Logs     {site.data_dir / "logs"}

Ctrl-C stops everything; the data stays in {site.data_dir}.
Not for the open internet as it is: a few slow clients can occupy every thread. Put a
buffering nginx or Caddy in front of it (docs/operating.md).
"""


if __name__ == "__main__":
    sys.exit(main())
