"""The public form from the outside: what a respondent sees, sends and keeps."""

import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from feedback.models import Response, Survey
from feedback.models.identity import decrypt
from feedback.responses import receipts, tickets
from feedback.responses.in_field import GRACE, forget
from feedback.web.pages import PLAIN, style_of
from tests import build
from tests.web.sent import FormPage

Queries = Callable[[int], AbstractContextManager[Any]]
FORM = "/s/town/"
ANSWERS: dict[str, Any] = {
    "name": "Ada",
    "visit": "other",
    "visit__other": "On Sundays",
    "uses": ["walk", "rest"],
    "stars": "4",
    "wish": "\nMore <b>benches</b>\r\n& trees",
}
STORED = {
    "name": True,
    "visit": "other",
    "visit__other": "On Sundays",
    "uses": ["walk", "rest"],
    "stars": 4,
    "wish": "\nMore <b>benches</b>\n& trees",
}


def form(client: Client) -> FormPage:
    return FormPage(client.get(FORM).content)


def send(client: Client, page: FormPage, **answers: Any) -> Any:
    """Fill the form in and send it, as a browser does."""
    return build.post(client, "town", page.changed(**(answers or ANSWERS)))


def post_to(client: Client, address: str, fields: Any) -> Any:
    return client.post(address, build.urlencode(fields, doseq=True), content_type=build.FORM)


def move(survey: Survey, **dates: timedelta | None) -> None:
    """Open or close a survey so long from now."""
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(
        **{name: None if delta is None else now + delta for name, delta in dates.items()}
    )
    forget()


# -- the form ------------------------------------------------------------------------------


def test_the_form_comes_with_a_fresh_ticket_and_no_cookie(client: Client, town: Survey) -> None:
    """No cookie means nothing to forge and nothing to consent to."""
    first, second = client.get(FORM), client.get(FORM)

    assert first.status_code == 200
    assert not first.cookies and not client.cookies
    issued = [build.ticket_in(page.content) for page in (first, second)]
    read = [tickets.read(ticket, survey=town.pk) for ticket in issued]
    assert read[0].nonce != read[1].nonce
    assert {ticket.revision for ticket in read} == {town.live_id}


def test_the_form_is_kept_by_no_shared_cache(client: Client, town: Survey) -> None:
    """One ticket for a whole school would store the first person and turn away the rest."""
    page = client.get(FORM)

    assert page["Cache-Control"] == "private, no-cache"
    assert page["Content-Security-Policy"] == style_of(PLAIN).policy
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Vary"] == "Accept-Encoding"
    assert page["Content-Type"] == "text/html; charset=utf-8"


def test_nothing_on_the_form_breaks_its_own_policy(client: Client, town: Survey) -> None:
    """The policy forbids inline scripts and all styles but one, which it names by its digest."""
    page = form(client).page

    assert [tag for tag, _a in page.tags if tag in {"style", "iframe"}] == ["style"]
    assert all(a.get("src") for tag, a in page.tags if tag == "script")
    assert not [name for _tag, a in page.tags for name in a if name == "style" or name[:2] == "on"]
    linked = [a.get("href", "") + a.get("src", "") for tag, a in page.tags if tag != "a"]
    assert not [address for address in linked if "//" in address]


def test_the_form_asks_everything_and_has_no_address_of_its_own(
    client: Client, town: Survey
) -> None:
    """Without an action the query string, and so ``?source=``, travels with the post."""
    page = form(client)

    names = {a["name"] for tag, a in page.page.tags if tag in {"input", "textarea", "select"}}
    answers = {"name", "visit", "visit__other", "uses", "stars", "wish"}
    assert names == {"ticket", "_language", "_website", *answers}
    (attributes,) = [a for tag, a in page.page.tags if tag == "form"]
    assert attributes["method"] == "post" and "action" not in attributes


