"""Themes with vectors that a server tells: never asked while anybody waits, nor twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedback import tasks
from feedback.analysis.themes import counted
from feedback.models import (
    AnswerToPlace,
    Response,
    Status,
    Survey,
    TextVector,
    Theme,
    ThemeOf,
    ThemeSet,
    ThemesState,
)
from feedback.open_text.texts import normalised
from feedback.refresh import refresh
from feedback.theming import building, editing, emerging, placing, splitting, waiting
from feedback.theming.answers import digest
from feedback.theming.emerging import Proposal
from tests.open_text.answers import labelled, vectors_in
from tests.open_text.model_server import ModelServer, model_server
from tests.theming.doors import page
from tests.theming.made import WATER, answered, found, hours_ago

TEXTS, _SUBJECTS = labelled()
NEW = "The buses are too late in the evening, every single day."


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with model_server() as started:
        settings.ENDPOINT_URL, settings.VECTORS_MODEL = started.url, "letters"
        yield started


@pytest.fixture
def themed(town: Survey, server: ModelServer) -> ThemeSet:
    """Themes found with the vectors of the server."""
    answered(town)
    return found(town)


def theme_of(row: Response) -> Theme | None:
    return ThemeOf.objects.get(response=row).theme


def place() -> None:
    for number in waiting.tend():
        tasks.place_waiting(number)


def has_vector(text: str) -> bool:
    return TextVector.objects.filter(said=digest(normalised(text))).exists()


def test_a_folder_of_the_operators_is_taken_for_themes(
    town: Survey, settings: Any, tmp_path: Path
) -> None:
    """Whoever has vectors of their language has better themes by them."""
    settings.VECTORS_FOLDER = str(vectors_in(tmp_path))
    answered(town)
    assert found(town).embedder.startswith("folder:")


def test_the_page_says_where_answers_are_sent(themed: ThemeSet, viewer: Any) -> None:
    """Staff answer for what happens to what people wrote."""
    assert themed.embedder == "endpoint:letters"
    assert "They are placed by letters, on a server that the operator chose" in page(viewer)


def test_another_search_asks_for_nothing_again(themed: ThemeSet, server: ModelServer) -> None:
    """But for one text, which tells how wide its vectors are."""
    assert len(set(server.texts)) == len({normalised(text) for text in TEXTS})
    server.asked.clear()
    found(themed.survey)
    assert server.batches == [1]


def test_other_vectors_replace_those_of_before(themed: ThemeSet, server: ModelServer) -> None:
    """Those of two models have nothing in common."""
    ThemeSet.objects.update(embedder="endpoint:other")
    TextVector.objects.update(embedder="endpoint:other")
    found(themed.survey)
    assert set(TextVector.objects.values_list("embedder", flat=True)) == {"endpoint:letters"}


def test_refresh_asks_no_server(themed: ThemeSet, server: ModelServer) -> None:
    """It holds rows of the outbox; a server that is slow would stop all summaries."""
    server.asked.clear()
    [row] = answered(themed.survey, [NEW])
    refresh()
    assert server.asked == []
    assert not ThemeOf.objects.filter(response=row).exists()
    assert list(AnswerToPlace.objects.values_list("response", flat=True)) == [row.pk]


def test_what_waits_is_told_and_placed_by_a_worker(
    themed: ThemeSet, server: ModelServer, viewer: Any
) -> None:
    """With its likes, as by any other vectors."""
    [row] = answered(themed.survey, [TEXTS[0].upper()])
    refresh()
    assert "1 answer waits to be placed" in page(viewer)

    place()

    like = ThemeOf.objects.get(response=Response.objects.order_by("pk")[0])
    assert theme_of(row) == like.theme is not None
    assert not AnswerToPlace.objects.exists()
    assert "waits to be placed" not in page(viewer)


def test_where_the_server_is_away_answers_wait_on(themed: ThemeSet, server: ModelServer) -> None:
    """Nothing is lost, and nothing fails that somebody sees."""
    [row] = answered(themed.survey, [NEW])
    refresh()
    server.away = True
    place()
    assert AnswerToPlace.objects.filter(response=row).exists()

    server.away = False
    place()
    assert theme_of(row) is not None


def test_once_the_model_is_taken_out_of_the_settings_answers_stay_here(
    themed: ThemeSet, server: ModelServer, settings: Any
) -> None:
    """They wait, are told of, and are placed by what is chosen next."""
    settings.VECTORS_MODEL = ""
    placing.places_of.cache_clear()
    server.asked.clear()
    [row] = answered(themed.survey, [NEW])
    refresh()
    place()
    assert (server.asked, AnswerToPlace.objects.count()) == ([], 1)
    found(themed.survey)
    assert theme_of(row) is not None
    assert (server.asked, TextVector.objects.count()) == ([], 0)


def test_an_answer_changed_while_the_server_is_asked_is_asked_for_again(
    themed: ThemeSet, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would stand where its first words belong, and their vector would stay."""
    [row] = answered(themed.survey, [NEW])
    refresh()
    read = waiting.written

    def then_changed(*about: Any) -> dict[int, str]:
        texts = read(*about)
        monkeypatch.setattr(waiting, "written", read)
        Response.objects.filter(pk=row.pk).update(answers={"wish": TEXTS[1]})
        return texts

    monkeypatch.setattr(waiting, "written", then_changed)
    place()

    assert not has_vector(NEW)
    assert ThemeOf.objects.get(response=row).said == digest(normalised(TEXTS[1]))
    assert not AnswerToPlace.objects.exists()


