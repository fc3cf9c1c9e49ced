"""What nobody answers by hand: taken from the address, or worked out."""

from typing import Any

import pytest
from django.test import Client
from django.utils.datastructures import MultiValueDict

from feedback.analysis.compile import figures
from feedback.models import Response, Role
from feedback.question_types.base import Kind
from feedback.question_types.columns import Dtype
from feedback.question_types.computed import Computed
from feedback.question_types.hidden import Hidden
from feedback.questionnaire.form import AnswerForm
from feedback.refresh import refresh
from tests import build


def computed(gives: str) -> Computed:
    settings: dict[str, Any] = {"key": "sum", "text": "Sum", "value": "1 + 1", "gives": gives}
    return Computed.model_validate(settings)


def test_a_hidden_item_names_its_part_of_the_address() -> None:
    """Its key, unless the links that are out there call it otherwise."""
    assert Hidden(key="ref", text="?").address_part == "ref"
    assert Hidden(key="came_from", text="?", parameter="utm_source").address_part == "utm_source"


@pytest.mark.django_db
def test_a_hidden_item_takes_no_room_on_the_page(client: Client) -> None:
    """Nobody sees a question where none is asked, but the field is there to be sent."""
    build.survey([Hidden.example().item, *build.TOWN])

    page = client.get("/s/town/").content.decode()

    assert '<input type="hidden" name="came_from"' in page
    assert "Where people came from" not in page


@pytest.mark.parametrize(
    ("gives", "kind", "dtype", "cell", "stored"),
    [
        ("number", Kind.NUMBER, Dtype.DECIMAL, "2.5", 2.5),
        ("truth", Kind.TRUTH, Dtype.BOOLEAN, "1", True),
        ("text", Kind.TEXT, Dtype.TEXT, "often", "often"),
    ],
)
def test_a_computed_item_is_of_the_kind_it_gives(
    gives: str, kind: Kind, dtype: Dtype, cell: str, stored: Any
) -> None:
    """Conditions, exports and files see a number, a truth or a text like any other."""
    item = computed(gives)

    assert (item.kind, item.columns()[0].dtype) == (kind, dtype)
    assert item.clean(MultiValueDict(item.posted({"sum": cell}))) == {"sum": stored}


def test_a_computed_item_has_no_field_to_send() -> None:
    """What is worked out here cannot be claimed by whoever sends the form."""
    item = computed("number")

    assert item.formula == "1 + 1"
    assert not AnswerForm(build.questionnaire([item])).fields
    assert "sum" not in build.questionnaire([item]).field_names


@pytest.mark.django_db
def test_computed_values_are_counted_and_shown() -> None:
    """As the answers that they stand for would be."""
    items = [computed("number"), Computed(key="yes", text="Yes?", value="true", gives="truth")]
    survey = build.survey([*items, Computed(key="t", text="Text", value='"x"', gives="text")])
    row = build.respond(survey)
    Response.objects.filter(pk=row.pk).update(answers={"sum": 2 / 3000, "yes": True, "t": "x"})
    refresh()

    found = figures(survey)["items"]

    assert found["sum"]["mean"] == 2 / 3000
    assert found["yes"]["counts"] == {"yes": 1, "no": 0}
    staff = build.signed_in(build.member(survey, Role.VIEWER))
    for path in ("", f"{row.pk}/", "?answer.yes=yes", "?q=x"):
        assert staff.get(f"/staff/{survey.slug}/responses/{path}").status_code == 200