def test_a_warm_process_shows_the_form_without_any_query(
    client: Client, town: Survey, django_assert_num_queries: Queries
) -> None:
    """A link in the evening news must not reach the database at all."""
    client.get(FORM)

    with django_assert_num_queries(0):
        assert client.get(FORM).status_code == 200


def test_the_compressed_form_is_the_plain_one_but_for_the_ticket(
    client: Client, town: Survey
) -> None:
    """It is pieced together by hand, and browsers read one gzip member and its checksum."""
    plain = client.get(FORM).content
    packed = client.get(FORM, HTTP_ACCEPT_ENCODING="br, gzip")

    strict = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    page = strict.decompress(packed.content) + strict.flush()
    assert strict.eof and strict.unused_data == b""
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain) / 2
    blank = "#" * tickets.LENGTH
    own, other = build.ticket_in(page), build.ticket_in(plain)
    assert own != other
    assert page.decode().replace(own, blank) == plain.decode().replace(other, blank)


def test_a_compressed_ticket_counts_as_any_other(client: Client, town: Survey) -> None:
    """Most browsers get the compressed form, so it is the one to be sure of."""
    packed = client.get(FORM, HTTP_ACCEPT_ENCODING="gzip").content
    page = FormPage(zlib.decompress(packed, wbits=16 + zlib.MAX_WBITS))

    assert send(client, page).status_code == 303


def test_head_answers_like_get_without_a_body(client: Client, town: Survey) -> None:
    """Link checkers and chat previews ask so."""
    for address in (FORM, "/"):
        response = client.head(address)
        assert (response.status_code, response.content) == (200, b"")
    assert client.head("/s/nowhere/").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_does_anything(client: Client, town: Survey, method: str) -> None:
    """A door nobody uses is one nobody watches."""
    response = getattr(client, method)(FORM)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert not Response.objects.exists()


@pytest.mark.parametrize("address", ["/s/nowhere/", "/s/draft/", "/r/nothing/", "/nowhere"])
def test_what_does_not_exist_says_so_on_a_page_of_ours(
    client: Client, db: None, address: str
) -> None:
    """An unpublished survey is no different from none, and nobody learns its name."""
    Survey.objects.create(slug="draft", title="A secret draft")

    response = client.get(address)

    assert response.status_code == 404
    page = FormPage(response.content)
    assert page.title == "This page does not exist"
    assert "secret" not in page.page.text
    assert response["Content-Security-Policy"] == style_of(PLAIN).policy


# -- sending -------------------------------------------------------------------------------


def test_a_response_is_stored_with_one_statement(
    client: Client, town: Survey, django_assert_num_queries: Queries
) -> None:
    """Everything else waits for ``refresh``; this is what lets thousands answer at once."""
    page = form(client)

    with django_assert_num_queries(1) as caught:
        response = send(client, page)

    assert response.status_code == 303
    assert caught.captured_queries[0]["sql"].split()[:3] == [
        "INSERT",
        "INTO",
        "feedback_response",
    ]
    row = Response.with_identity.get()
    assert row.answers == STORED
    assert decrypt(row.identity, nonce=row.nonce) == {"name": "Ada"}
    assert (row.survey, row.revision_id, row.language) == (town, town.live_id, "en")
    assert response["Location"] == reverse("receipt", args=[receipts.code_for(row.nonce)])
    assert not response.cookies


def test_the_receipt_shows_what_was_stored(client: Client, town: Survey) -> None:
    """A receipt that shows what was typed, and not what is in the database, proves nothing."""
    address = send(client, form(client))["Location"]

    page = FormPage(client.get(address).content)

    assert page.answers == ["Otherwise", "On Sundays", "To walk, To rest", "4", STORED["wish"]]
    assert "Your name answered; covered here" in page.page.text
    assert "Ada" not in page.page.text
    Response.objects.update(answers=STORED | {"wish": "Something else"})
    assert FormPage(client.get(address).content).answers[-1] == "Something else"


