"""The review desk: finding responses, reading one, and what is done with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from feedback.models import AuditEntry, Note, Response, Status, Survey, Tag
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.receipts import code_for
from feedback.web.listing import PAGE
from tests import build
from tests.pages import Page
from tests.web.sent import FormPage

LIST = "/staff/town/responses/"


@pytest.fixture
def desk(reviewer: Any) -> Client:
    return build.signed_in(reviewer)


@pytest.fixture
def owners_desk(owner: Any) -> Client:
    return build.signed_in(owner)


def many(survey: Survey, number: int) -> list[int]:
    """Numbers of so many responses, oldest first."""
    first = build.respond(survey, wish="wish 0")
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


def listed(client: Client, query: str = "") -> list[int]:
    """The numbers of the responses on one page of the list."""
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return numbers_on(Page.read(answer.content))


def numbers_on(page: Page) -> list[int]:
    links = page.links(r"^/staff/town/responses/\d+/")
    return [int(link.split("/")[4]) for link in links]


def at(survey: Survey, pk: int) -> str:
    return f"/staff/{survey.slug}/responses/{pk}/"


# -- the list --------------------------------------------------------------------------


def test_the_newest_response_comes_first(desk: Client, town: Survey) -> None:
    """Staff come to see what is new."""
    pks = [build.respond(town, wish=f"wish {n}").pk for n in range(3)]

    assert listed(desk) == pks[::-1]


def test_paging_forward_and_back_meets_every_response_once(desk: Client, town: Survey) -> None:
    """Two full pages and a rest: a slip at a page's edge would hide a response for good."""
    pks = many(town, 130)
    address, forward, pages = LIST, [], 0
    while address:
        page = Page.read(desk.get(address).content)
        forward += numbers_on(page)
        last, pages = address, pages + 1
        link = page.rel("next")
        address = LIST + link if link else ""

    assert forward == pks[::-1]
    assert pages == 3 and pages == -(-130 // PAGE)

    address, back = last, []
    while address:
        page = Page.read(desk.get(address).content)
        back = numbers_on(page) + back
        link = page.rel("prev")
        address = LIST + link if link else ""
    assert back == pks[::-1]


def test_a_response_that_arrives_while_paging_moves_nothing(desk: Client, town: Survey) -> None:
    """Pages counted by offset show a row twice whenever one comes in."""
    pks = many(town, 60)
    first = Page.read(desk.get(LIST).content)

    build.respond(town, wish="newer than all")
    second = Page.read(desk.get(LIST + first.rel("next")).content)

    assert numbers_on(first) + numbers_on(second) == pks[::-1]


def test_the_filters_go_along_from_page_to_page(desk: Client, town: Survey) -> None:
    """Else the second page of a search would be of all responses."""
    pks = many(town, 120)
    Response.objects.filter(pk__in=pks[::2]).update(status=Status.DONE)

    first = Page.read(desk.get(f"{LIST}?status=done").content)
    second = Page.read(desk.get(LIST + first.rel("next")).content)

    assert numbers_on(first) + numbers_on(second) == pks[::2][::-1]
    assert all("status=done" in link for link in second.links(r"/responses/\d+/"))


@pytest.mark.parametrize("number", ["x", "-1", "1e3", "٣", "9" * 30, "1;drop"])
def test_a_page_number_of_somebody_elses_making_is_no_page(desk: Client, number: str) -> None:
    """Whatever stands in an address never becomes a server error."""
    assert desk.get(LIST, {"before": number}).status_code == 404
    assert desk.get(LIST, {"after": number}).status_code == 404


def test_the_list_asks_as_few_queries_for_many_rows_as_for_one(desk: Client, town: Survey) -> None:
    """A query for each row would make the desk slow just when it is needed."""
    one = build.respond(town, wish="Benches")
    coding.add_tag(one, "seats", actor=None)
    listed(desk)  # the first visit is noted
    with CaptureQueriesContext(connection) as with_one:
        listed(desk)
    assert len(with_one) <= 11

    for pk in many(town, 60):
        Response.objects.get(pk=pk).tags.add(Tag.objects.get())
    with CaptureQueriesContext(connection) as with_many:
        assert len(listed(desk)) == PAGE

    # What goes on on a further page is counted: from the summary, or one by one.
    assert len(with_many) == len(with_one) + 2


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


def of_names(sql: str) -> bool:
    return sql.startswith('SELECT "feedback_response"."id" AS "pk", "feedback_response"."identity"')


def test_names_and_addresses_in_texts_are_covered_for_who_may_not_see_them(
    desk: Client, owner: Any, town: Survey
) -> None:
    """In the list, on the page, beside it, in what was changed and in quarantine."""
    row = build.respond(town, wish="Ask Ada, ada@example.org", name="Ada Berg")
    changed(row, wish="Ask ADA Berg or ring +49 30 1234567")
    Response.objects.update(reasons=["fast"])
    pages = ["/staff/town/responses/", at(town, row.pk), "/staff/town/screened/"]

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


def changed(row: Response, **answers: Any) -> None:
    """As its respondent changes it by the receipt."""
    address = f"/r/{code_for(row.nonce)}/edit/"
    client = Client()
    page = FormPage(client.get(address).content)
    body = build.urlencode(page.changed(**answers), doseq=True)
    assert client.post(address, body, content_type=build.FORM).status_code == 303


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


def test_staff_read_in_which_order_options_were_shown(reviewer: Any, town: Survey) -> None:
    """What stood first is chosen more often; whoever reads one answer may want to know."""
    choices = [{"code": c, "text": f"Tree {c}"} for c in ("ash", "elm", "oak")]
    item = {"key": "tree", "type": "single_choice", "text": "Which?", "shuffle": True}
    row = build.respond(build.survey([{**item, "choices": choices}]), tree="elm")
    order = (row.paradata or {})["orders"]["tree"]

    text = Page.read(build.signed_in(reviewer).get(at(town, row.pk)).content).text

    seen = text.partition("Options shown in the order")[2]
    assert " ".join(f"Tree {code}" for code in order) in seen


# -- finding ---------------------------------------------------------------------------

WISHES = {
    "benches": "More benches in the shade, please",
    "shade": "Please, the shade of more benches; and “Bänke”",
    "dogs": "A meadow for dogs. E-mail me: someone@example.org",
    "chinese": "希望公园多放一些长椅，晚上有更好的照明",
    "japanese": "公園のベンチをもっと増やしてください",
    "thai": "อยากให้มีม้านั่งในสวนสาธารณะมากขึ้น",
    "arabic": "نريد مقاعد أكثر في الظل",
}
FOUND = [
    ("benches", {"benches", "shade"}),
    ("BENCHES", {"benches", "shade"}),
    ("benches dogs", set()),
    ("benches OR dogs", {"benches", "shade", "dogs"}),
    ('"benches in the shade"', {"benches"}),
    ('"shade in the benches"', set()),
    ("benches -bänke", {"benches"}),
    ("-benches", {"dogs", "chinese", "japanese", "thai", "arabic"}),
    ("meadow -shade", {"dogs"}),
    ("someone@example.org", {"dogs"}),
    ("公园", {"chinese"}),
    ("长椅", {"chinese"}),
    ("多放一些长椅", {"chinese"}),
    ("椅长", set()),
    ("照明 -长椅", set()),
    ("照明 -ベンチ", {"chinese"}),
    ("长椅 OR ベンチ", {"chinese", "japanese"}),
    ("公園", {"japanese"}),
    ("ベンチ", {"japanese"}),
    ("ม้านั่ง", {"thai"}),
    ("สวนสาธารณะ", {"thai"}),
    ("مقاعد", {"arabic"}),
    ("nothing like it", set()),
    ("\" ' & | ! ( ) : * <-> \\ %", set()),  # no word in it, so nothing holds it
]


@pytest.mark.parametrize(("words", "expected"), FOUND, ids=[words for words, _ in FOUND])
def test_words_find_the_responses_that_hold_them(
    desk: Client, town: Survey, words: str, expected: set[str]
) -> None:
    """Words, phrases, exclusions, alternatives, and scripts that write no spaces."""
    by_pk = {build.respond(town, wish=text).pk: name for name, text in WISHES.items()}
    refresh()

    answer = desk.get(LIST, {"q": words})
    assert answer.status_code == 200
    assert {by_pk[pk] for pk in numbers_on(Page.read(answer.content))} == expected


def test_search_never_finds_a_personal_answer(owners_desk: Client, town: Survey) -> None:
    """A hit would tell what is covered, to people who may not see it."""
    row = build.respond(
        town, name="Zebulon Quist", wish="Benches", visit="other", visit__other="on stilts"
    )
    refresh()

    assert listed(owners_desk, "q=Zebulon") == []
    assert listed(owners_desk, "q=Quist") == []
    assert listed(owners_desk, "q=stilts") == [row.pk]  # control: other texts are found


def test_search_follows_the_survey_it_is_asked_in(
    desk: Client, town: Survey, stranger: Any
) -> None:
    """The words of all surveys share one index."""
    other = Survey.objects.get(slug="elsewhere")
    mine, theirs = build.respond(town, wish="benches"), build.respond(other, wish="benches")
    refresh()

    assert listed(desk, "q=benches") == [mine.pk]
    found = build.signed_in(stranger).get("/staff/elsewhere/responses/?q=benches").content
    assert f"/responses/{theirs.pk}/" in found.decode()
    assert f"/responses/{mine.pk}/" not in found.decode()


def test_each_filter_keeps_what_it_names(desk: Client, town: Survey) -> None:
    """One response for each filter, and one that none of them keeps."""
    plain, done, tagged, old, often = (build.respond(town, wish=f"wish {n}") for n in range(5))
    walker = build.respond(town, wish="w", uses=["walk", "rest"], visit="often", stars="4")
    coding.set_status(done, Status.DONE, actor=None)
    coding.add_tag(tagged, "seats & shade", actor=None)
    last_year = datetime.now(tz=UTC) - timedelta(days=365)
    Response.objects.filter(pk=old.pk).update(received_at=last_year)
    Response.objects.filter(pk=often.pk).update(answers={**often.answers, "visit": "often"})
    day = last_year.date().isoformat()

    everything = [row.pk for row in (walker, often, tagged, done, plain, old)]
    assert listed(desk) == everything
    assert listed(desk, "status=done") == [done.pk]
    assert listed(desk, "status=done&status=new") == everything
    assert listed(desk, "tag=seats+%26+shade") == [tagged.pk]
    assert listed(desk, "tag=never+used") == []
    assert listed(desk, f"until={day}") == [old.pk]
    assert listed(desk, f"since={day}&until={day}") == [old.pk]
    assert old.pk not in listed(desk, f"since={datetime.now(tz=UTC).date() - timedelta(days=2)}")
    assert listed(desk, "answer.visit=often") == [walker.pk, often.pk]
    assert listed(desk, "answer.visit=often&answer.uses=walk") == [walker.pk]
    assert listed(desk, "answer.stars=4") == [walker.pk]
    assert listed(desk, "answer.stars=3&answer.stars=4") == [walker.pk]
    assert listed(desk, "answer.visit=never") == []


BAD = [
    ("status=spammy", "spammy"),
    ("since=yesterday", "yesterday"),
    ("until=2026-13-01", "2026-13-01"),
    ("answer.visit=sometimes", "sometimes"),
    ("answer.nothing=1", "nothing"),
    ("answer.name=Ada", "name"),  # personal: no filter may probe it
    ("answer.wish=trees", "wish"),  # open text has words, not codes
    ("answer.stars=17", "17"),
    ("answer.=1", "1"),
]


@pytest.mark.parametrize(("query", "named"), BAD)
@pytest.mark.parametrize("door", ["responses/", "summary.json", "export/", "export.csv"])
def test_a_filter_that_cannot_apply_is_refused_by_name(
    owners_desk: Client, query: str, named: str, door: str
) -> None:
    """Leaving it out without a word would show, and export, more than was asked for."""
    answer = owners_desk.get(f"/staff/town/{door}?{query}")

    assert answer.status_code == 400
    assert f"“{named}”" in Page.read(answer.content).text


@pytest.mark.parametrize(
    "query",
    [
        "until=9999-12-31",
        "since=0001-01-01",
        "since=2026-06-01&until=2026-01-01",
        "q=" + "x" * 5000,
        "q=%00%FF",
        "tag=%00",
        "status=",
        "answer.visit=",
    ],
)
def test_an_odd_but_possible_filter_is_no_error(desk: Client, query: str) -> None:
    """Date pickers and hand-written addresses bring all of these."""
    assert desk.get(f"{LIST}?{query}").status_code == 200


def test_an_empty_list_says_why(desk: Client, town: Survey) -> None:
    """Nothing yet and nothing found ask for different things."""
    assert "Nobody has answered yet" in Page.read(desk.get(LIST).content).text
    build.respond(town, wish="Benches")
    assert "Nothing matches" in Page.read(desk.get(f"{LIST}?status=spam").content).text


def test_a_page_beyond_the_last_does_not_say_that_nobody_answered(
    desk: Client, town: Survey
) -> None:
    """A kept address of an old page must not tell something false."""
    row = build.respond(town, wish="Benches")

    page = Page.read(desk.get(f"{LIST}?before={row.pk}").content)
    assert "Nobody has answered yet" not in page.text


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
