"""``make drill``: lose the database, come back to a moment, and compare with what was there.

A PostgreSQL of its own archives as ``deploy/postgres/soundings.conf`` says, answers come in
through the real web server, a copy is taken meanwhile by ``manage.py backup``. The checksums
of all tables at a moment are compared with those of what was brought back to it.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import psycopg

from benchmarks.results import FILE, Result, table, write
from benchmarks.servers import database, web
from survey_site import backups
from survey_site.backups import Sum
from survey_site.processes import say
from survey_site.site import ROOT

CONFIGURATION = ROOT / "deploy" / "postgres" / "soundings.conf"
ARCHIVE = "/var/lib/soundings-wal"  # as it says there
TAKEN_OVER = ("wal_level", "archive_mode", "archive_command", "wal_compression")
THEMES = ("feedback_theme", "feedback_themeof")
EACH = 500  # responses before the copy, before the moment, and after it


def main() -> int:
    """Run the drill: 0 where everything came back, 1 where something is missing."""
    with database(archiving) as postgres:
        folder = Path(os.environ["DATA_DIR"])
        results = drill(postgres.url, folder)
    write(results, FILE.with_name("drill.json"))
    say(table(results))
    return int(results["tables_that_differ"].value > 0 or results["audit_chain"].value < 1)


def archiving(folder: Path) -> dict[str, str]:
    """The shipped settings for an archive, with its folder moved into ours."""
    (folder / "wal").mkdir()
    lines = re.findall(r"^(\w+) = (.*?)(?:\s+#.*)?$", CONFIGURATION.read_text(), re.MULTILINE)
    shipped = {name: value.strip("'") for name, value in lines}
    command = shipped["archive_command"].replace(ARCHIVE, str(folder / "wal"))
    return {name: shipped[name] for name in TAKEN_OVER} | {"archive_command": command}


def drill(url: str, folder: Path) -> dict[str, Result]:
    from benchmarks.run import prepare

    prepare()
    from benchmarks import arrivals  # Django must be set up before

    with web("survey_site.wsgi:application") as (port, _server):
        say(f"… {EACH:,} responses, a copy, {EACH:,} more")
        arrivals.send(port, EACH, seed=1)
        begun = time.perf_counter()
        manage("backup", str(folder / "copies"))
        taking = time.perf_counter() - begun
        arrivals.send(port, EACH, seed=2)
        corrected()
        manage("refresh")
        at, there = now(url), backups.checksums(url)
        say(f"… noted {at:%H:%M:%S}; {EACH:,} more")
        arrivals.send(port, EACH, seed=3)
    manage("refresh")
    later = backups.checksums(url)
    archived(url)
    say("… bringing it back")
    begun = time.perf_counter()
    again = folder / "again"
    again.mkdir()
    copy, archive = backups.newest(folder / "copies"), folder / "wal"
    with backups.running(copy, again, archive=archive, until=at) as server:
        coming = time.perf_counter() - begun
        back = backups.checksums(server.url)
        chain = manage("verify_audit", DATABASE_URL=server.url)
        opened = manage("verify_identity", DATABASE_URL=server.url)
    say(sums(there, back))
    return figures(there, back, later, chain=chain + opened, taking=taking, coming=coming)


def corrected() -> None:
    """Themes of an open question, and what staff make of them: a name, a merge, a move."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from benchmarks.bulk import survey
    from feedback.models import Theme, ThemeOf
    from feedback.theming import building, editing
    from feedback.theming.answers import open_items_of

    staff = get_user_model().objects.create(username="drill")
    [item, *_others] = open_items_of(survey())
    kept = building.ask(survey(), item.key, actor=staff)
    building.build(kept.pk)
    first, second = Theme.objects.filter(set=kept, parent=None).order_by("number")[:2]
    editing.rename(first, "Named by staff", actor=staff)
    editing.merge(second, first, actor=staff)
    elsewhere = ThemeOf.objects.filter(set=kept, theme__isnull=False).exclude(theme=first)
    editing.move(kept, elsewhere[0].response_id, first, actor=staff)
    connection.close()  # else it would be killed with the server


def figures(
    there: Mapping[str, Sum],
    back: Mapping[str, Sum],
    later: Mapping[str, Sum],
    *,
    chain: str,
    taking: float,
    coming: float,
) -> dict[str, Result]:
    differ = [name for name in there.keys() | back.keys() if there.get(name) != back.get(name)]
    moved_on = [name for name in there if there[name] != later[name]]
    rows, came = (held["feedback_response"].rows for held in (there, back))
    themes = [[held[name] for name in THEMES] for held in (there, back)]
    sealed = int((re.search(r"([\d,]+) entries sealed", chain) or ["", "0"])[1].replace(",", ""))
    note = ", ".join(sorted(differ)) or "counts and digests of all tables are the same"
    return {
        "tables_that_differ": Result(len(differ), "tables", len(there), note),
        "responses_back": Result(came, "rows", rows, "limit: what was there at the moment"),
        "themes_back": Result(
            sum(a == b for a, b in zip(*themes, strict=True)),
            "tables",
            len(THEMES),
            f"{themes[0][0].rows} themes, {themes[0][1].rows:,} answers, as staff left them",
        ),
        "tables_moved_on": Result(
            len(moved_on), "tables", len(there), "the control: these differ a moment later"
        ),
        "audit_chain": Result(sealed, "entries", sealed, "sealed and in order in what came back"),
        "copy": Result(taking, "s", taking, "manage.py backup, under no other load"),
        "back": Result(coming, "s", taking, "laid out, replayed, promoted; limit: the copy"),
    }


def sums(there: Mapping[str, Sum], back: Mapping[str, Sum]) -> str:
    missing = Sum(0, "-")
    return "\n".join(
        f"{name:36} {held.rows:>8,} {back.get(name, missing).rows:>8,}  "
        f"{'same' if back.get(name) == held else 'DIFFERS'}"
        for name, held in there.items()
    )


def now(url: str) -> datetime:
    with psycopg.connect(url) as connection:
        (at,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
    assert isinstance(at, datetime)
    return at


def archived(url: str) -> None:
    """End the segment that is being written, and wait until it is in the archive."""
    with psycopg.connect(url, autocommit=True) as connection:
        (ended,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            found = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            if found and found[0] and found[0] >= ended:
                return
            time.sleep(0.2)
    raise TimeoutError(f"{ended} did not come into the archive within two minutes")


def manage(*words: str, **given: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {words[0]}: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
