"""Finding responses by words and filters: what is named is found, and nothing personal is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from feedback.models import Response, Status, Survey
from feedback.refresh import refresh
from feedback.responses import coding
from tests import build
from tests.pages import Page
from tests.web.desk import LIST, listed, numbers_on

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
    ("tag=never+used", "never used"),
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
