"""Frames and the figures counted on them, against the same count in plain Python."""

from random import Random
from typing import Any

import polars as pl
import pytest
from django.http import QueryDict

from feedback.analysis.compile import compile_survey, figures
from feedback.frames import build as frames
from feedback.frames import cache
from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of
from feedback.models import FrameChunk, Response, Status, Summary, Survey
from feedback.refresh import refresh
from feedback.responses import coding
from feedback.responses.selection import Selection
from tests import build
from tests.recount import fill, made_up, recount, reported

Figures = dict[str, Any]
REFUSED, UNKNOWN = {"state": "refused"}, {"state": "dont_know"}
CHUNK = 16


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few dozen responses fill several."""
    monkeypatch.setattr(frames, "CHUNK_ROWS", CHUNK)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("seed", range(8))
def test_the_summary_is_what_plain_python_counts(town: Survey, seed: int) -> None:
    """Over several chunks, through additions, edits and deletions."""
    chance = Random(seed)
    fill(town, 70, chance)
    refresh()
    assert FrameChunk.objects.count() >= 4
    assert reported(Summary.objects.get().figures) == recount(town)

    for row in list(Response.objects.all()):
        match chance.randrange(5):
            case 0:
                Response.objects.filter(pk=row.pk).update(answers=made_up(chance))
            case 1:
                Response.objects.filter(pk=row.pk).update(status=Status.SPAM)
            case 2:
                row.delete()
    fill(town, 9, chance)
    refresh()
    assert reported(Summary.objects.get().figures) == recount(town)


@pytest.mark.usefixtures("small_chunks")
def test_figures_of_a_selection_are_those_of_its_responses(town: Survey) -> None:
    """The report of a filter must be the report as if there were no others."""
    chance = Random(7)
    fill(town, 60, chance)
    refresh()

    walkers = Selection.from_query(QueryDict("answer.uses=walk"), layout_of(town).items)
    found = figures(town, walkers)
    kept = walkers.responses(town, layout_of(town).items)
    Response.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()

    assert reported(found) == recount(town)


@pytest.mark.usefixtures("small_chunks")
def test_only_the_chunks_that_changed_are_rebuilt(town: Survey) -> None:
    """A million responses are 122 chunks; one new answer is to cost one of them."""
    fill(town, 50, Random(1))
    refresh()
    before = dict(FrameChunk.objects.values_list("number", "version"))
    row = Response.objects.order_by("pk")[20]

    coding.set_status(row, Status.ACKNOWLEDGED if row.status else Status.DONE, actor=None)
    refresh()

    after = dict(FrameChunk.objects.values_list("number", "version"))
    changed = {number for number, version in after.items() if version != before[number]}
    assert changed == {row.pk // CHUNK}


def test_of_a_chunk_only_what_changed_is_read_anew(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last chunk changes at each refresh; of 8,192 rows some dozens are new."""
    read: list[int] = []
    read_rows = frames.read_rows

    def counting(*args: Any) -> pl.DataFrame:
        read.append((rows := read_rows(*args)).height)
        return rows

    monkeypatch.setattr(frames, "CHUNK_ROWS", 1_000_000_000)
    monkeypatch.setattr(frames, "read_rows", counting)
    made = [build.respond(town, wish=f"wish {n}") for n in range(6)]
    refresh()
    Response.objects.filter(pk=made[1].pk).update(seconds=77)
    Response.objects.filter(pk=made[4].pk).delete()
    build.respond(town, wish="new")
    refresh()

    assert read == [6, 2]
    layout = layout_of(town)
    merged = frame_of(town, layout)
    assert merged.equals(read_rows(FrameChunk.objects.get(), layout))
    assert merged["_seconds"].to_list()[1] == 77


