"""How often each code, and each reason for having none, occurs in an export's own rows."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from itertools import islice

import polars as pl
from django.db.models import Case, Expression, F, TextField, Value, When
from django.db.models.functions import Cast, NullIf
from django.db.models.lookups import IsNull

from feedback.exports import cells
from feedback.exports.batches import BATCH
from feedback.exports.format import Tick
from feedback.exports.table import Table
from feedback.exports.variables import Variable
from feedback.models.copying import as_copied
from feedback.question_types.columns import Column, Dtype
from feedback.questionnaire.codebook import BLANK

AT_ONCE = 1_500  # columns; PostgreSQL gives at most 1,664
FILLED = "1"  # stands for whatever is no code


def counted(
    table: Table, told: Mapping[str, Expression | F], tick: Tick
) -> dict[str, Counter[str]]:
    """How often each text occurs in each of the cells, by their names.

    Args:
        told: cells of few different texts each; NULL counts as blank.
        tick: told of the rows, once for all cells.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in told}
    names = list(told)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        rows = as_copied(table.rows, [told[name] for name in some], how="FORMAT csv")
        with closing(rows):
            while batch := list(islice(rows, BATCH)):
                schema = dict.fromkeys(some, pl.String)
                add(counts, pl.read_csv(b"".join(batch), has_header=False, schema=schema))
                tick(0 if start else len(batch))
    return counts


def add(counts: Mapping[str, Counter[str]], frame: pl.DataFrame) -> None:
    for name in frame.columns:
        for text, number in frame[name].value_counts().iter_rows():
            counts[name][text or BLANK] += number


# -- what is counted -------------------------------------------------------------------


def of_column(column: Column, *, coded: bool) -> Expression:
    """The cell of a question's column: its code, or only whether it has a value."""
    if column.value is None:
        answer: Expression = Value(FILLED, output_field=TextField())
    elif coded:
        answer = Cast(column.value, TextField())
    else:
        answer = filled(column.value)
    return cells.or_missing(column.state, column.part, answer)


def filled(value: Expression | F) -> Expression:
    there = When(IsNull(value, False), then=Value(FILLED))
    return Case(there, default=Value(None), output_field=TextField())


def of_own(variable: Variable) -> Expression | F:
    """The cell of the response itself; of texts of people only whether there is one."""
    if variable.dtype is Dtype.CODE:
        return variable.value
    text = Cast(variable.value, TextField())
    return filled(NullIf(text, Value("", output_field=TextField())))


def by_code(counts: Counter[str]) -> Counter[str]:
    """With each of several codes in one cell counted by itself."""
    apart: Counter[str] = Counter()
    for text, number in counts.items():
        for code in text.split(cells.BETWEEN):
            apart[code] += number
    return apart
