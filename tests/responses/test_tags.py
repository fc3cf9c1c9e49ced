"""Tags of a survey: their names, colours and counts, and two made one."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import AuditEntry, Colour, Response, SavedView, Survey, Tag
from feedback.responses import coding, tags
from feedback.responses.coding import NotPossible
from tests import build


@pytest.fixture
def rows(town: Survey) -> list[Response]:
    return [build.respond(town, wish=f"wish {n}") for n in range(4)]


def having(tag: Tag) -> list[int]:
    return sorted(tag.responses.values_list("pk", flat=True))


def test_a_tag_is_made_renamed_and_coloured(town: Survey, owner: Any) -> None:
    """Each with its entry, which has the number and never the name."""
    tag = tags.create(town, "  park   benches ", "green", actor=owner)
    tags.rename(tag, "seats", actor=owner)
    tags.recolour(tag, "blue", actor=owner)
    tags.recolour(tag, "blue", actor=owner)
    tags.rename(tag, "seats", actor=owner)

    tag.refresh_from_db()
    assert (tag.name, tag.colour) == ("seats", Colour.BLUE)
    entries = AuditEntry.objects.exclude(action="publish")
    assert [e.action for e in entries] == ["tag_create", "tag_rename", "tag_colour"]
    assert "seats" not in str([e.details for e in entries])


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "taken"])
def test_a_name_that_cannot_be_is_told(town: Survey, owner: Any, name: str) -> None:
    """Of two tags with one name nobody could say which is meant."""
    tags.create(town, "taken", "grey", actor=owner)
    other = tags.create(town, "other", "grey", actor=owner)

    with pytest.raises(NotPossible):
        tags.create(town, name, "grey", actor=owner)
    with pytest.raises(NotPossible):
        tags.rename(other, name, actor=owner)
    assert sorted(tags.tag_names(town).values()) == ["other", "taken"]


def test_there_are_only_our_colours(town: Survey, owner: Any) -> None:
    """A colour of somebody's own would be markup of their own."""
    with pytest.raises(NotPossible):
        tags.create(town, "seats", "url(//evil.example)", actor=owner)


def test_a_merged_tag_is_on_each_response_once(
    town: Survey, rows: list[Response], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where both were on it, and over the edges of steps."""
    monkeypatch.setattr(tags, "STEP", 1)
    for row in rows[:3]:
        old = coding.add_tag(row, "benches", actor=owner)
    new = coding.add_tag(rows[2], "seats", actor=owner)
    coding.add_tag(rows[3], "other", actor=owner)

    tags.merge(old, new, actor=owner)

    assert having(new) == [row.pk for row in rows[:3]]
    assert sorted(tags.tag_names(town).values()) == ["other", "seats"]
    entry = AuditEntry.objects.get(action="tag_merge")
    assert entry.details["into"] == new.pk and entry.actor == owner


def test_a_tag_merged_into_itself_stays(town: Survey, rows: list[Response], owner: Any) -> None:
    """Moving it to itself and deleting it then would lose it everywhere."""
    tag = coding.add_tag(rows[0], "seats", actor=owner)

    with pytest.raises(NotPossible):
        tags.merge(tag, tag, actor=owner)
    assert having(tag) == [rows[0].pk]


def test_a_deleted_tag_is_off_everything(town: Survey, rows: list[Response], owner: Any) -> None:
    """And others stay."""
    seats = coding.add_tag(rows[0], "seats", actor=owner)
    other = coding.add_tag(rows[0], "other", actor=owner)

    tags.delete(seats, actor=owner)
    tags.delete(seats, actor=owner)  # a second click

    assert [tag.name for tag in rows[0].tags.all()] == ["other"]
    assert having(other) == [rows[0].pk]
    assert AuditEntry.objects.filter(action="tag_delete").count() == 1


def test_saved_views_follow_a_tag_to_its_new_name(town: Survey, owner: Any) -> None:
    """A view that finds nothing any more looks like one where all is done."""
    seats, new = (tags.create(town, name, "grey", actor=owner) for name in ("a & b", "new"))
    view = SavedView.objects.create(
        survey=town, owner=owner, name="v", query="q=a+%26+b&tag=a+%26+b&tag=other"
    )
    apart = SavedView.objects.create(survey=town, owner=owner, name="w", query="tag=a")

    tags.rename(seats, "c=d", actor=owner)
    view.refresh_from_db()
    assert view.query == "q=a+%26+b&tag=c%3Dd&tag=other"
    tags.merge(seats, new, actor=owner)
    view.refresh_from_db()
    apart.refresh_from_db()
    assert view.query == "q=a+%26+b&tag=new&tag=other"
    assert apart.query == "tag=a"


def test_counts_are_told_up_to_what_can_be_counted_quickly(
    town: Survey, rows: list[Response], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And "more" where there are more; never a number that is too small without a word."""
    unused = tags.create(town, "unused", "grey", actor=owner)
    for row in rows[:3]:
        coding.add_tag(row, "seats", actor=owner)
    coding.add_tag(build.respond(build.survey(slug="other"), wish="x"), "theirs", actor=owner)
    seats = Tag.objects.get(name="seats")

    def told() -> dict[Tag, tuple[int, bool]]:
        return {one.tag: (one.responses, one.more) for one in tags.counted(town)}

    assert told() == {seats: (3, False), unused: (0, False)}
    monkeypatch.setattr(tags, "COUNTED", 3)
    assert told()[seats] == (3, False)
    monkeypatch.setattr(tags, "COUNTED", 2)
    assert told()[seats] == (2, True)


def test_many_tags_are_counted_with_as_few_queries_as_one(town: Survey, owner: Any) -> None:
    """A survey gathers dozens."""
    counts = []
    for n in (1, 20):
        for number in range(n):
            tags.create(town, f"tag {n} {number}", "grey", actor=owner)
        with CaptureQueriesContext(connection) as queries:
            tags.counted(town)
        counts.append(len(queries))

    assert counts == [2, 2]
