"""Published results from the outside: what anybody may read, and what nobody may."""

import csv
import io
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.analysis import publishing
from feedback.analysis.compile import compile_survey
from feedback.analysis.disclosure import Counted, Table
from feedback.analysis.inference import Edition
from feedback.models import Publication, Quote, Release, Response, Status, Survey
from feedback.questionnaire.codebook import unguarded
from feedback.refresh import refresh
from feedback.responses import quotes, withdrawal
from feedback.responses.acts import NotPossible
from feedback.responses.codes import code_for
from feedback.responses.in_field import forget
from tests import build
from tests.analysis.town_of_numbers import Reader, Town, truth_of
from tests.exports.naughty import TEXTS
from tests.pages import Page

RESULTS = "/s/town/results/"
CHOSEN = ["visit", "uses", "stars", "wish"]


def answered(survey: Survey, number: int, **answers: Any) -> list[Response]:
    return [build.respond(survey, wish="More benches, please", **answers) for _ in range(number)]


def published(survey: Survey, **settings: Any) -> Publication:
    """What staff chose, and a release of what is there."""
    wanted = {"on": True, "items": CHOSEN, **settings}
    publication, _new = Publication.objects.update_or_create(survey=survey, defaults=wanted)
    refresh()
    publishing.release(publication, actor=None)
    forget()
    return publication


@pytest.fixture
def released(town: Survey) -> Publication:
    """Twelve often, nine otherwise, two never; open to frames and as data."""
    answered(town, 12, visit="often", uses=["walk", "rest"], stars="5", name="Ada Berg")
    answered(town, 9, visit="other", visit__other="By night", uses=["walk"], stars="3")
    answered(town, 2, visit="never", stars="1")
    return published(town, embed=True, download=True, intro="Thank you all.", licence="CC BY 4.0")


def rows(client: Client) -> dict[tuple[str, str], dict[str, str]]:
    text = client.get("/s/town/results.csv").content.decode()
    return {(row["item"], row["code"]): row for row in csv.DictReader(io.StringIO(text))}


def test_the_page_tells_rounded_counts_and_withholds_small_ones(
    client: Client, released: Publication
) -> None:
    """12, 9 and 2 with k = 5: the 2 is withheld, and with it the 9."""
    text = Page.read(client.get(RESULTS).content).text

    assert "Often 10 –" in text
    assert "Otherwise withheld" in text and "Never withheld" in text
    assert "Thank you all." in text and "Nobody was drawn by lot" in text
    assert "Release 1 of" in text and "CC BY 4.0" in text


def test_no_exact_number_is_on_the_page_or_in_its_files(
    client: Client, released: Publication
) -> None:
    """Nor is the total, from which the others could be had."""
    found = rows(client)

    assert {row["count"] for row in found.values()} <= {"5", "10", "15", "20", "withheld",
                                                        "fewer than 5"}  # fmt: skip
    assert found["uses", "walk"]["count"] == "20"
    assert found["stars", "5"]["count"] == "10" and found["stars", "4"]["count"] == "fewer than 5"
    shown = Page.read(client.get(RESULTS).content).text.split("Thank you all.")[1]
    assert not {"23", "21", "12", "9"} & set(shown.split("How to read")[1].split())


def test_the_page_tells_the_k_that_its_counts_were_rounded_by(
    client: Client, released: Publication
) -> None:
    """Another k is for the next release; until then it would be untrue."""
    Publication.objects.update(k=10)
    forget()

    assert "to a multiple of 5, and" in Page.read(client.get(RESULTS).content).text
    assert "to a multiple of 5, and" in client.get("/s/town/results.txt").content.decode()


def test_live_figures_are_never_shown(client: Client, released: Publication, town: Survey) -> None:
    """What came since waits for the next release."""
    before = client.get(RESULTS).content
    answered(town, 4, visit="often")
    refresh()

    assert client.get(RESULTS).content == before
    with pytest.raises(NotPossible, match="4 responses came"):
        publishing.release(released, actor=None)
    answered(town, 1, visit="often")
    refresh()
    publishing.release(released, actor=None)
    assert "Release 2 of" in Page.read(client.get(RESULTS).content).text


