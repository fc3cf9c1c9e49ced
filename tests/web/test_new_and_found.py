"""What the list marks: what is new to its reader, and what was searched for."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from feedback.models import Membership, Response, Survey
from feedback.refresh import refresh
from tests import build
from tests.pages import Page

LIST = "/staff/town/responses/"


def marked(content: bytes) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", content.decode())


def test_what_came_since_the_last_visit_has_a_mark_and_a_list_of_its_own(
    desk: Client, town: Survey, reviewer: Any
) -> None:
    """Whoever comes every morning begins with what they have not seen."""
    old, new = (build.respond(town, wish=wish).pk for wish in ("old", "new"))
    yesterday = timezone.now() - timedelta(days=1)
    Response.objects.filter(pk=old).update(received_at=yesterday - timedelta(hours=1))
    Membership.objects.filter(user=reviewer).update(visited_at=yesterday)

    page = Page.read(desk.get(LIST).content)
    marks = [a["id"] for tag, a in page.tags if tag == "tr" and a.get("class") == "is-new"]
    assert marks == [f"r{new}"]
    assert "1 new since your last visit" in page.text

    (link,) = page.links("since=")
    listed = Page.read(desk.get(LIST + link).content)
    assert [a["id"] for tag, a in listed.tags if "id" in a and tag == "tr"] == [f"r{new}"]


def test_on_the_first_visit_nothing_is_marked_as_new(desk: Client, town: Survey) -> None:
    """All of it is new then, which is no news."""
    build.respond(town, wish="Trees")

    assert "new since" not in Page.read(desk.get(LIST).content).text


def test_the_words_of_a_search_are_marked_where_they_stand(desk: Client, town: Survey) -> None:
    """A reader sees why a response was found, and reads on from there."""
    build.respond(town, wish="Mehr Bänke, und <b>Licht</b>")
    refresh()

    assert marked(desk.get(LIST, {"q": "bänke -auto"}).content) == ["Bänke"]
    assert marked(desk.get(LIST, {"q.wish": '"und b"'}).content) == ["und &lt;b"]
    assert marked(desk.get(LIST).content) == []


def test_a_long_answer_is_folded_around_what_was_found(desk: Client, town: Survey) -> None:
    """The start of a page-long answer says nothing about why it was found."""
    build.respond(town, wish="word " * 200 + "needle " + "word " * 200)
    refresh()

    content = desk.get(LIST, {"q": "needle"}).content.decode()

    summary = re.search(r"<summary>(.*?)</summary>", content[content.index("clamp") :], re.DOTALL)
    assert summary and "<mark>needle</mark>" in summary[1]
