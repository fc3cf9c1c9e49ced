"""Themes of a survey: found by a worker, kept through searches, up to date with its answers."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from feedback.analysis.themes import counted
from feedback.models import Response, Status, Survey, Theme, ThemeOf, ThemesState
from feedback.refresh import refresh
from feedback.responses.in_field import items_of
from feedback.responses.selection import Selection
from feedback.theming import building, editing, splitting
from tests import build
from tests.open_text.answers import labelled
from tests.theming.made import answered, found

TEXTS, SUBJECTS = labelled()
NOTHING = ["n/a", "-", "nothing"]


def theme_of(response: Response) -> Theme | None:
    return ThemeOf.objects.get(response=response).theme


def about(survey: Survey, word: str) -> Theme:
    """The theme that most answers with this word are in."""
    themes = Theme.objects.filter(set__survey=survey)
    rows = ThemeOf.objects.filter(theme__in=themes, response__answers__wish__icontains=word)
    numbers = list(rows.values_list("theme", flat=True))
    return themes.get(pk=max(set(numbers), key=numbers.count))


def test_every_answer_that_says_something_is_in_a_theme(town: Survey) -> None:
    """Spam is in none, and what says nothing is kept apart and counted."""
    rows = answered(town, [*TEXTS, *NOTHING])
    [spam] = answered(town, ["the bus is late for spam"], status=Status.SPAM)
    kept = found(town)
    themes = counted(kept)
    assert kept.state == ThemesState.READY
    assert (themes.base, themes.nothing) == (len(TEXTS), len(NOTHING))
    assert sum(one.n for one in themes.counted) == len(TEXTS)
    assert ThemeOf.objects.count() == len(rows)
    assert not ThemeOf.objects.filter(response=spam).exists()


def test_a_seed_gives_the_same_themes(town: Survey) -> None:
    """A second search over the same answers changes nothing, not even numbers."""
    answered(town)
    found(town)
    first = list(ThemeOf.objects.order_by("response").values_list("response", "theme__number"))
    kept = found(town)
    assert first == list(
        ThemeOf.objects.order_by("response").values_list("response", "theme__number")
    )
    assert (kept.report["new"], kept.report["gone"]) == ([], [])


def test_few_answers_are_told_to_be_too_few(town: Survey) -> None:
    """Themes of a handful would be chance; nothing is shown rather than that."""
    answered(town, TEXTS[:20])
    kept = found(town)
    assert (kept.state, kept.why, kept.fitted_at) == ("failed", "too_few", None)


def test_what_staff_made_survives_the_next_search(town: Survey, owner: object) -> None:
    """Names, locks, merges and moves stay, however the next search sees it."""
    rows = answered(town)
    kept = found(town)
    bus, park, books = (about(town, word) for word in ("bus", "parking", "library"))
    editing.rename(bus, "Late buses", actor=owner)
    editing.merge(park, bus, actor=owner)
    editing.lock(books, on=True, actor=owner)
    moved = next(row for row in rows if "playground" in row.answers["wish"].lower())
    editing.move(kept, moved.pk, bus, actor=owner)
    before = {one.theme.number: one.n for one in counted(kept).counted}
    answered(town, [f"{text} indeed" for text in TEXTS])
    refresh()
    kept.seed = 7
    kept.save(update_fields=["seed"])
    kept = found(town, number=6)
    after = {one.theme.number: one for one in counted(kept).counted}
    assert after[bus.number].theme.name == "Late buses"
    assert [one.pk for one in after[bus.number].merged] == [park.pk]
    assert after[bus.number].n >= before[bus.number]
    assert after[books.number].theme.locked and after[books.number].n >= before[books.number]
    assert theme_of(moved) == bus


def test_what_staff_made_survives_an_import_of_the_same_answers(
    town: Survey, owner: object, tmp_path: Path
) -> None:
    """A file that comes in twice leaves all as it was; what is new in it joins its likes."""
    file = tmp_path / "answers.csv"

    def imported(texts: list[str]) -> None:
        with file.open("w", encoding="utf-8", newline="") as output:
            csv.writer(output).writerows([["wish"], *([text] for text in texts)])
        build.imported(town, file)

    imported(TEXTS)
    kept = found(town)
    bus, park, books = (about(town, word) for word in ("bus", "parking", "library"))
    editing.rename(bus, "Late buses", actor=owner)
    editing.merge(park, bus, actor=owner)
    editing.lock(books, on=True, actor=owner)
    moved = Response.objects.filter(answers__wish__icontains="playground")[0]
    editing.move(kept, moved.pk, bus, actor=owner)
    before = dict(ThemeOf.objects.values_list("response", "theme"))

    imported(TEXTS)
    refresh()

    assert dict(ThemeOf.objects.values_list("response", "theme")) == before

    imported([*TEXTS, "The bus was late again, as on every day."])
    kept = found(town)

    names = dict(Theme.objects.values_list("pk", "name"))
    merged = Theme.objects.get(pk=park.pk).merged_into
    assert names[bus.pk] == "Late buses" and merged == bus
    assert Theme.objects.get(pk=books.pk).locked
    assert theme_of(moved) == bus
    assert theme_of(Response.objects.latest("pk")) in (bus, park)


def test_a_number_is_never_given_twice(town: Survey) -> None:
    """A link to a theme that is gone leads nowhere, and never to another theme."""
    answered(town)
    seen: list[set[int]] = []
    for number in (6, 3, 6):
        found(town, number=number)
        seen.append(set(Theme.objects.values_list("number", flat=True)))
    first, second, third = seen
    assert first - second
    assert not third & (first - second)


def test_new_answers_join_the_theme_of_their_likes(town: Survey) -> None:
    """Within seconds, by refresh, without a search; so do changed ones."""
    answered(town)
    found(town)
    [new] = answered(town, ["The bus is late again every morning."])
    [empty] = answered(town, ["no"])
    refresh()
    assert theme_of(new) == about(town, "bus")
    assert theme_of(empty) is None
    Response.objects.filter(pk=new.pk).update(answers={"wish": "The library closes early."})
    refresh()
    assert theme_of(new) == about(town, "library")


def test_reading_an_answer_moves_it_nowhere(town: Survey) -> None:
    """A tag or a status is a change too; only another text is placed anew."""
    rows = answered(town)
    found(town)
    elsewhere = about(town, "library")
    ThemeOf.objects.filter(response=rows[0]).update(theme=elsewhere)
    Response.objects.filter(pk=rows[0].pk).update(status=Status.DONE)
    refresh()
    assert theme_of(rows[0]) == elsewhere


def test_withdrawn_and_spam_are_in_no_theme(town: Survey) -> None:
    """Derived rows go with what they were derived from."""
    first, second, *_rest = answered(town)
    found(town)
    first.delete()
    Response.objects.filter(pk=second.pk).update(status=Status.SPAM)
    refresh()
    assert not ThemeOf.objects.filter(response__in=[first.pk or 0, second.pk]).exists()
    assert counted(town.theme_sets.get()).base == len(TEXTS) - 2


def test_a_rule_gathers_what_is_there_and_what_comes(town: Survey, owner: object) -> None:
    """Its phrases decide, word for word, whatever the nearest group says."""
    answered(town)
    found(town)
    park = about(town, "parking")
    editing.rule(park, "Bus Stop\n\nbus stop", actor=owner)
    park.refresh_from_db()
    [new] = answered(town, ["The bus stop is far on my street."])
    refresh()
    assert park.rule == ["bus stop"]
    stops = ThemeOf.objects.filter(response__answers__wish__icontains="the bus stop")
    assert set(stops.values_list("theme", flat=True)) == {park.pk}
    assert theme_of(new) == park


def test_merging_moving_and_splitting_have_a_way_back(town: Survey, owner: object) -> None:
    """Each edit is undone by its counterpart, and all is as it was."""
    rows = answered(town)
    kept = found(town)
    before = dict(ThemeOf.objects.values_list("response", "theme"))
    bus, park = about(town, "bus"), about(town, "parking")
    editing.merge(park, bus, actor=owner)
    assert len(counted(kept).counted) == 3
    editing.unmerge(park, actor=owner)
    editing.move(kept, rows[0].pk, park, actor=owner)
    editing.move(kept, rows[0].pk, None, actor=owner)
    bus = Theme.objects.get(pk=bus.pk)
    splitting.split(bus, 2, actor=owner)
    parts = next(one for one in counted(kept).counted if one.theme == bus).parts
    assert len(parts) == 2 and all(part.n for part in parts)
    [new] = answered(town, ["The bus is late every morning."])
    refresh()
    assert theme_of(new) in [part.theme for part in parts]
    splitting.join(Theme.objects.get(pk=bus.pk), actor=owner)
    new.delete()
    refresh()
    assert before == dict(ThemeOf.objects.values_list("response", "theme"))


def test_a_filter_keeps_the_answers_of_a_theme(town: Survey, owner: object) -> None:
    """With those of its parts and of what was merged into it."""
    answered(town, [*TEXTS, *NOTHING])
    kept = found(town)
    bus, park = about(town, "bus"), about(town, "parking")
    editing.merge(park, bus, actor=owner)
    splitting.split(Theme.objects.get(pk=bus.pk), 2, actor=owner)
    items = items_of(town)
    for one in counted(kept).counted:
        selection = Selection.read(f"theme.wish={one.theme.number}", items)
        assert selection.responses(town, items).count() == one.n
        assert Selection.read(selection.to_query(), items) == selection
    nothing = Selection.read("theme.wish=none", items)
    assert nothing.responses(town, items).count() == len(NOTHING)


KILLED = """
import os, signal, sys
import django
django.setup()
from feedback.theming import building, fitting
def die(*_given, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(fitting, sys.argv[2], die)
building.build(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["find", "write_answers"])
def test_a_killed_search_leaves_the_themes_that_were(place: str) -> None:
    """Before anything is written, and in the midst of it; the next worker does it anew."""
    town = build.survey()
    answered(town)
    kept = found(town)
    before = list(ThemeOf.objects.order_by("response").values_list("response", "theme"))
    building.ask(town, "wish", actor=None)
    told = connection.get_connection_params()
    url = f"postgresql://{told['user']}@/{told['dbname']}?host={told['host']}"
    url += f"&port={told['port']}" if told.get("port") else ""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(kept.pk), place],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert before == list(ThemeOf.objects.order_by("response").values_list("response", "theme"))
    assert kept.pk in building.tend()
    building.build(kept.pk)
    kept.refresh_from_db()
    assert (kept.state, kept.tries) == (ThemesState.READY, 0)