def test_beat_releases_once_enough_came_and_time_went_by(town: Survey) -> None:
    """Ten times k and a secret few; two refreshers make one release."""
    publication = Publication.objects.create(survey=town, on=True, items=CHOSEN, k=3)
    needed = publishing.batch_of(publication, None)
    assert 30 <= needed < 33
    answered(town, needed - 1, visit="often")
    refresh()
    assert not Release.objects.exists()

    answered(town, 1, visit="never")
    refresh()
    refresh()
    assert Release.objects.count() == 1

    answered(town, 40, visit="often")
    refresh()
    assert Release.objects.count() == 1  # a day has not gone by
    Publication.objects.update(every_hours=0)
    refresh()
    assert publishing.release_due() == 0
    assert Release.objects.count() == 2


def test_a_release_never_changes(released: Publication) -> None:
    """Not through the model, and not behind its back."""
    made = Release.objects.get()
    with pytest.raises(Exception, match="is public"):
        made.save()
    with pytest.raises(Exception, match="is public"):
        Release.objects.update(k=7)


@pytest.mark.parametrize("path", ["results/", "results/embed/", "results.csv", "results.json"])
def test_what_is_not_published_is_not_there(
    client: Client, released: Publication, path: str
) -> None:
    """404 once it is stopped, and where staff did not allow it."""
    assert client.get(f"/s/town/{path}").status_code == 200
    Publication.objects.update(embed=False, download=False)
    assert client.get(f"/s/town/{path}").status_code == (200 if path == "results/" else 404)
    Publication.objects.update(on=False)
    assert client.get(f"/s/town/{path}").status_code == 404
    assert client.get("/s/nowhere/results/").status_code == 404
    assert client.get("/s/town/results.xlsx").status_code == 404


def test_without_a_release_there_is_no_page(client: Client, town: Survey) -> None:
    """Switched on is not released."""
    Publication.objects.create(survey=town, on=True, items=CHOSEN)

    assert client.get(RESULTS).status_code == 404


def test_the_page_knows_nobody(client: Client, released: Publication) -> None:
    """No cookie, no script, nothing from elsewhere, in nobody's frame."""
    answer = client.get(RESULTS)

    assert not answer.cookies
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "sha256-" in policy and "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    tags = Page.read(answer.content).tags
    assert "script" not in {tag for tag, _attributes in tags}
    outside = [a for _t, a in tags if any("//" in a.get(n, "") for n in ("href", "src"))]
    assert outside == []