def test_personal_answers_are_shown_when_asked_for(client: Client, town: Survey) -> None:
    """Whoever holds the code gave the answer; whoever looks over the shoulder did not."""
    address = send(client, form(client))["Location"]
    (link,) = FormPage(client.get(address).content).page.links("personal")

    assert link == "?personal=show"
    assert FormPage(client.get(address + link).content).answers[0] == "Ada"
    assert "Ada" not in FormPage(client.get(address + "?personal=yes").content).page.text


def test_a_receipt_is_kept_out_of_caches_search_engines_and_referrers(
    client: Client, town: Survey
) -> None:
    """Its address is the only key to it."""
    address = send(client, form(client))["Location"]

    for query in ("", "?personal=show"):
        page = client.get(address + query)
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex"
        assert not page.cookies


def test_a_receipt_opens_in_capitals_too(client: Client, town: Survey) -> None:
    """It may be read out over the phone, or copied from paper."""
    address = send(client, form(client))["Location"]
    code = address.split("/")[2]

    assert client.get(f"/r/{code.upper()}/").status_code == 200
    for wrong in (code[:-1], code + "a", "a" * 26, code[::-1], "%00", "\N{GRINNING FACE}"):
        assert client.get(f"/r/{wrong}/").status_code == 404


def test_a_receipt_is_only_read(client: Client, town: Survey) -> None:
    """Nothing can be sent to it, so nothing about it can be forged."""
    assert client.post(send(client, form(client))["Location"]).status_code == 405


def test_the_same_post_again_gives_the_same_receipt(client: Client, town: Survey) -> None:
    """A double click, a retry of the browser, a reload: it counts once."""
    page = form(client)

    addresses = {send(client, page)["Location"] for _ in range(3)}

    assert len(addresses) == 1
    assert Response.objects.count() == 1


def test_other_answers_under_the_same_ticket_are_a_conflict(client: Client, town: Survey) -> None:
    """The first are a fact by now; the second may be a mistake, a kiosk, or a change of mind."""
    page = form(client)
    send(client, page)
    others = ANSWERS | {"name": "Grace", "visit": "never", "visit__other": "", "wish": "Shade"}

    response = send(client, page, **others)

    assert response.status_code == 409
    assert Response.objects.get().answers == STORED
    shown = FormPage(response.content)
    assert shown.typed == {
        "name": ["Grace"],
        "visit": ["never"],
        "uses": ["walk", "rest"],
        "stars": ["4"],
        "wish": ["Shade"],
    }
    assert "has not been stored" in shown.page.text
    first, fresh = (
        tickets.read(form.fields["ticket"][0], survey=town.pk) for form in (page, shown)
    )
    assert fresh.nonce != first.nonce
    assert build.post(client, "town", shown.fields).status_code == 303
    assert Response.objects.count() == 2


def test_another_personal_answer_alone_is_a_conflict(client: Client, town: Survey) -> None:
    """It lies encrypted in a column of its own, and counts as much as the others."""
    page = form(client)
    send(client, page)

    assert send(client, page, **ANSWERS | {"name": "Grace"}).status_code == 409
    assert send(client, page).status_code == 303
    row = Response.with_identity.get()
    assert decrypt(row.identity, nonce=row.nonce) == {"name": "Ada"}


def test_one_conflict_after_the_other_keeps_the_first(client: Client, town: Survey) -> None:
    """However often it is tried, the stored answers are those that came first."""
    page = form(client)
    send(client, page)

    for wish in ("A", "B", "C"):
        assert send(client, page, **ANSWERS | {"wish": wish}).status_code == 409
    assert Response.objects.get().answers == STORED


# -- mending -------------------------------------------------------------------------------


