"""Copies of clusters that others made: other names, larger limits, other rules of who may come."""

import hashlib
import json
from pathlib import Path

import psycopg
import pytest

from survey_site import backups
from survey_site.embedded import start_postgres

pytestmark = pytest.mark.long
KEYS = {"a key": 1}


def renamed(url: str) -> str:
    """The address of the same server, once neither user nor database have our names."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE passing SUPERUSER LOGIN")
    with psycopg.connect(url, user="passing", dbname="postgres", autocommit=True) as connection:
        connection.execute("ALTER ROLE postgres RENAME TO town")
        connection.execute("ALTER DATABASE soundings RENAME TO consultation")
    theirs = url.replace("postgres@/soundings", "town@/consultation")
    with psycopg.connect(theirs, autocommit=True) as connection:
        connection.execute("DROP ROLE passing")
        connection.execute("CREATE TABLE note AS SELECT 'naïve 調査' AS text")
    return theirs


def test_a_cluster_with_names_and_limits_of_its_own_comes_back(tmp_path: Path) -> None:
    """In containers the first user is ``soundings``; busy hosts raise ``max_connections``.

    PostgreSQL replays nothing on a server that is smaller than the one it came from.
    """
    (archive := tmp_path / "wal").mkdir()
    kept = f'cp "%p" "{archive}/%f"'
    larger = {"max_connections": "400", "max_prepared_transactions": "7"}
    archiving = {"archive_mode": "on", "archive_command": kept}
    with start_postgres(tmp_path / "theirs", more=larger | archiving) as server:
        theirs = renamed(server.url)
        copy = backups.take(theirs, tmp_path / "copies", keys=KEYS)
    # As Debian lays a cluster out: what lies elsewhere is not in the copy, and who may
    # come is said by rules that know nobody of ours.
    for name in ("postgresql.conf", "pg_ident.conf"):
        (copy / "cluster" / name).unlink()
    nobody = copy / "cluster" / "pg_hba.conf"
    nobody.write_text("local all all reject\n")
    trusted(copy)

    (again := tmp_path / "again").mkdir()
    with (
        backups.running(copy, again, archive=archive, until=None, url=theirs) as server,
        psycopg.connect(server.url) as connection,
    ):
        assert connection.execute("SELECT text FROM note").fetchone() == ("naïve 調査",)


def trusted(copy: Path) -> None:
    """Have the list of files say what is there now."""
    manifest = copy / "cluster" / "backup_manifest"
    listed = json.loads(manifest.read_bytes())
    files = [one for one in listed["Files"] if (copy / "cluster" / one["Path"]).is_file()]
    for one in files:
        told = (copy / "cluster" / one["Path"]).read_bytes()
        one["Checksum"] = hashlib.sha256(told).hexdigest()
    body = json.dumps(listed | {"Files": files} | {"Manifest-Checksum": ""})
    body = body[: body.rindex('"Manifest-Checksum"')]
    checksum = hashlib.sha256(body.encode()).hexdigest()
    manifest.write_text(f'{body}"Manifest-Checksum": "{checksum}"}}')
