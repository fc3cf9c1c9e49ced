"""The page of a survey's tags."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback.models import Colour, Response, Survey, Tag
from feedback.responses import coding, tags
from tests import build
from tests.pages import Page

PAGE = "/staff/town/tags/"


@pytest.fixture
def seats(town: Survey, owner: Any) -> Tag:
    return coding.add_tag(build.respond(town, wish="Benches"), "seats & shade", actor=owner)


def test_a_reviewer_adds_renames_and_colours(reviewer: Any, town: Survey, seats: Tag) -> None:
    """And sees how often each is used, with the way to those responses."""
    desk = build.signed_in(reviewer)
    desk.post(PAGE + "add/", {"name": "new", "colour": "teal"})
    desk.post(f"{PAGE}{seats.pk}/", {"name": "seats + more", "colour": "red"})

    page = Page.read(desk.get(PAGE).content)

    seats.refresh_from_db()
    assert (seats.name, seats.colour) == ("seats + more", Colour.RED)
    assert "seats + more 1 response" in page.text and "new 0 responses" in page.text
    link = page.links(r"\?tag=seats")[0]
    assert f"/responses/{Response.objects.get().pk}/" in desk.get(link).content.decode()


def test_merging_and_deleting_are_the_editors_and_asked_about(
    owner: Any, reviewer: Any, town: Survey, seats: Tag
) -> None:
    """Neither can be undone."""
    other = tags.create(town, "benches", "grey", actor=owner)
    at = f"{PAGE}{seats.pk}/"
    desk, owners = build.signed_in(reviewer), build.confirmed(owner)
    page = desk.get(PAGE).content
    assert b"Merge" not in page and b"Delete" not in page
    assert desk.post(at + "merge/", {"into": other.name, "sure": "1"}).status_code == 404
    assert desk.post(at + "delete/", {"sure": "1"}).status_code == 404

    asked = owners.post(at + "merge/", {"into": other.name})
    assert "is on 1 response." in Page.read(asked.content).text
    assert Tag.objects.count() == 2
    owners.post(at + "merge/", {"into": other.name, "sure": "1"})
    assert list(Tag.objects.all()) == [other] and other.responses.count() == 1

    at = f"{PAGE}{other.pk}/"
    assert b"Are you sure" in owners.post(at + "delete/").content
    asked = build.signed_in(owner).post(at + "delete/", {"sure": "1"})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert Tag.objects.exists()
    owners.post(at + "delete/", {"sure": "1"})
    assert not Tag.objects.exists()


@pytest.mark.parametrize("into", ["", "x", "\0", "itself", "theirs"])
def test_a_tag_is_merged_into_another_of_its_survey_only(
    owner: Any, stranger: Any, seats: Tag, into: str
) -> None:
    """Else responses of one survey would get tags of another."""
    elsewhere = Survey.objects.get(slug="elsewhere")
    theirs = tags.create(elsewhere, "theirs", "grey", actor=stranger)
    name = {"itself": seats.name, "theirs": theirs.name}.get(into, into)

    page = build.signed_in(owner).post(
        f"{PAGE}{seats.pk}/merge/", {"into": name, "sure": "1"}, follow=True
    )

    assert b'role="alert"' in page.content
    assert Tag.objects.count() == 2


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "taken"}, {"colour": "puce"}])
def test_what_cannot_be_is_told(
    reviewer: Any, town: Survey, seats: Tag, fields: dict[str, str]
) -> None:
    """And the tag stays as it was."""
    tags.create(town, "taken", "grey", actor=reviewer)
    desk: Client = build.signed_in(reviewer)

    page = desk.post(f"{PAGE}{seats.pk}/", fields, follow=True)

    assert b'role="alert"' in page.content
    seats.refresh_from_db()
    assert (seats.name, seats.colour) == ("seats & shade", Colour.GREY)


def test_the_page_asks_as_few_queries_for_many_tags(owner: Any, town: Survey, seats: Tag) -> None:
    """A survey gathers dozens."""
    client, counts = build.signed_in(owner), []
    client.get(PAGE)  # the first page of a process asks what it keeps of the survey
    for n in (1, 20):
        for number in range(n):
            tags.create(town, f"tag {n} {number}", "grey", actor=owner)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]
