"""What new answers say that none said before: proposed, made a theme, or dismissed."""

from typing import Any

import pytest
from django.urls import reverse

from feedback.models import AuditEntry, Response, Survey, Theme, ThemeOf, ThemeSet
from feedback.refresh import refresh
from feedback.theming import emerging
from feedback.theming.emerging import Proposal
from tests import build
from tests.open_text.answers import labelled
from tests.pages import Page
from tests.theming.made import WATER, answered, found, hours_ago


@pytest.fixture
def searched(town: Survey) -> ThemeSet:
    """Themes were found an hour ago, in answers from before that."""
    answered(town)
    kept = found(town)
    hours_ago(kept)
    return kept


def came(kept: ThemeSet, texts: list[str]) -> list[Response]:
    rows = answered(kept.survey, texts)
    refresh()
    emerging.look(kept.pk)
    kept.refresh_from_db()
    return rows


def test_a_subject_that_nobody_spoke_of_before_is_proposed(searched: ThemeSet) -> None:
    """With the answers that speak of it, and named by their words."""
    rows = came(searched, WATER)

    proposals = Proposal.all_of(searched)
    inside = {pk for one in proposals for pk in one.responses}
    assert len(inside & {row.pk for row in rows}) >= len(rows) * 2 // 3
    assert "pool" in " ".join(one.name for one in proposals)


def test_more_of_the_same_is_nothing_new(searched: ThemeSet) -> None:
    """The control: as many new answers, on what was spoken of before."""
    came(searched, labelled()[0][: len(WATER)])

    assert not any(len(one.responses) > 12 for one in Proposal.all_of(searched))
    assert "pool" not in str(searched.emerging)


def test_what_is_proposed_becomes_a_theme_that_gathers_its_likes(
    searched: ThemeSet, owner: Any
) -> None:
    """It is locked, so it outlives the next search; later answers fall into it by themselves."""
    came(searched, WATER)
    proposal = Proposal.all_of(searched)[0]

    theme = emerging.make(searched, proposal.number, actor=owner)

    gathered = ThemeOf.objects.filter(theme=theme, response__in=proposal.responses)
    assert gathered.count() == len(proposal.responses)
    assert proposal.number not in {one.number for one in Proposal.all_of(searched)}
    [later] = answered(searched.survey, ["Swimming pool water in the new hall feels cold."])
    refresh()
    assert ThemeOf.objects.get(response=later).theme == theme
    found(searched.survey)
    assert Theme.objects.get(pk=theme.pk).number == theme.number
    entry = AuditEntry.objects.get(action="theme_make")
    assert entry.details["theme"] == theme.number and "pool" not in str(entry.details)


def test_what_was_dismissed_is_not_proposed_again(searched: ThemeSet) -> None:
    """Before the next search, which sees all answers anyway."""
    came(searched, WATER)
    for one in Proposal.all_of(searched):
        emerging.dismiss(searched, one.number)

    came(searched, [f"{text} Still." for text in WATER[:4]])
    assert all(one.dismissed for one in Proposal.all_of(searched))

    found(searched.survey)
    searched.refresh_from_db()
    assert searched.emerging == []


def test_a_look_is_due_after_enough_new_answers_and_not_twice(searched: ThemeSet) -> None:
    """Each costs a second or two of a worker."""
    assert emerging.tend() == []
    answered(searched.survey, WATER)
    refresh()
    assert emerging.tend() == [searched.pk]

    emerging.look(searched.pk)

    assert emerging.tend() == []


@pytest.mark.parametrize(("looked_at", "more"), [(0, 8), (50, 8), (400, 40), (500_000, 1_000)])
def test_looks_go_on_however_many_came_since_the_search(looked_at: int, more: int) -> None:
    """Each reaches the 2,000 latest, so none of a large survey's answers may pass unseen."""
    assert emerging.further(looked_at) == more


def test_the_page_shows_what_may_be_new_and_makes_it_a_theme(
    searched: ThemeSet, reviewer: Any, viewer: Any
) -> None:
    """Whoever only reads sees it, and decides nothing."""
    rows = came(searched, WATER)
    page = reverse("text_item", args=["town", "wish"])
    assert "Perhaps new" in Page.read(build.signed_in(viewer).get(page).content).text
    assert b"Make it a theme" not in build.signed_in(viewer).get(page).content

    client, number = build.signed_in(reviewer), Proposal.all_of(searched)[0].number
    act = reverse("text_act", args=["town", "wish"])
    told = client.post(act, {"act": "make", "proposal": number}, follow=True)
    assert "was made" in Page.read(told.content).text
    again = client.post(act, {"act": "make", "proposal": number}, follow=True)
    assert "no longer there" in Page.read(again.content).text

    Response.objects.filter(pk__in=[row.pk for row in rows]).delete()
    assert "Perhaps new" not in Page.read(client.get(page).content).text
