"""Exports that are kept under a name, and what is new since the last file of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from feedback.exports import building, saved
from feedback.models import (
    Colour,
    ExportFile,
    ExportState,
    Survey,
    Why,
)
from feedback.models.delivery import SavedExport
from feedback.responses import tags
from tests import build
from tests.exports.built import seen

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_saved_export_brings_what_is_new_since_the_last(grown: Survey, analyst: Any) -> None:
    """Nothing twice that did not change, nothing missed that did."""
    kept = saved.save(
        grown, "nightly", owner=analyst, kind="csv", query="", rhythm="daily", only_new=True
    )
    SavedExport.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert saved.ask_for_due() == 1 and saved.ask_for_due() == 0
    (first,) = kept.files.all()
    building.build(first.pk)
    assert seen(first).rows == 30
    # What changed up to a second before is brought again, as clocks need a margin.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feedback_response DISABLE TRIGGER feedback_changed")
        cursor.execute("UPDATE feedback_response SET changed_at = changed_at - interval '1 hour'")
        cursor.execute("ALTER TABLE feedback_response ENABLE TRIGGER feedback_changed")

    new = build.respond(grown, wish="new")
    kept.refresh_from_db()
    second = saved.ask_for(kept, actor=analyst)
    building.build(second.pk)

    rows = building.path_of(seen(second)).read_text().splitlines()
    assert [line.split(",")[0] for line in rows[1:]] == [str(new.pk)]


@pytest.fixture
def nightly(grown: Survey, analyst: Any) -> SavedExport:
    return saved.save(
        grown, "nightly", owner=analyst, kind="csv", query="", rhythm="daily", only_new=True
    )


def test_a_file_of_other_settings_moves_nothing_on(nightly: SavedExport, analyst: Any) -> None:
    """Else what only the new settings ask for would be in no file."""
    before = saved.ask_for(nightly, actor=analyst)
    wider = {"owner": analyst, "kind": "jsonl", "query": "", "rhythm": "daily", "only_new": True}
    saved.save(nightly.survey, "nightly", **wider)

    building.build(before.pk)

    assert seen(before).state == ExportState.DONE
    nightly.refresh_from_db()
    assert nightly.new_since is None
    building.build((again := saved.ask_for(nightly, actor=analyst)).pk)
    nightly.refresh_from_db()
    assert nightly.new_since == seen(again).seen_until


def test_what_is_built_again_is_as_new_as_it_was_to_be(nightly: SavedExport, analyst: Any) -> None:
    """A file of what is new, built again, is not the whole survey."""
    SavedExport.objects.update(new_since=timezone.now() + timedelta(hours=1))
    nightly.refresh_from_db()
    file = saved.ask_for(nightly, actor=analyst)
    building.build(file.pk)
    assert seen(file).rows == 0

    answer = build.signed_in(analyst).post(
        f"/staff/town/exports/{file.pk}/change/", {"act": "again"}
    )

    again = ExportFile.objects.latest("pk")
    assert answer.status_code == 302 and again.pk != file.pk
    assert (again.changed_since, again.saved) == (file.changed_since, nightly)


def test_an_owner_who_cannot_sign_in_any_more_has_nothing_built(nightly: SavedExport) -> None:
    """What somebody ordered once goes on only while they may."""
    SavedExport.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    nightly.owner.is_active = False
    nightly.owner.save()

    assert saved.ask_for_due() == 0
    assert not nightly.files.exists()


def test_a_tag_that_is_gone_fails_the_export_and_a_renamed_one_is_followed(
    nightly: SavedExport, owner: Any
) -> None:
    """A nightly file of nothing would be taken for a quiet night."""
    tag = tags.create(nightly.survey, "urgent", Colour.GREY, actor=owner)
    SavedExport.objects.update(query="tag=urgent")
    tags.rename(tag, "pressing", actor=owner)
    nightly.refresh_from_db()
    assert nightly.query == "tag=pressing"
    tags.delete(tag, actor=owner)

    file = saved.ask_for(nightly, actor=nightly.owner)
    building.build(file.pk)

    assert (seen(file).state, seen(file).why) == (ExportState.FAILED, Why.ASKED)
