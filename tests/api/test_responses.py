"""Programs: a plain GET with a key, what is new since, and no more than its maker may."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from feedback import keys
from feedback.models import AccessKey, AuditEntry, Membership, Response, Role, Status, Survey
from feedback.responses import coding, receipts, withdrawal
from feedback.responses.tags import found_or_made
from tests import build

ADDRESS = "/api/town/responses.csv"


@pytest.fixture
def analyst(town: Survey) -> Any:
    return build.member(town, Role.ANALYST, may_export=True, sees_personal=True)


@pytest.fixture
def secret(town: Survey, analyst: Any) -> str:
    return keys.make(town, "nightly", user=analyst, personal=False)[1]


def fetched(secret: str, address: str = ADDRESS, **query: str) -> Any:
    return Client().get(address, query, headers={"Authorization": f"Bearer {secret}"})


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def an_hour_ago() -> None:
    """All that there is changed last an hour ago."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feedback_response DISABLE TRIGGER feedback_changed")
        cursor.execute("UPDATE feedback_response SET changed_at = now() - interval '1 hour'")
        cursor.execute("ALTER TABLE feedback_response ENABLE TRIGGER feedback_changed")
        cursor.execute("UPDATE feedback_retagged SET at = now() - interval '1 hour'")


def test_a_key_opens_the_responses_and_leaves_an_entry(town: Survey, secret: str) -> None:
    """E10: a pipeline can fetch the file without a browser."""
    build.respond(town, wish="Benches", name="Ada Berg")

    answer = fetched(secret)

    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert [row["wish"] for row in rows(answer)] == ["Benches"]
    (line,) = fetched(secret, "/api/town/responses.jsonl").getvalue().splitlines()
    assert json.loads(line)["answers"]["wish"] == "Benches"
    entries = AuditEntry.objects.filter(action="export")
    assert [entry.details["format"] for entry in entries] == ["csv", "jsonl"]
    assert AccessKey.objects.get().used_on == timezone.now().date()
    assert secret not in str(list(AccessKey.objects.values())) + str(list(entries.values()))


def test_no_key_opens_what_its_maker_may_not(town: Survey, analyst: Any, secret: str) -> None:
    """Wrong, revoked, expired, of another survey or of somebody who left: all the same answer."""
    build.respond(town, wish="Benches", name="Ada Berg")
    build.survey(slug="elsewhere", title="Elsewhere")
    nothing = Client().get(ADDRESS)
    same = (404, nothing.content)

    def refused(answer: Any) -> bool:
        return (answer.status_code, answer.getvalue()) == same

    assert refused(nothing) and refused(fetched("soundings_wrong"))
    assert refused(fetched(secret, "/api/elsewhere/responses.csv"))
    assert refused(fetched(secret, "/api/nowhere/responses.csv"))
    personal = fetched(secret, **{"with": "personal"})
    assert personal.status_code == 400 and b"does not open personal" in personal.content
    opens = keys.make(town, "names", user=analyst, personal=True)[1]
    assert b"Ada Berg" in fetched(opens, **{"with": "personal"}).getvalue()
    Membership.objects.filter(user=analyst).update(sees_personal=False)
    assert refused(fetched(opens, **{"with": "personal"})) and not refused(fetched(secret))
    AccessKey.objects.update(expires_at=timezone.now())
    assert refused(fetched(secret))
    AccessKey.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert not refused(fetched(secret))
    Membership.objects.filter(user=analyst).delete()
    assert refused(fetched(secret))


def test_since_brings_what_is_new_or_changed_and_tombstones(town: Survey, secret: str) -> None:
    """A pipeline keeps a copy true without fetching a million rows each night."""
    same, edited, tagged, untagged, noted, gone = (
        build.respond(town, wish=f"wish {n}") for n in range(6)
    )
    coding.add_tag(untagged, "old", actor=None)
    an_hour_ago()
    since = (timezone.now() - timedelta(minutes=5)).isoformat()
    assert rows(fetched(secret, since=since)) == []

    coding.set_status(edited, Status.DONE, actor=None)
    coding.add_tag(tagged, "new", actor=None)
    coding.remove_tag(untagged, found_or_made(town, "old", actor=None), actor=None)
    noted.notes.create(text="look at this")
    withdrawal.withdraw(receipts.code_for(gone.nonce))
    new = build.respond(town, wish="new")

    found = rows(fetched(secret, since=since))
    assert [int(row["response"]) for row in found if not row["withdrawn_at"]] == [
        row.pk for row in (edited, tagged, untagged, noted, new)
    ]
    assert [int(row["response"]) for row in found if row["withdrawn_at"]] == [gone.pk]
    assert same.pk not in [int(row["response"]) for row in found]
    lines = fetched(secret, "/api/town/responses.jsonl", since=since).getvalue().splitlines()
    assert json.loads(lines[-1]).keys() == {"response", "withdrawn_at"}
    again = fetched(secret, since=since).headers["Next-Since"]
    assert fetched(secret, since=again).status_code == 200


def test_a_withdrawn_response_is_told_apart_whatever_columns_are_chosen(
    town: Survey, secret: str
) -> None:
    """Without its time it would read as one with everything left blank."""
    gone = build.respond(town, wish="gone")
    since = (timezone.now() - timedelta(minutes=5)).isoformat()
    withdrawal.withdraw(receipts.code_for(gone.nonce))

    (row,) = rows(fetched(secret, since=since, only="visit"))

    assert row["response"] == str(gone.pk) and row["withdrawn_at"]


def test_filters_and_choices_stand_in_the_address(town: Survey, secret: str) -> None:
    """The same words as on the page; what is wrong is said, and nothing else is sent."""
    build.respond(town, wish="x", visit="often")
    build.respond(town, wish="y", visit="never")

    found = rows(fetched(secret, **{"answer.visit": "often", "texts": "labels"}))
    assert [row["visit"] for row in found] == ["Often"]
    for query in ({"since": "yesterday"}, {"texts": "odd"}, {"status": "odd"}, {"zone": "Mars"}):
        answer = fetched(secret, **query)
        assert answer.status_code == 400 and "error" in answer.json()
    assert Response.objects.count() == 2
