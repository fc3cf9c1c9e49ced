"""Objects made of statements that are written out, for what every page of the staff asks.

The ORM makes a query anew each time it is asked, which takes longer than asking does. Only
for models whose fields are stored as they are: what a field converts, such as JSON, this
leaves as it came.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from psycopg import sql

M = TypeVar("M", bound=Model)


@cache
def attributes(model: type[Model]) -> list[str]:
    """The names of all that is stored, in the order of ``columns``."""
    return [field.attname for field in model._meta.concrete_fields]


def columns(model: type[Model], table: str, *, leaving: Collection[str] = ()) -> sql.Composed:
    """What to select.

    Args:
        table: the alias that the statement gives the model's table.
        leaving: fields that are left out.
    """
    fields = [field for field in model._meta.concrete_fields if field.name not in leaving]
    return sql.SQL(", ").join(sql.Identifier(table, str(field.column)) for field in fields)


def made(model: type[M], values: Sequence[Any]) -> M:
    """The object of a row of ``columns``."""
    return model.from_db(connection.alias, attributes(model), values)
