"""Real faults for tests: the database goes away, as it does when somebody restarts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql


@contextmanager
def beside_the_database() -> Iterator[psycopg.Connection[Any]]:
    """A connection to the same server and another database, so that ours can be closed."""
    ours = connection.settings_dict
    with psycopg.connect(
        host=ours["HOST"],
        port=ours["PORT"] or None,
        user=ours["USER"],
        password=ours["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as beside:
        yield beside


def cut_connections(*, application: str = "%") -> int:
    """End every connection to the test database, or those of one program; how many there were."""
    with beside_the_database() as beside:
        cut = beside.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name LIKE %s",
            [connection.settings_dict["NAME"], application],
        )
        return len(cut.fetchall())


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody can reach the test database, and whoever was connected is no longer."""
    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    switch = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    with beside_the_database() as beside:
        beside.execute(switch.format(name, sql.SQL("false")))
        try:
            cut_connections()
            yield
        finally:
            beside.execute(switch.format(name, sql.SQL("true")))
            connection.close()
