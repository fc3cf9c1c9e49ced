"""Pages of open text: what is shown, what staff change, and where else themes are told."""

import csv
import io
import json
from typing import Any

import pytest
from django.urls import reverse

from feedback.models import AuditEntry, Response, Role, Survey, Theme, ThemeOf
from tests import build
from tests.open_text.answers import labelled
from tests.theming.doors import act, page
from tests.theming.made import answered, found

TEXTS, _SUBJECTS = labelled()


@pytest.fixture
def themed(town: Survey) -> Survey:
    """Answered by many, some of whom say nothing, with the themes found."""
    answered(town, [*TEXTS, "n/a", "-"])
    found(town)
    return town


def test_before_there_are_themes_the_page_says_what_is_to_come(town: Survey, viewer: Any) -> None:
    """Empty, too: no table of nothing."""
    listed = build.signed_in(viewer).get(reverse("text", args=["town"])).content.decode()
    assert "What do you wish for?" in listed and "none yet" in listed
    assert "Your name" not in listed
    assert "No themes yet" in page(viewer)
    answer = build.signed_in(viewer).get(reverse("text_item", args=["town", "name"]))
    assert answer.status_code == 404


def test_asking_for_themes_shows_how_far_it_is(town: Survey) -> None:
    """Whoever waits sees that something goes on; the page never changes under a reader."""
    editor = build.member(town, Role.EDITOR)
    answered(town)
    build.signed_in(editor).post(reverse("text_find", args=["town", "wish"]))
    shown = page(editor)
    assert "Themes are being looked for" in shown and "Look again" in shown


def test_the_page_tells_each_theme_with_answers_of_it(themed: Survey, viewer: Any) -> None:
    """Counts, shares with intervals, three quotes with their responses; no edits for readers."""
    shown = page(viewer)
    for theme in Theme.objects.filter(parent=None):
        assert f'id="theme-{theme.number}"' in shown
        assert f"theme.wish={theme.number}" in shown
    assert shown.count('class="typed"') >= 12
    assert "theme.wish=none" in shown
    assert 'name="act"' not in shown


def test_personal_data_in_quotes_is_hidden_from_whom_it_is_not_for(
    themed: Survey, owner: Any, viewer: Any
) -> None:
    """A quote on an overview is read by more people than the answer in its place."""
    theme = Theme.objects.first()
    for row in Response.objects.filter(
        pk__in=ThemeOf.objects.filter(theme=theme).values("response")
    ):
        row.answers["wish"] += f" Write to ada{row.pk}@example.org."
        row.save(update_fields=["answers"])
    assert "@example.org" in page(owner)
    hidden = page(viewer)
    assert "@example.org" not in hidden and "e-mail" in hidden


def test_edits_are_made_told_and_logged(themed: Survey, reviewer: Any) -> None:
    """Each by its form; an entry has numbers and never a word."""
    first, second = Theme.objects.filter(parent=None)[:2]
    assert act(reviewer, act="rename", theme=first.number, name="Late buses") == 302
    assert act(reviewer, act="define", theme=first.number, definition="What is late") == 302
    assert act(reviewer, act="lock", theme=first.number) == 302
    assert act(reviewer, act="rule", theme=second.number, rule="parking fees") == 302
    shown = page(reviewer)
    assert "parking fees\n</textarea>" in shown and "{{" not in shown
    assert act(reviewer, act="split", theme=first.number, into=2) == 302
    assert act(reviewer, act="merge", theme=second.number, into=first.number) == 302
    shown = page(reviewer)
    for words in ("Late buses", "What is late", "locked", "Join its parts", "Take it apart again"):
        assert words in shown
    assert act(reviewer, act="unmerge", theme=second.number) == 302
    assert act(reviewer, act="rename", theme=first.number, name="") == 302
    assert "Late buses" not in page(reviewer)
    entries = AuditEntry.objects.filter(action__startswith="theme_")
    assert entries.count() == 8
    assert "buses" not in json.dumps(list(entries.values_list("details", flat=True)))


def test_an_answer_that_was_moved_is_found_where_it_is(themed: Survey, reviewer: Any) -> None:
    """Its entry stands in the history of the response."""
    row = ThemeOf.objects.filter(theme__isnull=False).first()
    assert row is not None
    other = Theme.objects.exclude(pk=row.theme_id).filter(parts=None)[0]
    act(reviewer, act="move", response=row.response_id, into=other.number)
    row.refresh_from_db()
    assert (row.theme, row.by_staff) == (other, True)
    assert AuditEntry.objects.get(response_id=row.response_id).action == "theme_move"


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "rename", "theme": 999, "name": "x"},
        {"act": "rename", "theme": 1, "name": "x" * 121},
        {"act": "merge", "theme": 1, "into": 1},
        {"act": "move", "response": 0, "into": 1},
        {"act": "nothing", "theme": 1},
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    themed: Survey, reviewer: Any, fields: dict[str, Any]
) -> None:
    """With words that say what would."""
    before = list(Theme.objects.values()), list(ThemeOf.objects.values())
    address = reverse("text_act", args=["town", "wish"])
    answer = build.signed_in(reviewer).post(address, fields, follow=True)
    assert "alert-error" in answer.content.decode()
    assert before == (list(Theme.objects.values()), list(ThemeOf.objects.values()))


def test_a_selection_narrows_the_themes(themed: Survey, viewer: Any) -> None:
    """The same filters as everywhere; lists take the theme, and say it in words."""
    whole, often = page(viewer), page(viewer, "?answer.visit=often")
    assert whole != often and "answer.visit=often&amp;theme.wish=" in often
    theme = Theme.objects.filter(parent=None)[0]
    address = reverse("responses", args=["town"])
    client = build.signed_in(viewer)
    listed = client.get(f"{address}?theme.wish={theme.number}").content.decode()
    assert f"theme: {theme.name}" in listed
    assert client.get(f"{address}?theme.wish=999").status_code == 400
    assert client.get(f"{address}?theme.name=1").status_code == 400


def test_the_summary_and_its_json_have_the_themes(themed: Survey, viewer: Any) -> None:
    """With the numbers of the page of themes."""
    client = build.signed_in(viewer)
    shown = client.get(reverse("summary", args=["town"])).content.decode()
    told = client.get(reverse("summary_json", args=["town"])).json()["themes"]["wish"]
    assert (told["answers"], told["say_nothing"]) == (len(TEXTS), 2)
    for theme in told["themes"]:
        assert f"theme.wish={theme['number']}" in shown
    assert sum(theme["n"] for theme in told["themes"]) == len(TEXTS)


def test_responses_are_compared_by_theme(themed: Survey, reviewer: Any) -> None:
    """Questions with codes beside the themes of an open one, tested like any grouping."""
    client = build.signed_in(reviewer)
    shown = client.get(reverse("compare", args=["town"]) + "?by=theme.wish").content.decode()
    for theme in Theme.objects.filter(parent=None):
        assert f"theme.wish={theme.number}" in shown
    assert client.get(reverse("differs", args=["town"])).status_code == 200


def test_an_export_has_number_and_name_of_each_theme(themed: Survey) -> None:
    """Both in the codebook as well; what says nothing is in none."""
    rows = list(csv.DictReader(io.StringIO(build.exported(themed).decode("utf-8-sig"))))
    assert len(rows) == len(TEXTS) + 2
    names = dict(Theme.objects.values_list("number", "name"))
    for row in rows:
        number = row["wish__theme"]
        assert row["wish__theme_name"] == (names[int(number)] if number else "")
    assert sum(not row["wish__theme"] for row in rows) == 2
