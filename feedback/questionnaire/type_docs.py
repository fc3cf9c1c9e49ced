"""The reference of question types, written from the types themselves."""

import json
import sys
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import polars as pl

from feedback.question_types import REGISTRY
from feedback.question_types.base import Example, Item
from feedback.question_types.columns import Column, Dtype
from feedback.questionnaire.definition import as_data

INTRODUCTION = """# Question types

Written by `manage.py document_question_types`; a test compares. Each type is one file in
`feedback/question_types/`, and its chapter here comes from that file: what it says of
itself, its settings, and its example with what is stored and which columns it fills.

Every type takes `key` (its name in exports, for good), `text` (the question), `help`,
`required`, `show_if` and `required_if` (see [conditions](conditions.md)), `decline` (which
of `refused` and `dont_know` are offered instead of an answer) and, where its answers can
stand apart encrypted, `personal`. An option has a `code` and a `text`, perhaps a `show_if`,
and may be `exclusive` (it goes with no other) or `fixed` (it keeps its place at the end
when the others are shuffled).
"""
LONGEST_CELL = 300
COMMON = set(Item.model_fields)


def reference() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [INTRODUCTION, *table(), *(line for kind in REGISTRY for line in chapter(kind))]
    )


def chapter(kind: type[Item]) -> Iterator[str]:
    example = kind.example()
    yield f"## {example.item.type}\n"
    yield f"{(sys.modules[kind.__module__].__doc__ or '').strip()}\n"
    yield from settings(kind)
    yield "```json\n" + json.dumps(as_data(example.item), ensure_ascii=False, indent=2) + "\n```\n"
    if example.item.asks:
        yield from answers(example.item)
        yield from columns(example.item)


def table() -> Iterator[str]:
    """Every type in one row: how it is written, looks, is stored, exported and counted."""
    yield "## At a glance\n"
    yield "| type | definition | look | stored | columns | tally |\n|---|---|---|---|---|---|"
    for kind in REGISTRY:
        example = kind.example()
        item = example.item
        written = code(json.dumps(as_data(item), ensure_ascii=False))
        look = f"![{item.type}](images/types/{item.type}.png)" if seen(item) else "not seen"
        kept = code(json.dumps(example.accepts[0][1], ensure_ascii=False))
        names = ", ".join(f"`{column.name}`" for column in item.columns()) or "none"
        counted = code(json.dumps(tally_of(example), ensure_ascii=False))
        yield f"| [{item.type}](#{item.type}) | {written} | {look} | {kept} | {names} | {counted} |"
    yield ""


def seen(item: Item) -> bool:
    """Whether a respondent sees it; a hidden or a computed item shows nothing."""
    return not (item.formula or item.address_part)


def code(text: str) -> str:
    return f"`{plain(text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + '…')}`"


def tally_of(example: Example) -> dict[str, Any]:
    """What the figures say of the answers of an example."""
    item = example.item
    rows = [cells for cells in example.cells if all(v is not None for v in cells.values())]
    data = {
        column.name: [as_value(column, cells[column.name]) for cells in rows]
        for column in item.columns()
        if column.closed
    }
    frame = pl.DataFrame(data)
    if not data or not rows or item.personal:
        return {}
    parts = {name: part.tally(frame) for name, part in item.operands().items() if part is not item}
    return item.tally(frame) | parts


def as_value(column: Column, cell: Any) -> Any:
    """A cell of an example as frames hold it."""
    if column.dtype is Dtype.DATE:
        return date.fromisoformat(cell)
    return time.fromisoformat(cell) if column.dtype is Dtype.TIME else cell


def settings(kind: type[Item]) -> Iterator[str]:
    """The settings of its own, with their defaults."""
    own = [name for name in kind.model_fields if name not in COMMON]
    if own:
        yield "| setting | default | |\n|---|---|---|"
        for name in own:
            field = kind.model_fields[name]
            default = "needed" if field.is_required() else f"`{json.dumps(field.default)}`"
            yield f"| `{name}` | {default} | {field.description or ''} |"
        yield ""


def answers(item: Item) -> Iterator[str]:
    yield "| the form sends | stored |\n|---|---|"
    for fields, stored in item.example().accepts:
        sent = ", ".join(f"{name}={value}" for name, values in fields.items() for value in values)
        kept = json.dumps(stored, ensure_ascii=False)
        yield f"| `{plain(sent) or 'nothing'}` | `{plain(kept)}` |"
    yield ""


def columns(item: Item) -> Iterator[str]:
    yield "| column | holds | codes |\n|---|---|---|"
    for column in item.columns():
        codes = ", ".join(f"`{code}`" for code in list(column.labels)[:6])
        more = " …" if len(column.labels) > 6 else ""
        yield f"| `{column.name}` | {column.dtype} | {codes}{more} |"
    yield ""


def plain(text: str) -> str:
    """Text for a cell of a table: no line ends, no bars."""
    return text.replace("\r", "\\r").replace("\n", "\\n").replace("|", "\\|")
