"""Plain builders: a questionnaire, a survey, a response, a person, with just what matters."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from feedback.authoring.publish import publish
from feedback.exports import csv
from feedback.exports.choices import Choices
from feedback.exports.table import Table
from feedback.models import Membership, Response, Role, Survey
from feedback.question_types.base import Item
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import tickets
from feedback.responses.importing import Report, import_from
from feedback.responses.in_field import forget, in_field, items_of
from feedback.responses.receive import Stored, receive
from feedback.responses.screening import Arrival
from feedback.responses.selection import Selection

FORM = "application/x-www-form-urlencoded"
TOWN: list[dict[str, Any]] = [
    {"key": "name", "type": "short_text", "text": "Your name", "personal": True},
    {
        "key": "visit",
        "type": "single_choice",
        "text": "How often do you visit?",
        "choices": [{"code": "often", "text": "Often"}, {"code": "never", "text": "Never"}],
        "other": "Otherwise",
    },
    {
        "key": "uses",
        "type": "multiple_choice",
        "text": "What for?",
        "choices": [{"code": "walk", "text": "To walk"}, {"code": "rest", "text": "To rest"}],
    },
    {"key": "stars", "type": "rating", "text": "How good is it?"},
    {"key": "wish", "type": "long_text", "text": "What do you wish for?", "required": True},
]


def questionnaire(
    items: Sequence[Mapping[str, Any] | Item] = TOWN, **settings: Any
) -> Questionnaire:
    """A questionnaire of one page with these items."""
    plain = [
        {"type": i.type, **i.model_dump(exclude_defaults=True)} if isinstance(i, Item) else i
        for i in items
    ]
    given = {"slug": "town", "title": "The town", "pages": [{"items": plain}], **settings}
    return Questionnaire.parse(given)


def survey(items: Sequence[Mapping[str, Any] | Item] = TOWN, **settings: Any) -> Survey:
    """A survey in the field with these items."""
    revision, _is_new = publish(questionnaire(items, **settings))
    forget()
    return revision.survey


def respond(of: Survey, source: str = "", **answers: Any) -> Response:
    """A response as the form would leave it; lists stand for several values."""
    field = in_field(of.slug)
    ticket = tickets.issue(survey=of.pk, revision=field.revision)
    given = {name: v if isinstance(v, list) else [v] for name, v in answers.items()}
    posted = MultiValueDict({"ticket": [ticket], **given})
    outcome = receive(posted, survey=field, damaged={}, arrival=Arrival(source=source))
    assert isinstance(outcome, Stored), outcome
    return Response.objects.order_by("-pk").first()  # type: ignore[return-value]


def many(survey: Survey, number: int) -> list[int]:
    """Numbers of so many responses, oldest first."""
    first = respond(survey, wish="wish 0")
    copies = [
        Response(
            survey=survey,
            revision_id=first.revision_id,
            nonce=f"00000000-0000-4000-8000-{n:012d}",
            receipt=f"00000000-0000-4000-8000-{n:012d}",
            language="en",
            answers={**first.answers, "wish": f"wish {n}"},
        )
        for n in range(1, number)
    ]
    return [first.pk, *(row.pk for row in Response.objects.bulk_create(copies))]


def member(of: Survey, role: Role, *, name: str = "", **may: bool) -> Any:
    """A person with a role in a survey: ``sees_personal`` and ``may_export`` besides."""
    person = get_user_model().objects.create(
        username=name or role.name.lower(), password=hashed("secret")
    )
    Membership.objects.create(survey=of, user=person, role=role, **may)
    return person


@cache
def hashed(password: str) -> str:
    """Hashed once for a whole run: a password hash is slow on purpose."""
    return make_password(password)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def confirmed(person: Any) -> Client:
    """Signed in, and having given the password again just now."""
    client = signed_in(person)
    client.post(reverse("account_reauthenticate"), {"password": "secret"})
    return client


def ticket_in(page: bytes) -> str:
    """The ticket that a form page carries."""
    found = re.search(rb'name="ticket" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1].decode()


def post(client: Client, slug: str, fields: Mapping[str, Any], **more: Any) -> Any:
    """Send the public form as a browser does."""
    return client.post(f"/s/{slug}/", urlencode(fields, doseq=True), content_type=FORM, **more)


def table(survey: Survey, query: str = "", choices: str = "") -> Table:
    """What an export holds, asked for as in an address."""
    selection = Selection.read(query, items_of(survey))
    return Table.of(survey, selection, Choices.from_query(QueryDict(choices)), reader=None)


def exported(survey: Survey, query: str = "", choices: str = "") -> bytes:
    """The whole of the streamed CSV."""
    return b"".join(csv.stream(table(survey, query, choices)))


def imported(survey: Survey, file: Path, **how: Any) -> Report:
    """Take in a file of the disk."""
    with file.open("rb") as raw:
        return import_from(survey, raw, **how)
