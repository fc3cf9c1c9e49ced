"""One contract for every question type: what any of them promises, all of them keep.

Docs, exports, statistics and the form rely on these promises without asking which type
an item is, so a new type needs no line here: the registry brings it in.
"""

import json
from contextlib import suppress
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.datastructures import MultiValueDict

from feedback.analysis.compile import item_figures
from feedback.exports.cells import text_cell
from feedback.frames.build import conformed
from feedback.frames.cache import frame_of
from feedback.frames.layout import Layout, layout_of, state_name
from feedback.models import Response, Survey
from feedback.models.identity import decrypt
from feedback.question_types import REGISTRY
from feedback.question_types.base import WAYS, Item
from feedback.question_types.columns import Dtype, State, state_of
from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.codebook import guarded
from feedback.questionnaire.readers.document import read
from feedback.questionnaire.type_docs import chapter
from feedback.refresh import refresh
from tests import build

DOCS = Path(__file__).parents[2] / "docs" / "question-types.md"
every_type = pytest.mark.parametrize("kind", REGISTRY, ids=lambda kind: kind.__name__)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def posted(fields: Any) -> MultiValueDict[str, str]:
    return MultiValueDict(fields)


def stored_rows(item: Item) -> list[Response]:
    """One response for each answer that the example takes, through the only way in."""
    survey = build.survey([*item.example().before, item])
    return [build.respond(survey, **fields) for fields, _answers in item.example().accepts]


@every_type
def test_each_example_is_stored_as_it_says(kind: type[Item]) -> None:
    """The stored JSON is a promise to whoever reads the database or the lossless export."""
    example = kind.example()

    assert example.accepts
    for fields, answers in example.accepts:
        assert example.item.clean(posted(fields)) == answers


@every_type
def test_a_stored_answer_refills_the_form_it_came_from(kind: type[Item]) -> None:
    """Whoever edits a response, or comes back to one, finds what they gave, and sends it again."""
    example = kind.example()

    for _fields, answers in example.accepts:
        again = json.loads(json.dumps(answers))
        assert example.item.clean(posted(example.item.refilled(again))) == answers


@every_type
def test_an_answer_may_be_declined_where_that_is_offered(kind: type[Item]) -> None:
    """“Prefer not to say” is a state of its own: it satisfies what needs an answer."""
    settings = kind.example().item.model_dump(exclude_defaults=True)
    settings |= {"decline": ["refused", "dont_know"]}
    if not kind.may_be_declined:
        with pytest.raises(ValueError, match="nobody is asked"):
            kind.model_validate(settings)
        return
    item = kind.model_validate(settings)
    if not item.checks:
        pytest.skip("has no field")
    said = {item.declined_part: ["refused"]}
    full = next(fields for fields, _answers in item.example().accepts if any(fields.values()))

    assert item.taken(posted(said)) == {item.key: {"state": "refused"}}
    with pytest.raises(ValidationError, match="Keep one of the two"):
        item.taken(posted(said | full))
    with pytest.raises(ValidationError, match="Keep one of them"):
        item.taken(posted({item.declined_part: ["refused", "dont_know"]}))


@every_type
def test_what_is_refused_names_the_field_and_the_remedy(kind: type[Item]) -> None:
    """Whoever mends an answer needs to know which one, and how."""
    example = kind.example()

    for fields, piece in example.refuses:
        with pytest.raises(ValidationError) as refusal:
            example.item.clean(posted(fields))
        messages = refusal.value.message_dict
        assert set(messages) <= set(example.item.checks)
        assert piece in " ".join(text for texts in messages.values() for text in texts)


@pytest.mark.django_db
@every_type
def test_marks_on_frames_say_what_filters_on_rows_say(kind: type[Item]) -> None:
    """Crosstabs and reports of a filter are counted on frames, and lists come from rows."""
    item = kind.example().item
    if not item.asks:
        return
    rows = stored_rows(item)
    refresh()
    frame = frame_of(rows[0].survey, layout_of(rows[0].survey))
    answered = frame.filter(pl.col(state_name(item.key)) == State.ANSWERED.value)

    for code, mark in item.marks().items():
        stored = Response.objects.filter(item.where(code)).values_list("pk", flat=True)
        assert sorted(answered.filter(mark)["_id"]) == sorted(stored), code
    if item.grouped_by:
        held = answered[item.grouped_by].to_list()
        assert held and set(held) <= set(item.values().values())