def test_what_staff_moved_meanwhile_stays_where_they_put_it(
    themed: ThemeSet, server: ModelServer, reviewer: Any
) -> None:
    """People before machines."""
    [row] = answered(themed.survey, [NEW])
    refresh()
    theirs = Theme.objects.filter(set=themed).last()
    editing.move(themed, row.pk, theirs, actor=reviewer)
    place()
    assert (theme_of(row), ThemeOf.objects.get(response=row).by_staff) == (theirs, True)


def test_a_vector_goes_with_its_answer(themed: ThemeSet, server: ModelServer) -> None:
    """It tells much of the text that it was made of."""
    changed, withdrawn, spam = answered(themed.survey, [NEW, f"{NEW} Too late.", f"{NEW} Late!"])
    refresh()
    place()
    texts = [row.answers["wish"] for row in (changed, withdrawn, spam)]
    assert [has_vector(text) for text in texts] == [True, True, True]

    Response.objects.filter(pk=changed.pk).update(answers={"wish": TEXTS[0]})
    Response.objects.filter(pk=withdrawn.pk).delete()
    Response.objects.filter(pk=spam.pk).update(status=Status.SPAM)
    refresh()
    assert [has_vector(text) for text in texts] == [False, False, False]


def test_a_vector_goes_with_its_answer_where_a_search_comes_first(
    themed: ThemeSet, server: ModelServer
) -> None:
    """It writes all answers anew, so that refresh would no longer know what the gone one said."""
    [row] = answered(themed.survey, [NEW])
    refresh()
    place()
    assert has_vector(NEW)
    Response.objects.filter(pk=row.pk).delete()
    building.build(building.ask(themed.survey, "wish", actor=None, number=4).pk)
    refresh()
    assert not has_vector(NEW)


def test_a_split_needs_no_server(themed: ThemeSet, server: ModelServer, reviewer: Any) -> None:
    """A page never waits for it: what was told once is remembered."""
    server.asked.clear()
    server.away = True
    theme = counted(themed).counted[0].theme
    splitting.split(theme, 2, actor=reviewer)
    assert (theme.parts.count(), server.asked) == (2, [])


def test_what_is_new_is_made_a_theme_without_a_server(
    themed: ThemeSet, server: ModelServer, reviewer: Any
) -> None:
    """Its answers were placed, so their vectors are there; others wait to be looked at anew."""
    hours_ago(themed)
    rows = answered(themed.survey, WATER * 3)
    refresh()
    place()
    texts = [row.answers["wish"] for row in rows]
    themed.refresh_from_db()
    one = Proposal([row.pk for row in rows], ["pool"])
    themed.emerging = [vars(one)]
    themed.save(update_fields=["emerging"])
    server.asked.clear()
    server.away = True

    made = emerging.make(themed, one.number, actor=reviewer)

    assert (made.name, server.asked) == ("pool", [])
    assert ThemeOf.objects.filter(theme=made).count() == len(texts)


def test_a_server_that_is_away_leaves_the_themes_of_before(
    themed: ThemeSet, server: ModelServer, viewer: Any
) -> None:
    """And staff read why, the log what it said."""
    before = set(Theme.objects.values_list("number", "name"))
    answered(themed.survey, [NEW])
    server.away = True
    kept = found(themed.survey)
    assert (kept.state, kept.why) == (ThemesState.FAILED, "vectors")
    assert set(Theme.objects.values_list("number", "name")) == before
    assert "cannot be had" in page(viewer)


def test_beat_asks_for_what_waits(themed: ThemeSet, server: ModelServer) -> None:
    """A message that was lost is sent again."""
    assert waiting.tend() == []
    answered(themed.survey, [NEW, f"{NEW} Again."])
    refresh()
    assert waiting.tend() == [themed.pk]


def test_two_workers_do_not_ask_for_the_same(themed: ThemeSet, server: ModelServer) -> None:
    """One of them has the set; the other finds it taken, and leaves."""
    answered(themed.survey, [NEW])
    refresh()
    server.asked.clear()
    with building.alone(themed.pk) as ours:
        assert ours
        place()
    assert (server.asked, AnswerToPlace.objects.count()) == ([], 1)