def test_errors_are_told_on_top_with_links_that_lead_somewhere(
    client: Client, town: Survey
) -> None:
    """Somebody who hears the page, or sees a part of it, must get to each mistake."""
    wrong = ANSWERS | {"name": "x" * 256, "visit": "daily", "uses": "fly", "stars": "9", "wish": ""}

    response = send(client, form(client), **wrong)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert page.title == "To mend: The town"
    assert len(page.summary) == 5
    assert set(page.summary) <= page.ids
    asked = [tag for tag, a in page.page.tags if a.get("id") in page.summary]
    assert set(asked) <= {"input", "textarea", "select"}
    (alert,) = [a for _tag, a in page.page.tags if a.get("role") == "alert"]
    assert alert["tabindex"] == "-1"
    assert not Response.objects.exists()


def test_no_id_stands_twice_on_a_page(client: Client, town: Survey) -> None:
    """A label that points at two fields is read with neither."""
    for response in (client.get(FORM), send(client, form(client), wish="")):
        tags = FormPage(response.content).page.tags
        ids = [attributes["id"] for _tag, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        labelled = {a["for"] for tag, a in tags if tag == "label"}
        assert labelled <= set(ids)


def test_nothing_typed_is_lost_when_something_is_to_mend(client: Client, db: None) -> None:
    """One wrong answer must not cost the other nineteen."""
    build.survey(
        [
            *build.TOWN,
            {"key": "home", "type": "country", "text": "Where?"},
            {"key": "agree", "type": "consent", "text": "I agree"},
            {"key": "mail", "type": "email", "text": "Mail"},
        ]
    )
    typed = ANSWERS | {"home": "NO", "agree": "on", "mail": "not an address"}

    response = send(client, form(client), **typed)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert page.typed == {
        "name": ["Ada"],
        "visit": ["other"],
        "visit__other": ["On Sundays"],
        "uses": ["walk", "rest"],
        "stars": ["4"],
        "wish": [ANSWERS["wish"]],
        "home": ["NO"],
        "agree": ["on"],
        "mail": ["not an address"],
    }
    assert send(client, page, **page.changed(mail="ada@example.org")).status_code == 303
    assert Response.objects.get().answers == STORED | {
        "home": "NO",
        "agree": True,
        "mail": ("ada@example.org"),
    }


def test_a_mended_form_is_the_same_attempt(client: Client, town: Survey) -> None:
    """The nonce belongs to the attempt, so that mending and retrying still count once."""
    blank = form(client)
    shown = FormPage(send(client, blank, **ANSWERS | {"wish": ""}).content)

    before, after = (
        tickets.read(page.fields["ticket"][0], survey=town.pk) for page in (blank, shown)
    )
    assert (after.nonce, after.revision) == (before.nonce, before.revision)
    assert send(client, blank)["Location"] == send(client, shown)["Location"]
    assert Response.objects.count() == 1


def test_an_expired_form_is_sent_back_whole_and_then_stored(client: Client, town: Survey) -> None:
    """A page left open for two days still holds somebody's afternoon."""
    old = aged(form(client), town, seconds=tickets.LIFETIME + 5)

    response = send(client, old)

    assert response.status_code == 422
    page = FormPage(response.content)
    assert "open for more than a day" in page.page.text
    assert page.typed["wish"] == [ANSWERS["wish"]]
    before, after = (
        tickets.read(shown.fields["ticket"][0], survey=town.pk) for shown in (old, page)
    )
    assert (after.nonce, after.revision) == (before.nonce, before.revision)
    assert not after.expired
    assert not Response.objects.exists()
    assert build.post(client, "town", page.fields).status_code == 303
    assert Response.objects.get().answers == STORED


def test_an_old_form_that_is_not_expired_is_stored_with_its_age(
    client: Client, town: Survey
) -> None:
    """Two hours of typing are two hours of typing, and a figure for the analysis."""
    assert send(client, aged(form(client), town, seconds=7_200)).status_code == 303
    assert 7_200 <= (Response.objects.get().seconds or 0) <= 7_260


def aged(page: FormPage, survey: Survey, *, seconds: int) -> FormPage:
    """The page as it is once it was open for so long."""
    was = tickets.read(page.fields["ticket"][0], survey=survey.pk)
    page.fields["ticket"] = [
        tickets.issue(
            survey=survey.pk, revision=was.revision, nonce=was.nonce, at=was.issued_at - seconds
        )
    ]
    return page


def test_a_replay_of_a_stored_form_days_later_stores_nothing(client: Client, town: Survey) -> None:
    """A recorded request may be sent for ever; it is one response for ever."""
    page = form(client)
    first = send(client, page)["Location"]
    old = aged(page, town, seconds=tickets.LIFETIME * 3)

    again = send(client, old)

    assert again.status_code == 422
    shown = FormPage(again.content)
    assert build.post(client, "town", shown.fields)["Location"] == first
    assert Response.objects.count() == 1


def test_a_revision_published_meanwhile_does_not_change_what_was_answered(
    client: Client, town: Survey
) -> None:
    """A response points at the wording that its respondent read."""
    page = form(client)
    read = town.live
    assert read is not None
    items = [item for item in build.TOWN if item["key"] != "stars"]
    build.survey([*items, {"key": "age", "type": "short_text", "text": "Age", "required": True}])
    assert form(client).fields.keys() >= {"age"}

    shown = send(client, page, **ANSWERS | {"wish": ""})
    assert shown.status_code == 422
    assert "age" not in FormPage(shown.content).fields
    assert send(client, FormPage(shown.content)).status_code == 303

    row = Response.objects.get()
    assert row.revision == read
    assert row.answers == STORED


# -- opening and closing -------------------------------------------------------------------


def test_a_closed_survey_says_so_in_its_own_words(client: Client, db: None) -> None:
    """Whoever comes by the printed link next year wants to know what became of it."""
    survey = build.survey(closed_text="Thank you all; the <results> are at the town hall.")
    move(survey, closes_at=-timedelta(days=1))

    response = client.get(FORM)

    page = FormPage(response.content)
    assert response.status_code == 200
    assert "This survey is closed" in page.page.text
    assert "the <results> are at the town hall." in page.page.text
    assert "ticket" not in page.fields
    assert response["Cache-Control"] == "no-store"


def test_a_survey_not_open_yet_says_when_it_will_be(client: Client, town: Survey) -> None:
    """A link sent too early should be worth keeping."""
    move(town, opens_at=timedelta(days=3))
    opens = Survey.objects.get(pk=town.pk).opens_at
    assert opens is not None

    page = FormPage(client.get(FORM).content)

    assert "This survey is not open yet" in page.page.text
    assert f"It opens on {date_format(opens, 'DATETIME_FORMAT')} (UTC)" in page.page.text
    assert "ticket" not in page.fields


def test_home_lists_only_what_can_be_answered_now(client: Client, town: Survey) -> None:
    """A list with closed doors in it sends people away."""
    for slug, dates in {
        "later": {"opens_at": timedelta(days=1)},
        "over": {"closes_at": -timedelta(days=1)},
        "soon-over": {"closes_at": timedelta(days=1)},
    }.items():
        move(build.survey(slug=slug, title=f"<{slug}>"), **dates)
    Survey.objects.create(slug="draft", title="Draft")

    response = client.get("/")

    assert FormPage(response.content).page.links("^/s/") == ["/s/soon-over/", "/s/town/"]
    assert "<soon-over> until" in FormPage(response.content).page.text
    assert not response.cookies


def test_home_without_any_survey_says_what_to_do(client: Client, db: None) -> None:
    """An empty page looks broken."""
    assert "No survey is open at the moment" in FormPage(client.get("/").content).page.text


def test_a_form_delivered_before_closing_is_still_taken(client: Client, town: Survey) -> None:
    """Whoever was writing when it closed did nothing wrong."""
    page = aged(form(client), town, seconds=600)
    move(town, closes_at=-timedelta(minutes=5))

    assert send(client, page).status_code == 303


def test_a_slip_in_the_grace_period_can_be_mended(client: Client, town: Survey) -> None:
    """The renewed ticket is younger than the closing, and the attempt is not."""
    page = aged(form(client), town, seconds=600)
    move(town, closes_at=-timedelta(minutes=5))

    shown = send(client, page, **ANSWERS | {"wish": ""})

    assert shown.status_code == 422
    assert send(client, FormPage(shown.content)).status_code == 303
    assert Response.objects.get().answers == STORED


def test_an_expired_form_in_the_grace_period_can_be_sent_again(
    client: Client, town: Survey
) -> None:
    """Open since the day before yesterday, closed five minutes ago: still in time."""
    page = aged(form(client), town, seconds=2 * tickets.LIFETIME)
    move(town, closes_at=-timedelta(minutes=5))

    shown = send(client, page)

    assert shown.status_code == 422
    assert build.post(client, "town", FormPage(shown.content).fields).status_code == 303


@pytest.mark.parametrize(
    ("age", "closed"),
    [(timedelta(hours=2), GRACE + timedelta(minutes=1)), (timedelta(), timedelta(minutes=5))],
    ids=["after the grace period", "delivered after closing"],
)
def test_what_comes_too_late_is_refused_with_the_text_on_the_page(
    client: Client, town: Survey, age: timedelta, closed: timedelta
) -> None:
    """It is not stored, and still somebody's text: they can copy it from there."""
    page = aged(form(client), town, seconds=int(age.total_seconds()))
    move(town, closes_at=-closed)

    response = send(client, page)

    assert response.status_code == 403
    shown = FormPage(response.content)
    assert "It came too late to be stored" in shown.page.text
    chosen = ["Otherwise", "On Sundays", "To walk, To rest", "4"]
    assert shown.answers == ["Ada", *chosen, STORED["wish"]]
    assert "ticket" not in shown.fields
    assert not Response.objects.exists()


def test_a_closed_survey_asks_nobody_to_send_again(client: Client, town: Survey) -> None:
    """A form with a damaged ticket gets the truth: it is closed, and here is your text."""
    move(town, closes_at=-timedelta(minutes=5))

    response = build.post(client, "town", ANSWERS | {"ticket": "damaged"})

    assert response.status_code == 403
    assert STORED["wish"] in FormPage(response.content).answers


def test_nothing_is_taken_before_the_opening(client: Client, town: Survey) -> None:
    """A ticket from a test run must not vote early."""
    page = form(client)
    move(town, opens_at=timedelta(hours=1))

    response = send(client, page)

    assert response.status_code == 403
    assert "not open yet" in FormPage(response.content).page.text
    assert not Response.objects.exists()


# -- where from, and faults ----------------------------------------------------------------


def test_the_source_in_the_address_is_kept_with_the_response(client: Client, town: Survey) -> None:
    """How many came by the poster, how many by the letter?"""
    post_to(client, f"{FORM}?source=poster-7", form(client).changed(**ANSWERS))
    post_to(client, f"{FORM}?source={'x' * 300}", form(client).changed(**ANSWERS))
    post_to(client, FORM, form(client).changed(**ANSWERS))

    sources = list(Response.objects.order_by("pk").values_list("source", flat=True))
    assert sources == ["poster-7", "x" * 100, ""]


def test_a_fault_of_ours_is_told_on_a_page_of_ours(client: Client, town: Survey) -> None:
    """Keys that were lost: a plain page, no trace of the inside, nothing about the person."""
    address = send(client, form(client))["Location"]
    client.raise_request_exception = False

    with override_settings(IDENTITY_KEYS=["QUJD" * 10 + "QUI="]):
        response = client.get(f"{address}?personal=show")

    assert response.status_code == 500
    page = FormPage(response.content)
    assert page.title == "Something went wrong here"
    assert "Unreadable" not in page.page.text and "key" not in page.page.text
    assert response["Content-Security-Policy"] == style_of(PLAIN).policy


def test_the_watch_doors_answer(client: Client, db: None) -> None:
    """Whoever runs the instance asks them every few seconds."""
    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True, "waiting": 0}