@every_type
def test_an_unknown_field_is_refused_by_name(kind: type[Item]) -> None:
    """Nothing that was sent is dropped without a word."""
    example = kind.example()
    fields, _answers = example.accepts[0]

    with pytest.raises(ValidationError, match="no question named sneaked_in"):
        clean_answers(
            build.questionnaire([*example.before, example.item]),
            posted({**fields, "sneaked_in": ["1"]}),
        )


@every_type
@pytest.mark.django_db
def test_a_stored_answer_comes_back_in_its_own_columns(kind: type[Item]) -> None:
    """Exports and statistics read columns, so a column that misses an answer loses data."""
    example = kind.example()
    rows = stored_rows(example.item)

    assert len(example.cells) == len(rows)
    for row, cells in zip(rows, example.cells, strict=True):
        columns = example.item.columns()
        assert [column.name for column in columns] == list(cells)
        for column in columns:
            value = F("answers") if column.value is None else column.value
            found = Response.objects.annotate(value=value, state=column.state).get(pk=row.pk)
            answered = found.state == State.ANSWERED
            assert (found.value if answered else None) == cells[column.name], column.name


@every_type
@pytest.mark.django_db
def test_an_answer_not_shown_or_declined_fills_no_column(kind: type[Item]) -> None:
    """The four states are told apart wherever an answer could stand."""
    item = kind.example().item
    row = stored_rows(item)[0]
    columns = item.columns()

    for answers, state in (
        ({}, State.NOT_SHOWN),
        ({column.part: {"state": "refused"} for column in columns}, State.DECLINED),
        ({column.part: None for column in columns}, State.BLANK),
    ):
        Response.objects.filter(pk=row.pk).update(answers=answers)
        for column in columns:
            found = Response.objects.annotate(state=column.state).get(pk=row.pk)
            assert found.state == state, column.name


@every_type
@pytest.mark.django_db
def test_no_cell_of_an_export_starts_a_formula(kind: type[Item]) -> None:
    """A text cell may hold anything, and a spreadsheet runs what begins with "="."""
    item = kind.example().item
    row = stored_rows(item)[0]

    for column in [column for column in item.columns() if column.dtype is Dtype.TEXT]:
        for start in FORMULAS:
            typed = f"{start}1+1"
            Response.objects.filter(pk=row.pk).update(answers={column.part: typed})
            cell = text_cell(column.value, column.dtype)
            cell = Response.objects.annotate(cell=cell).get(pk=row.pk).cell
            assert cell == guarded(typed) == f"'{typed}"


@every_type
@pytest.mark.django_db
def test_the_figures_depend_neither_on_chunks_nor_on_order(kind: type[Item]) -> None:
    """Frames are read in pieces; what they add up to is a fact about the responses alone."""
    item = kind.example().item
    stored_rows(item)
    refresh()
    layout = Layout([*item.example().before, item])
    frame = read_frame(layout)

    whole = item_figures(item, frame) if item.asks else {}
    turned = item_figures(item, frame.reverse()) if item.asks else {}
    pieces = pl.concat([frame[:1], frame[1:]])

    assert whole == turned == (item_figures(item, pieces) if item.asks else {})
    if item.asks:
        states = [whole[name] for name in ("answered", "blank", "not_shown", "declined")]
        assert sum(states) == frame.height == len(item.example().accepts)


def read_frame(layout: Layout) -> pl.DataFrame:
    survey = Survey.objects.get()
    assert layout_of(survey).schema == layout.schema
    return conformed(frame_of(survey, layout), layout)


@every_type
def test_it_survives_being_written_and_read_as_a_document(kind: type[Item]) -> None:
    """What an author wrote is what is published, setting by setting."""
    example = kind.example()
    questionnaire = build.questionnaire([*example.before, example.item])

    again, problems = read(json.dumps(questionnaire.definition(), indent=1))

    assert problems == []
    assert again == questionnaire


@every_type
def test_it_has_a_chapter_in_the_docs(kind: type[Item]) -> None:
    """An author chooses a type by reading, not by trying."""
    assert "\n".join(chapter(kind)) in DOCS.read_text(), "run manage.py document_question_types"


