"""What is special to a grid: its rows are questions of their own wherever answers go."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from feedback.analysis.compile import figures
from feedback.models import Response, Role, Survey
from feedback.question_types.columns import State
from feedback.question_types.grid import Grid
from feedback.questionnaire.expressions import holds, parse
from feedback.questionnaire.form import AnswerForm
from feedback.refresh import refresh
from feedback.responses.made_up import seed
from tests import build

ANSWERS: list[dict[str, Any]] = [
    {"speed__day": "good", "speed__night": "bad"},
    {"speed__day": "good"},
    {},
]


def grid(**settings: Any) -> Grid:
    example = Grid.example().item.model_dump(exclude_defaults=True)
    return Grid.model_validate({**example, **settings})


def posted(**fields: list[str]) -> MultiValueDict[str, str]:
    return MultiValueDict(fields)


@pytest.fixture(params=[False, True], ids=["one choice a row", "several"])
def answered(request: pytest.FixtureRequest, db: None) -> Survey:
    survey = build.survey([grid(several=request.param)])
    for answers in ANSWERS:
        build.respond(survey, **answers)
    refresh()
    return survey


def test_each_row_is_counted_with_its_own_states(answered: Survey) -> None:
    """Who skipped one row answered the grid, and is missing from that row's shares alone."""
    found = figures(answered)["items"]["speed"]

    assert (found["answered"], found["blank"]) == (2, 1)
    day, night = found["rows"]["speed__day"], found["rows"]["speed__night"]
    assert (day["answered"], day["blank"], day["counts"]) == (2, 1, {"good": 2, "bad": 0})
    assert (night["answered"], night["blank"], night["counts"]) == (1, 2, {"good": 0, "bad": 1})


def test_the_report_and_the_response_show_each_row(answered: Survey) -> None:
    """Readers see the row beside its answer, and a figure leads to the responses behind it."""
    staff = build.signed_in(build.member(answered, Role.VIEWER))
    row = Response.objects.order_by("pk").first()
    assert row is not None

    report = staff.get(f"/staff/{answered.slug}/summary/").content.decode()
    response = staff.get(f"/staff/{answered.slug}/responses/{row.pk}/").content.decode()
    chosen = staff.get(f"/staff/{answered.slug}/responses/?answer.speed__day=good")

    assert "<h3>By day</h3>" in report and "answer.speed__night=bad" in report
    assert "By day: Fast" in response and "At night: Slow" in response
    assert chosen.status_code == 200
    assert chosen.content.decode().count("How fast is the connection? – By day") >= 1


def test_an_export_reads_back_in(answered: Survey, tmp_path: Path) -> None:
    """Rows that were left blank, and a grid that was, come back as they were."""
    before = [row.answers for row in Response.objects.order_by("pk")]
    file = tmp_path / "export.csv"
    file.write_bytes(build.exported(answered))
    Response.objects.all().delete()

    build.imported(answered, file)

    assert [row.answers for row in Response.objects.order_by("pk")] == before


@pytest.mark.django_db
def test_a_row_that_was_not_shown_or_was_declined_is_exported_so(tmp_path: Path) -> None:
    """The grid as a whole is declined; a row is shown or not by itself."""
    survey = build.survey([grid()])
    rows = [build.respond(survey) for _ in range(2)]
    states: list[dict[str, Any]] = [
        {"speed": {"state": "refused"}},
        {"speed": ["day"], "speed__day": "bad"},
    ]
    for row, answers in zip(rows, states, strict=True):
        Response.objects.filter(pk=row.pk).update(answers=answers)
    file = tmp_path / "export.csv"
    file.write_bytes(build.exported(survey))

    table = list(csv.DictReader(io.StringIO(file.read_text())))
    Response.objects.all().delete()
    build.imported(survey, file)

    assert [(r["speed__day"], r["speed__night"]) for r in table] == [
        ("[refused]", "[refused]"),
        ("bad", "[not_shown]"),
    ]
    assert [row.answers for row in Response.objects.order_by("pk")] == states
    refresh()
    found = figures(survey)["items"]["speed"]
    assert (found["answered"], found["declined"]) == (1, 1)
    assert found["rows"]["speed__night"][State.NOT_SHOWN.name.lower()] == 1


def test_a_required_grid_needs_each_row_that_is_offered() -> None:
    """Each missing row is named by itself; one that is not offered is neither."""
    item = grid(required=True)

    with pytest.raises(ValidationError) as refusal:
        item.clean(posted(speed__day=["good"]))

    assert refusal.value.message_dict == {"speed__night": ["This question needs an answer."]}
    sent = posted(speed__day=["good"], speed__night=["bad"])
    assert item.clean_offered(sent, {"night"}) == {"speed": ["day"], "speed__day": "good"}


def test_conditions_may_ask_for_a_row_and_for_the_grid() -> None:
    """By the names that the stored answers have."""
    answers = grid().clean(posted(speed__day=["good"]))

    assert set(grid().operands()) == {"speed", "speed__day", "speed__night"}
    assert holds(parse('speed__day = "good" and not answered(speed__night)'), answers)
    assert holds(parse('speed includes "day" and count(speed) = 1'), answers)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rows": [{"code": "declined", "text": "?"}]}, "'declined' is taken"),
        ({"rows": [{"code": "a", "text": "?"}] * 2}, "used twice"),
        ({"choices": [{"code": "a", "text": "?"}] * 2}, "used twice"),
        ({"choices": [{"code": "a", "text": "?", "show_if": "x"}]}, "put show_if on a row"),
    ],
)
def test_a_grid_that_cannot_be_told_apart_is_refused(
    settings: dict[str, Any], message: str
) -> None:
    """Names of fields and columns are made of the codes."""
    with pytest.raises(ValueError, match=message):
        grid(**settings)


def test_rows_are_shown_in_the_order_dealt() -> None:
    """So that no row is always the last, when people are tired."""
    item = grid(shuffle=True)
    form = AnswerForm(build.questionnaire([item]))
    orders = [item.orders(turn) for turn in range(2)]
    assert orders[0] != orders[1]

    for order in orders:
        item.arranged(form.fields, order)
        assert [row["code"] for row in item.shown(form)["options"]] == order


def test_an_earlier_revision_keeps_its_rows_and_choices() -> None:
    """What only it asked stays countable."""
    older = grid(rows=[{"code": "noon", "text": "At noon"}])

    pooled = grid().pool(older)

    assert list(pooled.operands()) == ["speed", "speed__day", "speed__night", "speed__noon"]


@pytest.mark.django_db
@pytest.mark.parametrize("several", [False, True])
def test_made_up_answers_fill_a_required_grid(several: bool) -> None:
    """Demonstrations hold nothing that the form would have refused."""
    survey = build.survey([grid(required=True, several=several)])
    assert survey.live is not None

    seed(survey.live, responses=50, seed=1, now=timezone.now())

    assert {tuple(row.answers["speed"]) for row in Response.objects.all()} == {("day", "night")}
