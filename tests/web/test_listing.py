"""The list of responses: the newest first, each met once however one pages, few queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.models import Lines, Membership, Response, Status, Survey, Tag
from feedback.responses import coding
from tests import build
from tests.build import many
from tests.pages import Page
from tests.web.desk import LIST, listed, numbers_on


def test_the_newest_response_comes_first(desk: Client, town: Survey) -> None:
    """Staff come to see what is new."""
    pks = [build.respond(town, wish=f"wish {n}").pk for n in range(3)]

    assert listed(desk) == pks[::-1]


def test_paging_forward_and_back_meets_every_response_once(desk: Client, town: Survey) -> None:
    """Full pages and a rest: a slip at a page's edge would hide a response for good."""
    pks = many(town, 60)
    address, forward, pages = LIST, [], 0
    while address:
        page = Page.read(desk.get(address).content)
        forward += numbers_on(page)
        last, pages = address, pages + 1
        link = page.rel("next")
        address = LIST + link if link else ""

    assert forward == pks[::-1]
    assert pages == 3 and pages == -(-60 // Lines.FEW)

    address, back = last, []
    while address:
        page = Page.read(desk.get(address).content)
        back = numbers_on(page) + back
        link = page.rel("prev")
        address = LIST + link if link else ""
    assert back == pks[::-1]


def test_the_oldest_are_one_step_from_the_newest_and_back(desk: Client, town: Survey) -> None:
    """Who works through what waited longest begins there, and does not page to it."""
    pks = many(town, 120)
    Response.objects.filter(pk__in=pks[::2]).update(status=Status.DONE)
    first = Page.read(desk.get(f"{LIST}?status=done&column=status").content)

    [to_oldest] = first.links("after=")
    oldest = Page.read(desk.get(LIST + to_oldest).content)
    [to_newest] = oldest.links(r"^\?status=done&column=status$")
    newest = Page.read(desk.get(LIST + to_newest).content)

    assert numbers_on(oldest) == pks[::2][: Lines.FEW][::-1]
    assert numbers_on(newest) == numbers_on(first) == pks[::2][-Lines.FEW :][::-1]
    assert oldest.rel("prev") and not oldest.rel("next")


def test_a_response_that_arrives_while_paging_moves_nothing(desk: Client, town: Survey) -> None:
    """Pages counted by offset show a row twice whenever one comes in."""
    pks = many(town, 40)
    first = Page.read(desk.get(LIST).content)

    build.respond(town, wish="newer than all")
    second = Page.read(desk.get(LIST + first.rel("next")).content)

    assert numbers_on(first) + numbers_on(second) == pks[::-1]


def test_a_page_has_as_many_lines_as_its_reader_chose(desk: Client, town: Survey) -> None:
    """Who skims wants many at once, who reads on a phone few; paging goes by the same number."""
    pks = many(town, 120)
    Membership.objects.filter(user__username="reviewer").update(lines=Lines.MANY)

    first = Page.read(desk.get(LIST).content)
    second = Page.read(desk.get(LIST + first.rel("next")).content)

    assert (numbers_on(first), numbers_on(second)) == (pks[20:][::-1], pks[:20][::-1])


def test_the_filters_go_along_from_page_to_page(desk: Client, town: Survey) -> None:
    """Else the second page of a search would be of all responses."""
    pks = many(town, 80)
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
    assert len(with_one) <= 9

    for pk in many(town, 60):
        Response.objects.get(pk=pk).tags.add(Tag.objects.get())
    with CaptureQueriesContext(connection) as with_many:
        assert len(listed(desk)) == Lines.FEW

    # What goes on on a further page is counted, one by one before it was ever summed up.
    assert len(with_many) == len(with_one) + 1
