"""Notes as a thread, and the colleagues they speak to."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import Mention, Response, Role, Survey
from feedback.responses import notes
from tests import build


@pytest.fixture
def row(town: Survey) -> Response:
    return build.respond(town, wish="Benches")


def spoken_to(text: str, row: Response, author: Any) -> list[str]:
    note = notes.add_note(row, text, actor=author)
    return sorted(note.mentions.values_list("user__username", flat=True))


CALLS = [
    ("@owner please look", ["owner"]),
    ("Please look, @owner.", ["owner"]),
    ("(@owner, @viewer)", ["owner", "viewer"]),
    ("@owner @owner", ["owner"]),
    ("@owner@viewer", []),
    ("write to someone@owner", []),
    ("@nobody-here", []),
    ("@stranger may not know of it", []),
    ("@reviewer myself", []),
    ("owner without the sign", []),
    ("@OWNER", []),
    ("@j.doe+1@work", ["j.doe+1@work"]),
    ("@j.doe+1@work.", ["j.doe+1@work"]),
    ("@", []),
]


@pytest.mark.parametrize(("text", "expected"), CALLS)
def test_a_note_speaks_to_the_members_it_names(
    town: Survey,
    row: Response,
    reviewer: Any,
    owner: Any,
    viewer: Any,
    stranger: Any,
    text: str,
    expected: list[str],
) -> None:
    """Whole names of members only: nobody else learns that there is a note."""
    build.member(town, Role.VIEWER, name="j.doe+1@work")

    assert spoken_to(text, row, reviewer) == expected


def test_a_name_is_told_apart_from_the_text_around_it(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """Only where somebody was spoken to; the text itself stays as it was written."""
    text = "Ask @owner, or @nobody.\nThen write to me@owner"
    notes.add_note(row, text, actor=reviewer)

    ((note, pieces),) = notes.thread(row)

    assert "".join(piece.text for piece in pieces) == note.text == text
    assert [piece.text for piece in pieces if piece.speaks_to] == ["@owner"]


def test_what_spoke_to_somebody_is_new_until_they_see_it(
    town: Survey, row: Response, reviewer: Any, owner: Any, viewer: Any
) -> None:
    """Seen by one is not seen by all, and on one response not on every one."""
    other = build.respond(town, wish="Trees")
    notes.add_note(row, "@owner @viewer", actor=reviewer)
    notes.add_note(other, "@owner", actor=reviewer)
    assert notes.unseen(owner).count() == 2

    assert notes.seen(row, owner) == 1
    assert notes.seen(row, owner) == 0

    assert [mention.note.response for mention in notes.unseen(owner)] == [other]
    assert notes.unseen(viewer).count() == 1


def test_whoever_is_no_member_any_more_is_not_told(
    row: Response, reviewer: Any, owner: Any
) -> None:
    """They could not open what they are called to."""
    notes.add_note(row, "@owner", actor=reviewer)
    owner.memberships.all().delete()

    assert not notes.unseen(owner).exists()


def test_a_thread_outlives_its_authors(row: Response, reviewer: Any, owner: Any) -> None:
    """The note of somebody who left is still a note."""
    leaver = get_user_model().objects.create(username="leaver")
    notes.Note.objects.create(response=row, author=leaver, text="@owner before I go")
    leaver.delete()

    ((note, _pieces),) = notes.thread(row)
    assert note.author is None and "before I go" in note.text


def test_a_long_thread_asks_as_few_queries_as_a_short_one(
    town: Survey, row: Response, reviewer: Any, owner: Any
) -> None:
    """Some responses are talked about for years."""
    counts = []
    for n in (1, 8):
        for number in range(n):
            notes.add_note(row, f"@owner {n} {number}", actor=reviewer)
        with CaptureQueriesContext(connection) as queries:
            notes.thread(row)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Mention.objects.count() == 9


def test_whoever_is_spoken_to_is_told_where(town: Survey, reviewer: Any, owner: Any) -> None:
    """A question in a note that nobody is told of waits for ever."""
    row = build.respond(town, wish="Benches")
    client = build.signed_in(owner)
    assert b"speaks to you" not in client.get("/staff/").content

    notes.add_note(row, "Shall we, @owner?", actor=reviewer)

    assert "1 note in “The town” speaks to you." in client.get("/staff/").content.decode()
    client.get(f"/staff/town/responses/{row.pk}/")
    assert b"speaks to you" not in client.get("/staff/").content
