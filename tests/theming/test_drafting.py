"""Names that a model drafts: marked, never needed, never of anybody's making but the model's."""

from collections.abc import Iterator
from typing import Any

import pytest

from feedback import tasks
from feedback.analysis.themes import approved, counted
from feedback.models import Response, Survey, Theme, ThemeOf, ThemeSet
from feedback.models.identity import encrypt
from feedback.open_text.proposing_names import as_name, proposed_name
from feedback.open_text.vectors import NotAvailable
from feedback.refresh import refresh
from feedback.theming import building, drafting, editing, splitting
from tests.open_text.answers import labelled
from tests.open_text.model_server import ModelServer, model_server
from tests.theming.doors import act, page
from tests.theming.made import answered, found

TEXTS, _SUBJECTS = labelled()


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with model_server() as started:
        settings.ENDPOINT_URL, settings.NAMES_MODEL = started.url, "namer"
        started.name = "Name {n}"
        yield started


@pytest.fixture
def themed(town: Survey) -> ThemeSet:
    """Themes that are called by their phrases."""
    answered(town)
    return found(town)


def named(kept: ThemeSet) -> list[Theme]:
    drafting.draft(kept.pk)
    return list(Theme.objects.filter(set=kept))


def test_a_search_is_followed_by_names(town: Survey, server: ModelServer) -> None:
    """By the worker that searched; each theme is asked for once."""
    answered(town)
    refresh()
    kept = building.ask(town, "wish", actor=None, number=4)
    tasks.find_themes(kept.pk)
    themes = [one.theme for one in counted(kept).counted if not one.theme.mixed]
    assert all(theme.name.startswith("Name ") for theme in themes)
    assert all(theme.is_draft and theme.drafted_by == "namer" for theme in themes)
    asked = len(server.prompts)
    tasks.find_themes(kept.pk)
    assert len(server.prompts) == asked > 0


def test_the_model_sees_the_question_phrases_and_answers(
    themed: ThemeSet, server: ModelServer
) -> None:
    """Nothing else of the survey."""
    theme = counted(themed).counted[0].theme
    drafting.draft(themed.pk)
    [prompt] = [one for one in server.prompts if "; ".join(theme.label) in one]
    assert "What do you wish for?" in prompt
    assert sum(text in prompt for text in TEXTS) >= 2


def test_a_theme_that_is_all_in_parts_is_named_by_theirs(
    themed: ThemeSet, server: ModelServer, reviewer: Any
) -> None:
    """It has no answers of its own."""
    theme = counted(themed).counted[0].theme
    splitting.split(theme, 2, actor=reviewer)
    inside = ThemeOf.objects.filter(theme__parent=theme).values_list("response", flat=True)
    said = Response.objects.filter(pk__in=inside).values_list("answers__wish", flat=True)
    drafting.draft(themed.pk)
    theme.refresh_from_db()
    [prompt] = [one for one in server.prompts if "; ".join(theme.label) in one]
    assert theme.is_draft
    assert sum(text in prompt for text in said) == 2


def test_nothing_is_asked_where_no_model_is_named(
    themed: ThemeSet, server: ModelServer, settings: Any
) -> None:
    """Names are a help; without one a theme is called by its phrases."""
    settings.NAMES_MODEL = ""
    assert not any(theme.drafted_by for theme in named(themed))
    assert server.asked == []


def test_no_personal_data_is_sent(town: Survey, server: ModelServer) -> None:
    """Neither what has the form of an address nor the names that respondents gave."""
    rows = answered(town, [f"{text} Ask Zebulon, zeb@example.org" for text in TEXTS])
    for row in rows:
        row.identity = encrypt({"name": "Zebulon Pike"}, nonce=row.nonce)
    Response.objects.bulk_update(rows, ["identity"])
    named(found(town))
    told = " ".join(server.prompts).casefold()
    assert "ask [name], [e-mail]" in told
    assert "zeb" not in told


def test_what_staff_named_is_left_alone(
    themed: ThemeSet, server: ModelServer, reviewer: Any
) -> None:
    """People before machines, those too who brought the phrases back."""
    theirs, back = (one.theme for one in counted(themed).counted[:2])
    editing.rename(theirs, "Ours", actor=reviewer)
    named(themed)
    back.refresh_from_db()
    assert back.name.startswith("Name ")
    editing.rename(back, "", actor=reviewer)
    drafting.draft(themed.pk)
    for theme in (theirs, back):
        theme.refresh_from_db()
    assert (theirs.name, back.name, back.is_draft) == ("Ours", back.phrases, False)


def test_a_draft_is_marked_until_somebody_keeps_it(
    themed: ThemeSet, server: ModelServer, reviewer: Any, viewer: Any
) -> None:
    """Whoever reads the page knows that nobody has said yet that it is right."""
    theme = next(theme for theme in named(themed) if theme.is_draft)
    drafted = theme.name
    assert "Its name is a draft by namer" in page(viewer)
    assert "Keep this name" in page(reviewer) and "Keep this name" not in page(viewer)

    for one in Theme.objects.filter(set=themed):
        act(reviewer, act="rename", theme=one.number, name=one.name)

    theme.refresh_from_db()
    assert (theme.name, theme.is_draft) == (drafted, False)
    assert "a draft by namer" not in page(viewer)


def test_a_draft_is_public_only_once_an_editor_approves_it(
    themed: ThemeSet, server: ModelServer, owner: Any
) -> None:
    """From then on it is theirs, and no longer a draft."""
    theme = next(theme for theme in named(themed) if theme.is_draft)
    assert approved(themed.survey) == {}
    editing.publish(theme, on=True, actor=owner)
    assert approved(themed.survey) == {"wish": {str(theme.number): theme.name}}
    assert not theme.is_draft


def test_a_later_search_keeps_a_drafted_name(themed: ThemeSet, server: ModelServer) -> None:
    """What colleagues call a theme does not change under them."""
    named(themed)
    before = dict(Theme.objects.values_list("number", "name"))
    found(themed.survey)
    assert before.items() <= dict(Theme.objects.values_list("number", "name")).items()


def test_no_two_themes_have_the_same_drafted_name(themed: ThemeSet, server: ModelServer) -> None:
    """A filter by either would look like the other; the model is told which names there are."""
    server.name = "One and the same"
    names = [theme.name for theme in named(themed)]
    assert names.count("One and the same") == 1
    assert "One and the same" in server.prompts[-1]
    assert len(set(names)) == len(names)


def test_a_model_that_is_away_leaves_phrases(themed: ThemeSet, server: ModelServer) -> None:
    """And it is asked once, not for each theme in vain."""
    server.away = True
    assert {theme.drafted_by for theme in named(themed)} == {""}
    assert len(server.asked) == 1


def test_an_answer_of_another_form_is_told(server: ModelServer) -> None:
    """The log has what an operator looks for."""
    with pytest.raises(NotAvailable, match="something else than a completion"):
        proposed_name(server.url, "broken", question="Why?", phrases=["a"], answers=["b"])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("  “Late buses.” ", "Late buses"),
        ("**Zu teuer**", "Zu teuer"),
        ("", ""),
        ("n/a", ""),
        ("Late buses\nAnd much more", ""),
        ("x" * 81, ""),
        ("Write to me@example.org", ""),
        ("See https://example.org/x", ""),
        ("A\u202ename", ""),
    ],
)
def test_only_a_short_line_that_leads_to_nobody_is_a_name(said: str, name: str) -> None:
    """Answers may hold words that are meant to steer the model."""
    assert as_name(said) == name