@every_type
@pytest.mark.django_db
def test_a_personal_answer_stands_nowhere_in_the_open(kind: type[Item]) -> None:
    """Marked personal, an answer leaves only its state outside the encrypted column."""
    example = kind.example()
    if not example.item.asks:
        pytest.skip("asks nothing")
    settings = example.item.model_dump(exclude_defaults=True) | {"personal": True}
    if not kind.may_be_personal:
        with pytest.raises(ValueError, match="cannot be personal"):
            kind.model_validate(settings)
        return
    item = kind.model_validate(settings)
    fields, answers = example.accepts[0]

    row = build.respond(build.survey([item]), **fields)

    assert set(row.answers.values()) <= {True, None}
    sealed = Response.with_identity.get(pk=row.pk)
    answered = {part: value for part, value in answers.items() if value is not None}
    assert decrypt(sealed.identity, nonce=sealed.nonce) == answered
    assert all(column.personal for column in item.columns())
    assert all(state_name(c.part) in Layout([item]).schema for c in item.columns())


def filtered_rows(kind: type[Item]) -> tuple[Item, list[Response]]:
    """Responses that gave, left blank, declined or never saw the example of a type."""
    example = kind.example()
    item = example.item
    if kind.may_be_declined and item.checks:
        settings = item.model_dump(exclude_defaults=True) | {"decline": ["refused", "dont_know"]}
        item = kind.model_validate(settings)
    rows = stored_rows(example.item)
    chance = Random(3)
    for _ in range(12):
        with suppress(ValidationError):
            rows.append(bare_copy(rows[0], item.taken(posted(item.made_up(chance)))))
    for way in item.decline:
        rows.append(bare_copy(rows[0], item.taken(posted({item.declined_part: [way]}))))
    blank = dict.fromkeys([*rows[0].answers, item.key])
    return item, [*rows, bare_copy(rows[0], blank), bare_copy(rows[0], {})]


def bare_copy(row: Response, answers: Any) -> Response:
    return Response.objects.create(
        survey_id=row.survey_id,
        revision_id=row.revision_id,
        nonce=uuid4(),
        receipt=uuid4(),
        answers=answers,
    )


def found_by(condition: Q) -> set[int]:
    return set(Response.objects.filter(condition).values_list("pk", flat=True))


@every_type
@pytest.mark.django_db
def test_its_filters_find_what_its_own_figures_count(kind: type[Item]) -> None:
    """A bar of a report leads to a list: it must show those that were counted."""
    item, rows = filtered_rows(kind)
    refresh()
    frame = read_frame(Layout([*kind.example().before, item]))

    for key, part in item.operands().items():
        for code in part.filters():
            counted = set()
            for row in rows:
                alone = frame.filter(pl.col("_id") == row.pk)
                figures = item_figures(item, alone)
                figures = figures.get("rows", {}).get(key, figures) if key != item.key else figures
                held = row.answers.get(key) if "counts" not in figures else None
                if figures.get("counts", {}).get(code) or code in (held or []):
                    counted.add(row.pk)
            assert found_by(part.where(code)) == counted, (key, code)


@every_type
@pytest.mark.django_db
def test_its_states_are_those_of_its_columns(kind: type[Item]) -> None:
    """One and the same response is blank in the list, in the export and in the figures."""
    item, rows = filtered_rows(kind)
    told = {column.part: column.state for column in item.columns()}

    for key in item.operands():
        expression = told.get(key, state_of(key))
        by_row = dict(Response.objects.annotate(s=expression).values_list("pk", "s"))
        for state in State:
            expected = {row.pk for row in rows if by_row[row.pk] == state}
            assert found_by(item.where_state(key, state)) == expected, (key, state)
        ways = [found_by(item.where_state(key, way)) for way in WAYS]
        assert set().union(*ways) == found_by(item.where_state(key, State.DECLINED))


@every_type
@pytest.mark.django_db
def test_its_ranges_hold_both_ends_and_nothing_else(kind: type[Item]) -> None:
    """Between two answers that were given lie those and what lies between; no other state."""
    item, rows = filtered_rows(kind)
    span = item.span
    if span is None:
        return
    given = sorted(
        row.answers[item.key]
        for row in rows
        if isinstance(row.answers.get(item.key), str | int | float)
    )
    for least, most in [(None, None), *product([None, *given], repeat=2)]:
        low, high = (end is not None and span.read(str(end)) for end in (least, most))
        expected = {
            row.pk
            for row in rows
            if (answer := row.answers.get(item.key)) in given
            and (least is None or answer >= low)
            and (most is None or answer <= high)
        }
        ends = [None if end is None else span.read(str(end)) for end in (least, most)]
        assert found_by(span.between(*ends)) == expected, (least, most)
    with pytest.raises(ValidationError):
        span.read("neither here nor there")
