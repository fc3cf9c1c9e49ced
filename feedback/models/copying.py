"""What PostgreSQL's COPY gives for a queryset: the quickest way out of the database."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Expression, F, QuerySet

Cell: TypeAlias = Expression | F


def as_copied(
    rows: QuerySet[Any], cells: Iterable[Cell], *, how: str
) -> Generator[bytes, None, None]:
    """What COPY writes for a queryset, a row at a time. Closing it ends the COPY."""
    sql, params = copied(rows, cells, how=how)
    with connection.cursor() as cursor, cursor.cursor.copy(sql, params) as copy:
        yield from (bytes(row) for row in copy)


def as_values(rows: QuerySet[Any], names: Sequence[str]) -> Generator[tuple[Any, ...], None, None]:
    """Columns of a model by COPY in binary: bytes come as they are, not as hexadecimal text."""
    fields = [rows.model._meta.get_field(name) for name in names]
    sql, params = copied(rows, map(F, names), how="FORMAT binary")
    with connection.cursor() as cursor, cursor.cursor.copy(sql, params) as copy:
        copy.set_types([field.cast_db_type(connection).partition("(")[0] for field in fields])
        yield from copy.rows()


def copied(
    rows: QuerySet[Any], cells: Iterable[Cell], *, how: str
) -> tuple[str, tuple[object, ...]]:
    """COPY of a queryset's own SQL, for just these cells, with its parameters."""
    named = {f"cell_{i}": cell for i, cell in enumerate(cells)}
    query = rows.annotate(**named).values_list(*named).query
    sql, params = query.get_compiler(connection=connection).as_sql()
    return f"COPY ({sql}) TO STDOUT ({how})", tuple(params)