def test_it_is_kept_for_a_minute_and_asked_for_by_its_digest(
    client: Client, released: Publication
) -> None:
    """The answer that nothing changed keeps the policy that its style needs."""
    answer = client.get(RESULTS)
    again = client.get(RESULTS, HTTP_IF_NONE_MATCH=answer["ETag"])

    assert answer["Cache-Control"] == again["Cache-Control"] == "public, max-age=60"
    assert (again.status_code, again.content) == (304, b"")
    assert again["Content-Security-Policy"] == answer["Content-Security-Policy"]
    assert "Content-Length" not in again.headers
    Publication.objects.update(intro="Other words.")
    assert client.get(RESULTS, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 200


def test_only_the_page_made_for_frames_goes_into_frames(
    client: Client, released: Publication
) -> None:
    """Everything else of the site stays out of them."""
    answer = client.get("/s/town/results/embed/")

    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert "Often 10" in Page.read(answer.content).text
    again = client.get("/s/town/results/embed/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304 and "X-Frame-Options" not in again.headers
    assert client.get("/s/town/")["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_it_speaks_the_languages_of_the_form(client: Client) -> None:
    """Labels by ``?lang=`` or the browser, words of ours likewise."""
    choices = [{"code": "a", "text": {"en": "Bench", "de": "Bank"}}, {"code": "b", "text": "Tree"}]
    item = {"key": "seat", "type": "single_choice", "choices": choices}
    town = build.survey(
        [item | {"text": {"en": "Which?", "de": "Welche?"}}],
        languages=["de"], title={"en": "The town", "de": "Die Stadt"},
    )  # fmt: skip
    for _ in range(6):
        build.respond(town, seat="a")
    published(town, items=["seat"])

    german = client.get(RESULTS, {"lang": "de"})
    assert "Bank" in Page.read(german.content).text and b'lang="de"' in german.content
    assert "Welche?" in Page.read(client.get(RESULTS, HTTP_ACCEPT_LANGUAGE="de").content).text
    assert "Bench" in Page.read(client.get(RESULTS, {"lang": "xx"}).content).text
    assert "Accept-Language" in german["Vary"]


def test_personal_items_are_never_published(client: Client, town: Survey) -> None:
    """Whatever the list of chosen ones says; also once a later revision makes one personal."""
    answered(town, 12, visit="often", name="Ada Berg")
    published(town, items=["name", "visit"], download=True)

    assert set(Release.objects.get().figures["items"]) == {"visit"}
    assert "Ada" not in client.get(RESULTS).content.decode()
    was_open = [i | {"personal": True, "type": "short_text"} for i in build.TOWN[:1]]
    assert was_open[0]["key"] not in {i.key for i in publishing.publishable(town)}


def test_an_item_that_is_no_longer_chosen_is_gone_at_once(
    client: Client, released: Publication
) -> None:
    """Without waiting for the next release."""
    Publication.objects.update(items=["stars"])

    page = client.get(RESULTS).content
    assert b"item-stars" in page and b"item-visit" not in page


# -- quotes ----------------------------------------------------------------------------


@pytest.fixture
def quoted(released: Publication, town: Survey, owner: Any) -> Quote:
    row = Response.objects.filter(survey=town).earliest("pk")
    items = publishing.publishable(town)
    return quotes.approve(row, "wish", "More benches", items=items, actor=owner)


def test_a_quote_stands_with_its_question(client: Client, quoted: Quote) -> None:
    """Only the passage that was approved."""
    assert "More benches" in Page.read(client.get(RESULTS).content).text
    assert (
        "please" not in Page.read(client.get(RESULTS).content).text.split("In their words")[1][:120]
    )


def test_a_withdrawn_response_takes_its_quote_along(client: Client, quoted: Quote) -> None:
    """At once, as nobody may be quoted who took it back."""
    assert withdrawal.withdraw(code_for(quoted.response.nonce))

    assert "More benches" not in client.get(RESULTS).content.decode()
    assert not Quote.objects.exists()


CONSENTS = [
    {"key": "wish", "type": "long_text", "text": "What do you wish for?"},
    {"key": "letters", "type": "consent", "text": "You may write to me."},
    {"key": "quote", "type": "consent", "text": "You may quote me."},
]


@pytest.mark.parametrize(
    ("marked", "given", "quoted_then"),
    [
        (False, ["letters", "quote"], True),
        (False, ["quote"], False),  # which of them counts is not said, so each does
        (True, ["quote"], True),
        (True, ["letters"], False),
    ],
)
def test_who_did_not_agree_is_not_quoted(
    db: None, marked: bool, given: list[str], quoted_then: bool
) -> None:
    """Neither by somebody's mistake nor, once the consent is taken back, by what was approved."""
    items = [*CONSENTS[:2], CONSENTS[2] | ({"quotes": True} if marked else {})]
    survey = build.survey(items)
    row = build.respond(survey, wish="More benches", **dict.fromkeys(given, "on"))
    published = publishing.publishable(survey)

    if not quoted_then:
        with pytest.raises(NotPossible, match="did not agree to “You may"):
            quotes.approve(row, "wish", "More benches", items=published, actor=None)
        return
    quote = quotes.approve(row, "wish", "More benches", items=published, actor=None)
    assert quotes.still_said(survey) == [quote]
    Response.objects.update(answers={**row.answers, "quote": False})
    assert quotes.still_said(survey) == []


@pytest.mark.parametrize("change", [{"status": Status.SPAM}, {"edits": 1},
                                    {"answers": {"wish": "Other words"}}])  # fmt: skip
def test_so_does_one_that_is_spam_or_was_edited(
    client: Client, quoted: Quote, change: dict[str, Any]
) -> None:
    """What was approved is no longer what they say."""
    Response.objects.filter(pk=quoted.response_id).update(**change)

    assert "More benches" not in client.get(RESULTS).content.decode()


# -- open data -------------------------------------------------------------------------


def test_json_has_the_same_figures_with_how_they_were_made(
    client: Client, released: Publication
) -> None:
    """For programs, and readable from other sites, as nobody is known here."""
    answer = client.get("/s/town/results.json")
    told = answer.json()

    assert answer["Access-Control-Allow-Origin"] == "*" and not answer.cookies
    assert "multiple of 5" in told["method"] and told["licence"] == "CC BY 4.0"
    by_key = {item["item"]: item for item in told["items"]}
    often = by_key["visit"]["tables"][0]["rows"][0]
    assert often == {"code": "often", "label": "Often", "count": 10, "share": None}
    assert client.get("/s/town/results.txt").content.decode().strip() == told["method"].strip()


@pytest.mark.django_db
def test_no_label_starts_a_formula_or_a_tag(client: Client) -> None:
    """Labels are an author's words, and authors paste what they are sent."""
    texts = [t for t in TEXTS if t.strip() and t.isprintable()][:60]
    choices = [{"code": f"c{n}", "text": text} for n, text in enumerate(texts)]
    item = {"key": "hostile", "type": "single_choice", "text": "=1+1<script>alert(1)</script>"}
    town = build.survey([item | {"choices": choices}])
    for _ in range(6):
        build.respond(town, hostile="c0")
    published(town, items=["hostile"], download=True)

    raw = client.get("/s/town/results.csv").content.decode()
    found = list(csv.DictReader(io.StringIO(raw)))
    labels = [row["label"] for row in found if row["code"].startswith("c")]
    assert [unguarded(label) for label in labels] == texts
    for row in found:
        assert not any(cell[:1] in "=+-@\t\r\n＝＋－＠" for cell in row.values() if cell)
    page = Page.read(client.get(RESULTS).content)
    assert "script" not in {tag for tag, _attributes in page.tags}
    assert "=1+1<script>" in page.text


def read_back(told: dict[str, Any], *, k: int) -> Edition:
    """A release as a reader of the open data has it."""
    tables = {}
    for part in (part for item in told["items"] for part in item["tables"]):
        counts = {row["code"]: row["count"] for row in part["rows"]}
        states = {code.strip("[]"): n for code, n in counts.items() if code.startswith("[")}
        codes = {code: n for code, n in counts.items() if not code.startswith("[")}
        parted = bool(codes) and not part["several_answers"]
        answered = None if parted else part["n"]
        tables[part["name"]] = Table(codes, states, answered, parted)
    return Edition(told["release"], k, 0, tables)


def test_from_the_real_files_of_several_releases_nothing_is_recovered(
    client: Client, town: Survey
) -> None:
    """As in ``tests/analysis/test_differencing.py``, by way of the database and the page."""
    chance, reader_of = Random(7), Town(Random(0), k=3, batch=3)
    items = ["visit", "uses", "stars"]
    publication = Publication.objects.create(survey=town, on=True, items=items, k=3, download=True)
    for _ in range(5):
        for _ in range(chance.randint(3, 9)):
            visit = chance.choice(["often", "often", "never"])
            answered(town, 1, visit=visit, uses=["walk"], stars=chance.choice("345"))
        refresh()
        publishing.release(publication, actor=None)
        figures = compile_survey(town).figures["items"]
        reader_of.editions.append(read_back(client.get("/s/town/results.json").json(), k=3))
        reader_of.only_grew.append(True)
        reader_of.truths.append(
            truth_of(
                {
                    name: Counted(found["counts"], {"blank": found["blank"]}, found["answered"])
                    for name, found in figures.items()
                    if name in items
                }
            )
        )

    reader = Reader(reader_of, told_n=False)

    assert [edition.number for edition in reader_of.editions] == [1, 2, 3, 4, 5]
    assert reader.recovered(reader.by_intervals()) == []


# -- where it is linked ----------------------------------------------------------------


def test_a_closed_survey_leads_to_its_results(client: Client, released: Publication) -> None:
    """Without a query more: it is known with the survey itself."""
    Survey.objects.update(closes_at=timezone.now())
    forget()
    assert Page.read(client.get("/s/town/").content).links("results") == [RESULTS]

    Publication.objects.update(on=False)
    forget()
    assert Page.read(client.get("/s/town/").content).links("results") == []


def test_published_results_are_found_from_the_start_page_and_the_receipt(
    client: Client, released: Publication, town: Survey
) -> None:
    """Whoever took part wants to know; an address that nobody tells is read by nobody."""
    row = Response.objects.all()[0]
    pages = [client.get("/"), client.get(f"/r/{code_for(row.nonce)}/")]
    assert all(RESULTS in page.content.decode() for page in pages)

    Publication.objects.update(on=False)
    forget()
    pages = [client.get("/"), client.get(f"/r/{code_for(row.nonce)}/")]
    assert not any(RESULTS in page.content.decode() for page in pages)