def test_spam_is_left_out_and_counted_apart(town: Survey) -> None:
    """It may come back: a wrong mark must not lose an answer."""
    row = build.respond(town, wish="x", visit="often")
    build.respond(town, wish="y", visit="never")
    coding.set_status(row, Status.SPAM, actor=None)
    refresh()
    found = Summary.objects.get().figures
    assert (found["responses"], found["spam"]) == (1, 1)
    assert found["items"]["visit"]["counts"] == {"often": 0, "never": 1, "other": 0}

    coding.set_status(row, Status.NEW, actor=None)
    refresh()
    found = Summary.objects.get().figures
    assert (found["responses"], found["spam"]) == (2, 0)


def test_a_new_revision_rebuilds_the_chunks_and_keeps_the_old_codes(town: Survey) -> None:
    """Options come and go; whoever chose one before still chose it."""
    build.respond(town, wish="x", visit="never", stars="5")
    refresh()
    (old,) = FrameChunk.objects.values_list("layout", flat=True)
    visit = {
        "key": "visit",
        "type": "single_choice",
        "text": "How often do you visit?",
        "choices": [{"code": "daily", "text": "Daily"}],
    }
    build.survey([visit, {"key": "wish", "type": "long_text", "text": "Wish?"}])
    build.respond(town, wish="y", visit="daily")
    refresh()

    (new,) = FrameChunk.objects.values_list("layout", flat=True)
    assert new == layout_of(town).digest != old
    found = Summary.objects.get().figures["items"]
    assert found["visit"]["counts"] == {"daily": 1, "often": 0, "never": 1, "other": 0}
    assert (found["stars"]["answered"], found["stars"]["not_shown"]) == (1, 1)


def test_a_new_revision_alone_brings_the_summary_along(town: Survey) -> None:
    """Nobody need answer first: the new questions are in the report at once, unasked."""
    build.respond(town, wish="x")
    refresh()
    wish = {"key": "wish", "type": "long_text", "text": "Wish?"}
    build.survey([{"key": "again", "type": "rating", "text": "Again?"}, wish])

    refresh()

    assert Summary.objects.get().figures["items"]["again"]["not_shown"] == 1
    assert FrameChunk.objects.get().layout == layout_of(town).digest


@pytest.mark.django_db
def test_one_more_option_among_many_is_another_layout() -> None:
    """A digest over an abbreviated list would not see it, and its answers would be lost."""
    options = [{"code": f"c{n}", "text": f"Option {n}"} for n in range(300)]
    pick = {"key": "pick", "type": "single_choice", "text": "Pick"}
    survey = build.survey([pick | {"choices": options[:-1]}])
    before = layout_of(survey).digest

    build.survey([pick | {"choices": options}])

    assert layout_of(survey).digest != before


def test_a_process_reads_a_chunk_once_until_it_changes(
    town: Survey, django_assert_num_queries: Any
) -> None:
    """The report of a million responses fetches 16 MB, and should not do so each time."""
    build.respond(town, wish="x")
    refresh()
    layout = layout_of(town)
    cache.forget()
    assert frame_of(town, layout).height == 1

    readable = FrameChunk.objects.get().data
    FrameChunk.objects.update(data=b"not to be read")
    with django_assert_num_queries(1):
        assert frame_of(town, layout).height == 1
    cache.forget()
    with pytest.raises(pl.exceptions.PolarsError):  # the control: now it would have to be
        frame_of(town, layout)
    FrameChunk.objects.update(data=readable)
    build.respond(town, wish="y")
    refresh()
    assert frame_of(town, layout).height == 2


def test_a_survey_without_responses_has_a_summary_of_zeros(town: Survey) -> None:
    """The report is opened right after publishing."""
    found = compile_survey(town).figures

    assert reported(found) == recount(town)
    assert found["items"]["stars"]["mean"] is None


def test_a_personal_answer_is_in_no_frame_and_no_figure(town: Survey) -> None:
    """Only whether it was answered may be counted."""
    build.respond(town, wish="x", name="Zebulon")
    refresh()

    frame = frame_of(town, layout_of(town))
    assert "name" not in frame.columns and "name:state" in frame.columns
    assert "Zebulon" not in str(frame.to_dicts())
    assert Summary.objects.get().figures["items"]["name"]["answered"] == 1
    assert b"Zebulon" not in bytes(FrameChunk.objects.get().data)
