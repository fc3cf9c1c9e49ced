"""The public form from the outside: how it comes, and what is told where it cannot."""

import zlib
from typing import Any

import pytest
from django.test import Client, override_settings

from feedback.models import Response, Survey
from feedback.responses import tickets
from feedback.web.pages import PLAIN, style_of
from tests import build
from tests.web.sent import ANSWERS, FORM, FormPage, Queries, form, send


def post_to(client: Client, address: str, fields: Any) -> Any:
    return client.post(address, build.urlencode(fields, doseq=True), content_type=build.FORM)


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


@pytest.mark.parametrize(("address", "leads"), [("/staff/none/", "/staff/"), ("/none/", "/")])
def test_where_nothing_is_a_link_leads_on(
    client: Client, db: None, address: str, leads: str
) -> None:
    """Staff who followed an old link want their surveys, not those that are open."""
    page = FormPage(client.get(address, follow=True).content)
    assert page.page.links(f"^{leads}$")


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
