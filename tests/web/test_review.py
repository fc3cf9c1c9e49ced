"""The review desk: reading one response, what is done with it, why it was flagged."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.models import AuditEntry, Note, Response, Status, Survey, Tag
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.web.reading import one
from tests import build
from tests.build import many
from tests.pages import Page
from tests.web.desk import LIST, at, changed, listed, of_names

# -- one response ----------------------------------------------------------------------


def test_previous_and_next_stay_within_the_selection(desk: Client, town: Survey) -> None:
    """Working through "flagged" must not lead to others."""
    pks = many(town, 9)
    flagged = pks[1::3]
    Response.objects.filter(pk__in=flagged).update(status=Status.FLAGGED)

    middle = Page.read(desk.get(at(town, flagged[1]) + "?status=flagged").content)

    assert middle.rel("prev") == at(town, flagged[2]) + "?status=flagged"
    assert middle.rel("next") == at(town, flagged[0]) + "?status=flagged"
    newest = Page.read(desk.get(at(town, flagged[2]) + "?status=flagged").content)
    assert not newest.rel("prev")
    plain = Page.read(desk.get(at(town, flagged[1])).content)
    assert plain.rel("prev") == at(town, flagged[1] + 1)


def test_every_answer_is_read_in_its_state(desk: Client, town: Survey) -> None:
    """Blank, declined and not shown say different things about a person."""
    row = build.respond(town, wish="Benches", uses=["walk", "rest"])
    Response.objects.filter(pk=row.pk).update(
        answers={
            "visit": None,
            "uses": row.answers["uses"],
            "stars": {"state": "refused"},
            "wish": "Benches",
        }
    )

    text = Page.read(desk.get(at(town, row.pk)).content).text

    assert "How often do you visit? left blank" in text
    assert "What for? To walk, To rest" in text
    assert "How good is it? declined" in text
    assert "Your name not shown" in text


def test_staff_read_what_a_respondent_changed(desk: Client, town: Survey) -> None:
    """Each change with what stood there before; what stayed is not told again."""
    row = build.respond(town, wish="Benches", visit="often")
    changed(row, wish="Trees")
    changed(row, wish="Trees", visit="never", uses=["walk"])

    text = Page.read(desk.get(at(town, row.pk)).content).text

    last, first = text.split("Changed on")[1:]
    assert "How often do you visit? Before: Often After: Never" in last
    assert "What for? Before: left blank After: To walk" in last
    assert "wish" not in last
    assert "What do you wish for? Before: Benches After: Trees" in first
    assert "visit?" not in first.partition("Tags")[0]


def test_staff_read_in_which_order_options_were_shown(reviewer: Any, town: Survey) -> None:
    """What stood first is chosen more often; whoever reads one answer may want to know."""
    choices = [{"code": c, "text": f"Tree {c}"} for c in ("ash", "elm", "oak")]
    item = {"key": "tree", "type": "single_choice", "text": "Which?", "shuffle": True}
    row = build.respond(build.survey([{**item, "choices": choices}]), tree="elm")
    order = (row.paradata or {})["orders"]["tree"]

    text = Page.read(build.signed_in(reviewer).get(at(town, row.pk)).content).text

    seen = text.partition("Options shown in the order")[2]
    assert " ".join(f"Tree {code}" for code in order) in seen


def test_a_response_asks_as_few_queries_with_much_on_it_as_with_little(
    desk: Client, town: Survey, reviewer: Any
) -> None:
    """Notes and history grow for years."""
    row = build.respond(town, wish="Benches")
    coding.add_tag(row, "first", actor=reviewer)
    coding.add_note(row, "first", actor=reviewer)
    desk.get(at(town, row.pk))  # the questionnaire is read once
    with CaptureQueriesContext(connection) as with_little:
        desk.get(at(town, row.pk))

    for n in range(5):
        colleague = build.member(build.survey(slug=f"s{n}"), 30, name=f"colleague {n}")
        coding.add_tag(row, f"tag {n}", actor=colleague)
        coding.add_note(row, f"note {n}", actor=colleague)
    desk.get(at(town, row.pk))
    with CaptureQueriesContext(connection) as with_much:
        page = desk.get(at(town, row.pk))

    assert b"note 4" in page.content
    assert len(with_much) == len(with_little)


def test_many_changes_ask_no_further_queries(desk: Client, town: Survey) -> None:
    """Somebody may change their mind every day; and no personal column is read of it."""
    row = build.respond(town, wish="Benches", name="Ada")
    changed(row, wish="wish 0")
    desk.get(at(town, row.pk))  # the questionnaire is read once
    with CaptureQueriesContext(connection) as with_one:
        desk.get(at(town, row.pk))
    for n in range(1, 6):
        changed(row, wish=f"wish {n}")

    with CaptureQueriesContext(connection) as with_many:
        page = desk.get(at(town, row.pk))

    assert b"</span>4</ins>" in page.content
    assert len(with_many) == len(with_one)
    assert not [s for q in with_many if '"identity"' in (s := q["sql"]) and not of_names(s)]


# -- what is done with it --------------------------------------------------------------


def test_acts_are_done_recorded_and_told(desk: Client, town: Survey, reviewer: Any) -> None:
    """Who comes later must see what was done, by whom, without asking around."""
    row = build.respond(town, wish="Benches")
    act = at(town, row.pk) + "act/"

    for fields in (
        {"status": "flagged"},
        {"tag": "  seats   here "},
        {"note": "Ask the gardeners\r\nsoon"},
        {"untag": "seats here"},
    ):
        answer = desk.post(f"{act}?status=new", fields)
        assert (answer.status_code, answer.url) == (302, at(town, row.pk) + "?status=new")

    row.refresh_from_db()
    assert row.status == Status.FLAGGED
    assert not row.tags.exists()
    note = Note.objects.get(response=row)
    assert (note.text, note.author) == ("Ask the gardeners\nsoon", reviewer)
    entries = AuditEntry.objects.filter(response_id=row.pk)
    assert [entry.action for entry in entries] == ["status", "tag", "note", "untag"]
    assert {entry.actor for entry in entries} == {reviewer}
    assert entries[0].details == {"before": "new", "now": "flagged"}
    tag = Tag.objects.get(name="seats here")
    assert entries[1].details == entries[3].details == {"tag": tag.pk}
    assert "gardeners" not in str([entry.details for entry in entries])

    text = Page.read(desk.get(at(town, row.pk)).content).text
    assert "reviewer changed the status from New to Flagged" in text
    assert "reviewer tagged it seats here" in text
    assert "reviewer wrote a note" in text
    assert "reviewer took away the tag seats here" in text


def test_history_survives_the_tag_it_speaks_of(desk: Client, town: Survey) -> None:
    """A removed tag must not break the pages of all responses that had it."""
    row = build.respond(town, wish="Benches")
    desk.post(at(town, row.pk) + "act/", {"tag": "seats"})
    Tag.objects.all().delete()

    assert "tagged it (a tag since removed)" in Page.read(desk.get(at(town, row.pk)).content).text


def test_doing_the_same_again_is_no_act(desk: Client, town: Survey) -> None:
    """A double click must not fill the history."""
    row = build.respond(town, wish="Benches")
    for _click in range(2):
        desk.post(at(town, row.pk) + "act/", {"status": "done"})
        desk.post(at(town, row.pk) + "act/", {"tag": "seats"})

    entries = AuditEntry.objects.filter(response_id=row.pk)
    assert [entry.action for entry in entries] == ["status", "tag"]


def test_taking_away_a_tag_twice_is_one_act(desk: Client, town: Survey) -> None:
    """The history would say that it was taken away from where it was not."""
    row = build.respond(town, wish="Benches")
    desk.post(at(town, row.pk) + "act/", {"tag": "seats"})
    for _click in range(2):
        desk.post(at(town, row.pk) + "act/", {"untag": "seats"})

    entries = AuditEntry.objects.filter(response_id=row.pk)
    assert [entry.action for entry in entries] == ["tag", "untag"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "wonderful"},
        {"tag": "   "},
        {"tag": "x" * 61},
        {"note": " "},
        {"note": "x" * 10_001},
    ],
)
def test_an_impossible_act_changes_nothing_and_says_so(
    desk: Client, town: Survey, fields: dict[str, str]
) -> None:
    """The limits hold on the server, whatever the page allows."""
    row = build.respond(town, wish="Benches")

    page = desk.post(at(town, row.pk) + "act/", fields, follow=True)

    assert page.status_code == 200
    assert b'role="alert"' in page.content
    assert not AuditEntry.objects.filter(response_id=row.pk).exists()
    assert not Note.objects.exists() and not Tag.objects.exists()


def test_a_tag_of_another_survey_cannot_be_taken_away_here(
    desk: Client, town: Survey, stranger: Any
) -> None:
    """Tags belong to their survey; names may be the same."""
    elsewhere = build.respond(Survey.objects.get(slug="elsewhere"), wish="x")
    coding.add_tag(elsewhere, "theirs", actor=stranger)
    row = build.respond(town, wish="Benches")

    assert desk.post(at(town, row.pk) + "act/", {"untag": "theirs"}).status_code == 404
    assert elsewhere.tags.count() == 1


def test_a_viewer_reads_but_is_offered_no_act(viewer: Any, town: Survey) -> None:
    """A form that always fails is worse than none."""
    row = build.respond(town, wish="Benches")

    page = build.signed_in(viewer).get(at(town, row.pk)).content
    assert b"Benches" in page
    assert b"/act/" not in page


# -- screening -------------------------------------------------------------------------


def test_reasons_stand_in_words_on_the_list_and_at_the_response(desk: Client, town: Survey) -> None:
    """Staff should not have to learn codes, nor guess why something is marked."""
    row = build.respond(town, wish="xxxxxxxxxx")
    plain = build.respond(town, wish="Benches")
    Response.objects.filter(pk=plain.pk).update(reasons=[])

    for address in (LIST, at(town, row.pk)):
        text = Page.read(desk.get(address).content).text
        assert "A text is one key held down" in text and "Sent too fast to be read" in text
    assert "and no proof" in Page.read(desk.get(at(town, row.pk)).content).text
    assert "Flagged by screening" not in Page.read(desk.get(at(town, plain.pk)).content).text


def test_the_list_is_filtered_by_the_reasons_that_are_ticked(desk: Client, town: Survey) -> None:
    """And says which, with the way back; a reason of nobody's is no filter."""
    fast, held = build.respond(town, wish="Benches"), build.respond(town, wish="xxxxxxxxxx")

    assert listed(desk, "screened=held_key") == [held.pk]
    assert listed(desk, "screened=held_key&screened=fast") == [held.pk, fast.pk]
    assert listed(desk, "screened=device") == []
    page = Page.read(desk.get(LIST + "?screened=held_key").content)
    assert "Screening: A text is one key held down" in page.text
    ticked = [a["value"] for _tag, a in page.tags if a.get("name") == "screened" and "checked" in a]
    assert ticked == ["held_key"]
    assert desk.get(LIST + "?screened=slow").status_code == 400


def test_figures_of_those_flagged_are_those_of_the_list(desk: Client, town: Survey) -> None:
    """To see what they would change, staff sum up just them."""
    build.respond(town, wish="xxxxxxxxxx", stars="1")
    row = build.respond(town, wish="Benches", stars="5")
    Response.objects.filter(pk=row.pk).update(reasons=[])
    refresh()

    figures = desk.get("/staff/town/summary.json?screened=held_key").json()

    assert figures["responses"] == 1
    assert desk.get("/staff/town/summary.json").json()["responses"] == 2


def test_personal_answers_are_fetched_for_whoever_asked_to_see_them_alone(town: Survey) -> None:
    """What is not there cannot get into a page, whatever the page does."""
    pk = build.respond(town, wish="Benches", name="Ada Canary").pk

    assert "identity" in one(town, pk, personal=False).get_deferred_fields()
    assert "identity" not in one(town, pk, personal=True).get_deferred_fields()
