"""The audit log as owners see it: in words, looked through by address, at any depth."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import feedback
from feedback import chain
from feedback.models import AuditEntry, Response, Status, Survey
from feedback.models.audit import record
from feedback.responses import coding
from feedback.web.audit import PAGE
from feedback.web.history import ACTS, OF_THE_INSTANCE, Names, told
from tests import build
from tests.pages import Page

LOG = "/staff/town/audit/"


@pytest.fixture
def desk(owner: Any) -> Client:
    return build.signed_in(owner)


@pytest.fixture
def row(town: Survey) -> Response:
    return build.respond(town, wish="Benches", name="Ada Berg")


def shown(desk: Client, **fields: Any) -> Page:
    answer = desk.get(LOG, fields)
    assert answer.status_code == 200
    return Page.read(answer.content)


def entries(page: Page) -> int:
    return sum(tag == "time" for tag, _attributes in page.tags)


def actions() -> set[str]:
    """Every action that the program records, read from its sources."""
    found = set()
    for file in Path(feedback.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                found |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return found


def test_every_action_has_its_words() -> None:
    """A code in place of a sentence tells an owner nothing."""
    assert {"note", "publish", "export"} <= actions()
    assert actions() <= ACTS.keys()
    assert ACTS.keys() >= OF_THE_INSTANCE


@pytest.mark.parametrize("action", sorted(ACTS))
def test_an_entry_without_details_is_told_all_the_same(action: str) -> None:
    """An entry is kept for good, and what later ones say besides it does not know."""
    words = told(AuditEntry(action=action, details={}), Names({}, {}))

    assert words and "%" not in words


def test_what_was_done_is_told_with_who_and_whether_it_is_sealed(
    desk: Client, owner: Any, row: Response
) -> None:
    """The page answers: who, what, of which response, when, and can it still be changed."""
    coding.set_status(row, Status.DONE, actor=owner)
    chain.seal()
    coding.add_tag(row, "seats", actor=owner)

    page = shown(desk)

    assert "owner changed the status from New to Done" in page.text
    assert "owner tagged it seats" in page.text
    assert "The server published revision 1" in page.text
    assert (page.text.count("sealed as number"), page.text.count("not sealed yet")) == (2, 1)
    assert len(page.links(rf"/responses/{row.pk}/$")) == 2


def test_a_withdrawn_response_is_named_without_a_link(
    desk: Client, owner: Any, row: Response
) -> None:
    """What was done with it stays accounted for."""
    coding.set_status(row, Status.DONE, actor=owner)
    number, _gone = row.pk, row.delete()

    page = shown(desk)

    assert f"Response {number} (no longer there)" in page.text
    assert page.links(r"/responses/\d+/$") == []


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 4),
        ({"who": "owner"}, 3),
        ({"who": "reviewer"}, 0),
        ({"what": "status"}, 1),
        ({"what": "export"}, 1),
        ({"what": "export_personal"}, 1),
        ({"response": "1"}, 0),
        ({"since": "2000-01-01", "until": "2999-01-01"}, 4),
        ({"since": "2999-01-01"}, 0),
        ({"until": "2000-01-01"}, 0),
        ({"who": "owner", "what": "status", "since": "2000-01-01"}, 1),
    ],
)
def test_every_filter_narrows_and_they_add_up(
    desk: Client, owner: Any, row: Response, town: Survey, fields: dict[str, str], count: int
) -> None:
    """By person, by what was done, by response, by day."""
    coding.set_status(row, Status.DONE, actor=owner)
    coding.add_note(row, "Seen", actor=owner)
    record("export", actor=owner, survey=town, personal=True)

    assert entries(shown(desk, **fields)) == count


def test_a_response_is_looked_for_by_its_number(desk: Client, owner: Any, row: Response) -> None:
    """The question of whoever gets a complaint about one."""
    coding.set_status(row, Status.DONE, actor=owner)

    assert entries(shown(desk, response=row.pk)) == 1


@pytest.mark.parametrize("fields", [{"since": "soon"}, {"response": "x"}, {"what": "nothing"}])
def test_what_cannot_be_looked_for_is_told_at_its_field(
    desk: Client, row: Response, fields: dict[str, str]
) -> None:
    """And nothing is listed as if it had been."""
    answer = desk.get(LOG, fields)

    assert answer.status_code == 400
    page = Page.read(answer.content)
    assert "This cannot be looked for" in page.text and entries(page) == 0


@pytest.mark.parametrize("place", ["x", "-1", "²", "1" * 30])
def test_a_place_that_is_none_is_not_found(desk: Client, place: str) -> None:
    """Rather than a page of something else."""
    assert desk.get(LOG, {"before": place}).status_code == 404


def test_pages_lead_through_all_entries_and_back(desk: Client, owner: Any, town: Survey) -> None:
    """Each entry once, whichever way one goes, with the filter kept."""
    for n in range(2 * PAGE + 3):
        record("note", actor=owner, survey=town, note=n)
    page, seen = shown(desk, what="note"), []
    while True:
        seen.append(entries(page))
        if not (further := page.rel("next")):
            break
        assert "what=note" in further
        page = Page.read(desk.get(LOG + further).content)
    assert seen == [PAGE, PAGE, 3]

    back = Page.read(desk.get(LOG + page.rel("prev")).content)
    first = Page.read(desk.get(LOG + back.rel("prev")).content)
    assert (entries(back), entries(first), first.rel("prev")) == (PAGE, PAGE, "")


def test_the_log_asks_as_few_queries_for_many_entries_as_for_one(
    desk: Client, owner: Any, town: Survey
) -> None:
    """A query for each line would be a slow page just when something has happened."""
    record("note", actor=owner, survey=town, response_id=1, note=0)
    shown(desk)  # the first page of a process asks what it keeps of the survey
    with CaptureQueriesContext(connection) as with_one:
        shown(desk)
    for n in range(PAGE):
        record("note", actor=owner, survey=town, response_id=n + 1, note=n)

    with CaptureQueriesContext(connection) as with_many:
        shown(desk)

    assert len(with_many) == len(with_one)


def test_another_surveys_acts_and_those_of_the_instance_stay_out(
    desk: Client, owner: Any, stranger: Any
) -> None:
    """An owner reads of their own survey alone."""
    record("signed_in", actor=owner)

    page = shown(desk)

    assert entries(page) == 1 and "signed in" not in page.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"who": "nobody"}, "Nobody did that"),
        ({"before": "1"}, "This page lies beyond the last one."),
    ],
)
def test_an_empty_page_says_why(desk: Client, fields: dict[str, str], words: str) -> None:
    """And how to go on."""
    assert words in shown(desk, **fields).text
