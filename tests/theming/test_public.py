"""Themes and names for everyone: approved by hand, rounded, and gone when they are taken back."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from feedback.analysis import publishing
from feedback.models import (
    AuditEntry,
    OpenQuestion,
    Publication,
    Role,
    Survey,
    Theme,
    ThemeSet,
)
from feedback.refresh import refresh
from feedback.responses.in_field import forget
from feedback.theming import building
from tests import build
from tests.pages import Page
from tests.theming.made import answered, found

RESULTS = "/s/town/results/"
ACT = "/staff/town/text/wish/act/"


@pytest.fixture
def kept(town: Survey) -> ThemeSet:
    answered(town)
    return found(town)


@pytest.fixture
def editor(town: Survey) -> Client:
    return build.signed_in(build.member(town, Role.EDITOR))


def one_of(kept: ThemeSet) -> Theme:
    return Theme.objects.filter(set=kept, parent=None, mixed=False, merged_into=None)[0]


def acted(client: Client, theme: Theme, act: str, **more: str) -> str:
    fields = {"theme": str(theme.number), "act": act, **more}
    answer = client.post(ACT, fields, follow=True)
    return Page.read(answer.content).text


def release(survey: Survey) -> None:
    wanted: dict[str, Any] = {"on": True, "items": ["wish"], "download": True}
    publication, _new = Publication.objects.update_or_create(survey=survey, defaults=wanted)
    publishing.release(publication, actor=None)
    forget()


def released_rows(client: Client) -> dict[str, dict[str, str]]:
    """By code."""
    text = client.get("/s/town/results.csv").content.decode()
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text))}


def public(client: Client) -> str:
    return Page.read(client.get(RESULTS).content).text


def test_only_an_approved_theme_is_public_and_its_count_is_rounded(
    kept: ThemeSet, editor: Client, client: Client
) -> None:
    """Names are made of words that people wrote, so somebody has to have read them."""
    theme = one_of(kept)
    acted(editor, theme, "rename", name="Lake and water")
    assert "Approved." in acted(editor, theme, "publish")
    release(kept.survey)

    text = public(client)
    table = next(iter(publishing.latest(kept.survey).figures["items"]["wish"]["tables"].values()))
    assert "Lake and water" in text and "Everything else" in text
    assert table["codes"].keys() == {str(theme.number), "other"}
    assert all(n is None or n % 5 == 0 for n in table["codes"].values())
    others = Theme.objects.filter(set=kept).exclude(pk=theme.pk)
    assert not [other.name for other in others if other.name in text]


def test_open_data_has_the_themes_too(kept: ThemeSet, editor: Client, client: Client) -> None:
    """Under the same rules, and with their numbers as codes."""
    theme = one_of(kept)
    acted(editor, theme, "publish")
    release(kept.survey)

    assert released_rows(client)[str(theme.number)]["label"] == theme.name


def test_a_theme_that_is_taken_back_is_gone_at_once(
    kept: ThemeSet, editor: Client, client: Client
) -> None:
    """Whatever was released: a name may turn out to tell of somebody."""
    theme = one_of(kept)
    acted(editor, theme, "rename", name="Lake and water")
    acted(editor, theme, "publish")
    release(kept.survey)
    assert "Lake and water" in public(client)

    acted(editor, theme, "unpublish")

    assert "Lake and water" not in public(client)
    assert str(theme.number) not in released_rows(client)


def test_another_name_has_to_be_approved_anew(
    kept: ThemeSet, editor: Client, reviewer: Any, client: Client
) -> None:
    """Reviewers rename themes, and editors answer for what is public."""
    theme = one_of(kept)
    acted(editor, theme, "publish")
    release(kept.survey)
    acted(build.signed_in(reviewer), theme, "rename", name="Mayor Meier's lake")

    assert "Meier" not in public(client)
    theme.refresh_from_db()
    assert not theme.approved_public


def test_reviewers_do_not_approve(kept: ThemeSet, reviewer: Any) -> None:
    """The page is not there for them, as with quotes."""
    fields = {"theme": one_of(kept).number, "act": "publish"}

    assert build.signed_in(reviewer).post(ACT, fields).status_code == 404
    assert not Theme.objects.filter(approved_public=True).exists()


def test_an_approved_theme_keeps_its_name_and_place_through_a_later_search(
    kept: ThemeSet, editor: Client
) -> None:
    """What the public was told stays what it was."""
    theme = one_of(kept)
    acted(editor, theme, "publish")
    building.build(building.ask(kept.survey, "wish", actor=None, number=6).pk)

    again = Theme.objects.get(set=kept, number=theme.number)
    assert (again.name, again.approved_public) == (theme.name, True)


def test_a_remainder_and_a_part_are_not_approved(kept: ThemeSet, editor: Client) -> None:
    """The one says nothing, the other is counted with its whole; both are told why."""
    theme = one_of(kept)
    Theme.objects.filter(pk=theme.pk).update(mixed=True)
    assert "A remainder says nothing" in acted(editor, theme, "publish")

    other = Theme.objects.exclude(pk=theme.pk).filter(set=kept)[0]
    Theme.objects.filter(pk=theme.pk).update(mixed=False, parent=other)
    assert "A part is published with the theme" in acted(editor, theme, "publish")


def test_approving_is_in_the_audit_log_by_number(kept: ThemeSet, editor: Client) -> None:
    """And what the page of the log says of it has no words of respondents."""
    acted(editor, one_of(kept), "publish")

    entry = AuditEntry.objects.latest("pk")
    assert entry.action == "theme_publish"
    assert entry.details == {"item": "wish", "theme": one_of(kept).number}


# -- names -----------------------------------------------------------------------------

NAMES = "/staff/town/text/wish/names/"
WRITTEN = ["Llama 3 and Mistral"] * 12 + ["mostly Qwen2.5"] * 7 + ["falcon"] * 2 + ["nothing"] * 6


@pytest.fixture
def naming(town: Survey, editor: Client) -> Survey:
    """Names of open models are looked for in what people wish for."""
    answered(town, WRITTEN)
    refresh()
    editor.post(f"{NAMES}set/", {"catalogue": "open_models", "asks": "1"})
    return town


def test_names_are_public_when_they_are_approved(
    naming: Survey, editor: Client, client: Client
) -> None:
    """Rounded like all counts; what few named is not there at all, and the rest is told."""
    release(naming)
    assert "Llama" not in public(client)
    for _n in range(5):
        build.respond(naming, wish="Llama")
    refresh()

    editor.post(f"{NAMES}publish/", {"publish": "1"})
    release(naming)

    text = public(client)
    assert "Llama 15" in text and "Mistral 10" in text and "Qwen 5" in text
    assert "None of these 5" in text and "alcon" not in text
    assert {"llama", "mistral", "qwen", "other"} <= released_rows(client).keys()


def test_names_that_are_taken_back_are_gone_at_once(
    naming: Survey, editor: Client, client: Client
) -> None:
    """Whatever was released."""
    editor.post(f"{NAMES}publish/", {"publish": "1"})
    release(naming)
    assert "Llama" in public(client)

    editor.post(f"{NAMES}publish/", {"stop": "1"})

    assert "Llama" not in public(client)
    assert AuditEntry.objects.latest("pk").details == {"part": "wish", "on": False}


def test_reviewers_do_not_approve_names(naming: Survey, reviewer: Any) -> None:
    """They decide what is one, which is another thing."""
    client = build.signed_in(reviewer)

    assert client.post(f"{NAMES}publish/", {"publish": "1"}).status_code == 404
    assert not OpenQuestion.objects.get().names_public


def test_the_summary_tells_who_named_what(naming: Survey, viewer: Any) -> None:
    """Beside the newest answers, each number with its way to the responses behind it."""
    client = build.signed_in(viewer)
    page = Page.read(client.get("/staff/town/summary/").content)

    (llama,) = page.links(r"name\.wish=llama")
    assert "12 responses" in Page.read(client.get(llama).content).text
    some = Page.read(client.get("/staff/town/summary/?answer.visit=often").content)
    assert "Llama 6" in some.text
