"""A table as the programs of statistics like it: numbers with labels, short names, no states.

What SPSS and Stata share. An answer that was chosen is its option's place, 1 to n, in the
order of the questionnaire; ticks are 1 and 0. Why a number is missing is told by codes of
its own; of texts, days and times a further variable ``<name>_state`` tells it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext_lazy as _

from feedback.exports.batches import STATE, Typed
from feedback.exports.cells import ALL_STATES
from feedback.exports.format import Tick
from feedback.exports.lengths import longest
from feedback.exports.table import Table
from feedback.exports.variables import Variable
from feedback.question_types.columns import Dtype, Message

# Words of their languages, which no variable can be called.
RESERVED = re.compile(
    "all|and|by|eq|ge|gt|le|lt|ne|not|or|to|with"
    "|if|in|byte|double|float|int|long|using|strl|str[0-9]+"
)
WORDS = {"not_shown": "not shown", "refused": "refused", "dont_know": "don't know"}
CELL = 150  # bytes of memory that a cell takes while it is written
NUMBERS = (Dtype.INTEGER, Dtype.DECIMAL, Dtype.BOOLEAN)


@dataclass(frozen=True)
class Limits:
    """What a format has room for, in bytes of UTF-8."""

    name: int
    label: int
    value_label: int
    text: int


@dataclass(frozen=True)
class Coded:
    """One variable of the file.

    Attributes:
        values: numbers, texts, days or times; null where there is no answer.
        labels: of numbers.
        states: why there is no number, for each row; None where nothing can be missing so.
    """

    name: str
    label: str
    values: pl.Series
    labels: Mapping[int, str] = field(default_factory=dict)
    states: pl.Series | None = None


def coded(table: Table, limits: Limits, tick: Tick) -> list[Coded]:
    """All of a table, in memory at once: both formats are written column by column."""
    typed = Typed(table)
    frames = list(typed.frames(tick))
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=typed.schema)
    name = namer(limits.name)
    return [made for one in table.variables for made in of_variable(one, whole, limits, name)]


def of_variable(
    one: Variable, whole: pl.DataFrame, limits: Limits, name: Callable[[str], str]
) -> Iterator[Coded]:
    values = whole[one.name]
    states = whole[one.part + STATE] if one.state is not None else None
    short = name(one.name)
    label = one.label if short == one.name else f"{one.name}: {one.label}"
    label = shortened(label, limits.label)
    if (isinstance(values.dtype, pl.Enum) and one.labels) or one.dtype in NUMBERS:
        labels = {n: shortened(text, limits.value_label) for n, text in numbered(one).items()}
        yield Coded(short, label, in_numbers(one, values), labels, states)
        return
    if values.dtype == pl.String or isinstance(values.dtype, pl.Enum):
        values = fitting(values.cast(pl.String), limits.text)
    if isinstance(values.dtype, pl.Datetime):
        values = values.dt.replace_time_zone(None)
    yield Coded(short, label, values)
    if states is not None:
        words = {n: WORDS.get(state, state) for n, state in enumerate(ALL_STATES, 1)}
        about = shortened(f"Whether answered: {one.label}", limits.label)
        place = states.to_physical().cast(pl.Int32) + 1
        yield Coded(name(f"{one.name}_state"), about, place, words)


def in_numbers(one: Variable, values: pl.Series) -> pl.Series:
    if one.dtype is Dtype.CODE:
        return values.to_physical().cast(pl.Int32) + 1
    return values.cast(pl.Int32) if one.dtype is Dtype.BOOLEAN else values


def numbered(one: Variable) -> dict[int, str]:
    """The labels by number."""
    if one.dtype is Dtype.BOOLEAN:
        return {1: "yes", 0: "no"}
    if one.dtype is Dtype.CODE:
        return {n: str(text) for n, text in enumerate(one.labels.values(), 1)}
    return {int(code): str(text) for code, text in one.labels.items() if code.lstrip("-").isdigit()}


def missing_numbers(values: pl.Series) -> dict[str, int]:
    """The numbers that stand for not shown and each way to decline: no answer reaches them."""
    least = values.min()
    digits = 1
    while isinstance(least, int | float) and least <= -(10**digits * 9):
        digits += 1
    end = 10 ** (digits + 1)
    return {state: 3 - end - place for place, state in enumerate(WORDS)}


def namer(longest: int) -> Callable[[str], str]:
    """Names of letters, digits and underscores, none twice, whatever the case."""
    taken: set[str] = set()

    def name(long: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", long)
        plain += "_" if RESERVED.fullmatch(plain.lower()) else ""
        short, number = plain[:longest], 1
        while short.lower() in taken:
            number += 1
            short = f"{plain[: longest - len(str(number)) - 1]}_{number}"
        taken.add(short.lower())
        return short

    return name


def shortened(text: str, longest: int) -> str:
    """A label of at most so many bytes; one that was longer ends with an ellipsis."""
    raw = text.encode()
    if len(raw) <= longest:
        return text
    return raw[: longest - 3].decode(errors="ignore") + "…"


def fitting(texts: pl.Series, longest: int) -> pl.Series:
    """Texts of at most so many bytes; one that was longer ends with a mark that says so."""
    if int(texts.str.len_bytes().max() or 0) <= longest:  # type: ignore[arg-type]
        return texts
    return pl.Series(
        texts.name,
        [text if text is None else cut(text, longest) for text in texts],
        dtype=pl.String,
    )


def cut(text: str, longest: int) -> str:
    raw = text.encode()
    if len(raw) <= longest:
        return text
    mark = f"… [cut here: {len(text):,} characters; whole in CSV and JSON Lines]"
    return raw[: longest - len(mark.encode())].decode(errors="ignore") + mark


def notes(table: Table, longest: int) -> list[str]:
    """What somebody who opens the file should know, in lines of at most so many bytes."""
    about = (
        f"Survey {table.survey.slug}.",
        f"Times are of the zone {table.choices.zone}.",
        "Its codebook has the whole wordings, and names as in the other formats.",
    )
    return [shortened(line, longest) for line in about]


# -- told beforehand ---------------------------------------------------------------------

MEMORY = _(
    "The file is put together in memory: about %(size)s MB of the builder’s for so many responses."
)
CUT = _(
    "A text has room for %(most)s bytes. Answers that are longer end with a mark that says so; "
    "they are whole in CSV and JSON Lines."
)
WIDEST = 4  # bytes of one character


def told_of(limits: Limits) -> Callable[[Table, int], Sequence[Message]]:
    """What somebody should know before a file with these limits is made."""

    def warnings(table: Table, rows: int) -> Sequence[Message]:
        found = [*memory(table, rows)]
        if any(longest(one) * WIDEST > limits.text for one in table.variables):
            found.append(CUT % {"most": f"{limits.text:,}"})
        return found

    return warnings


def memory(table: Table, rows: int) -> Sequence[Message]:
    """What the making of the file takes, where it is worth a word."""
    size = rows * len(table.variables) * CELL // 1_000_000
    return [MEMORY % {"size": f"{size:,}"}] if size > 100 else []
