"""Names, addresses and other personal answers: covered in texts for who may not see them.

Who may see them has to ask for them, and each look is recorded.
"""

from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from feedback.models import AuditEntry, Response, Survey
from feedback.refresh import refresh
from tests import build
from tests.pages import Page
from tests.web.desk import LIST, at, changed, listed, of_names


def test_no_response_of_a_list_or_page_comes_with_its_personal_column(
    desk: Client, town: Survey
) -> None:
    """What is never there cannot leak, whatever a template does later.

    The names that are to be covered in texts are asked for apart, and by nothing else.
    """
    row = build.respond(town, wish="Benches", name="Ada Berg")
    with CaptureQueriesContext(connection) as queries:
        listed(desk)
        desk.get(at(town, row.pk))

    assert not [sql for q in queries if '"identity"' in (sql := q["sql"]) and not of_names(sql)]


def test_names_and_addresses_in_texts_are_covered_for_who_may_not_see_them(
    desk: Client, owner: Any, town: Survey
) -> None:
    """In list and summary, on the page, beside it, in what was changed and in quarantine."""
    row = build.respond(town, wish="Ask Ada, ada@example.org", name="Ada Berg")
    changed(row, wish="Ask ADA Berg or ring +49 30 1234567")
    Response.objects.update(reasons=["fast"])
    refresh()
    pages = [LIST, at(town, row.pk), "/staff/town/screened/", "/staff/town/summary/"]

    for page in pages:
        text = Page.read(desk.get(page).content).text
        assert "[name]" in text and "[telephone]" in text, page
        assert not any(word in text for word in ("Ada", "ADA", "example.org", "1234567")), page
        assert "1234567" in Page.read(build.signed_in(owner).get(page).content).text, page
    row.refresh_from_db()
    assert row.answers["wish"] == "Ask ADA Berg or ring +49 30 1234567"


def test_lost_keys_leave_texts_readable_but_for_what_looks_personal(
    desk: Client, town: Survey
) -> None:
    """The list has to open, as that may be how somebody finds out."""
    build.respond(town, wish="Ask Ada at ada@example.org", name="Ada")
    with override_settings(IDENTITY_KEYS=["QUJD" * 10 + "QUI="]):
        text = Page.read(desk.get("/staff/town/responses/").content).text

    assert "Ask Ada at [e-mail]" in text


# -- personal answers ------------------------------------------------------------------


def test_personal_answers_are_covered_until_asked_for(owners_desk: Client, town: Survey) -> None:
    """A look over the shoulder, or a screenshot, should show no name."""
    row = build.respond(town, name="Ada Berg", wish="Benches")

    for address in (
        LIST,
        at(town, row.pk),
        at(town, row.pk) + "?personal=show",
        "/staff/town/summary/",
    ):
        assert b"Ada Berg" not in owners_desk.get(address).content
    assert "answered; covered here" in Page.read(owners_desk.get(at(town, row.pk)).content).text
    assert not AuditEntry.objects.filter(action="personal").exists()


def test_earlier_personal_answers_are_covered_until_shown(
    owners_desk: Client, town: Survey
) -> None:
    """A name that was taken back is a name still."""
    row = build.respond(town, wish="Benches", name="Ada Berg")
    changed(row, name="Eva Canary")
    changed(row, name="")

    covered = Page.read(owners_desk.get(at(town, row.pk)).content).text
    shown = Page.read(owners_desk.post(f"{at(town, row.pk)}personal/").content).text

    assert "Berg" not in covered and "Canary" not in covered
    assert "Your name Before: answered; covered here After: left blank" in covered
    assert "Your name Before: Ada Berg After: Eva Canary" in shown
    assert "Your name Before: Eva Canary After: left blank" in shown


def test_each_look_at_personal_answers_is_recorded(
    owners_desk: Client, town: Survey, owner: Any
) -> None:
    """Respondents are promised that somebody answers for every look."""
    row = build.respond(town, name="Ada Berg", wish="Benches")

    for looks in (1, 2):
        page = owners_desk.post(at(town, row.pk) + "personal/")
        assert page.status_code == 200
        assert b"Ada Berg" in page.content
        assert page.headers["Cache-Control"] == "no-store"
        assert "owner looked at the personal answers" in Page.read(page.content).text
        entries = AuditEntry.objects.filter(action="personal", response_id=row.pk, actor=owner)
        assert entries.count() == looks
        assert "Ada" not in str(list(entries.values()))


def test_a_look_that_cannot_be_recorded_is_not_granted(owners_desk: Client, town: Survey) -> None:
    """The record comes first: with the log out of order nothing is shown."""
    row = build.respond(town, name="Ada Berg", wish="Benches")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE feedback_auditentry ADD CONSTRAINT closed CHECK (action <> 'personal')"
        )
    owners_desk.raise_request_exception = False

    page = owners_desk.post(at(town, row.pk) + "personal/")

    assert page.status_code == 500
    assert b"Ada Berg" not in page.content


def test_who_may_not_see_personal_answers_is_not_offered_them(desk: Client, town: Survey) -> None:
    """Neither the button nor its address exists for them."""
    row = build.respond(town, name="Ada Berg", wish="Benches")

    assert b"Show personal answers" not in desk.get(at(town, row.pk)).content
    page = desk.post(at(town, row.pk) + "personal/")
    assert page.status_code == 404
    assert b"Ada Berg" not in page.content
    assert not AuditEntry.objects.filter(action="personal").exists()
