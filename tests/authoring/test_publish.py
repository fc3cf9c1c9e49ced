"""Publishing: revisions are numbered, frozen, and never give old answers another meaning."""

from typing import Any

import pytest
from django.db import Error as DatabaseError
from django.db import connection, transaction

from feedback.authoring.publish import UnsafeChange, publish
from feedback.models import AuditEntry, Revision, Survey
from feedback.models.survey import RevisionIsFrozen
from tests import build

pytestmark = pytest.mark.django_db
WISH: dict[str, Any] = {"key": "wish", "type": "long_text", "text": "What do you wish for?"}


def test_publishing_puts_a_survey_into_the_field() -> None:
    """The first questionnaire under a name makes the survey, with revision 1 live."""
    revision, is_new = publish(build.questionnaire([WISH]))

    survey = Survey.objects.get(slug="town")
    assert is_new
    assert (survey.live, survey.title, revision.number) == (revision, "The town", 1)
    assert revision.questionnaire == build.questionnaire([WISH])
    assert revision.digest == build.questionnaire([WISH]).digest


def test_publishing_the_same_again_changes_nothing() -> None:
    """A deployment publishes on every start; that must not fill the history."""
    first, _new = publish(build.questionnaire([WISH]))

    again, is_new = publish(build.questionnaire([WISH]))

    assert (again, is_new) == (first, False)
    assert Revision.objects.count() == AuditEntry.objects.count() == 1


def test_another_wording_is_the_next_revision() -> None:
    """Whoever answered the first wording keeps it; the newcomers read the second."""
    first, _new = publish(build.questionnaire([WISH]))
    second, is_new = publish(build.questionnaire([WISH | {"text": "And now?"}], title="New"))

    survey = Survey.objects.get()
    assert is_new
    assert (first.number, second.number) == (1, 2)
    assert (survey.live, survey.title) == (second, "New")
    first.refresh_from_db()
    assert first.questionnaire.items[0].text == WISH["text"]


def test_going_back_to_an_earlier_wording_is_a_revision_of_its_own() -> None:
    """Time runs one way: the answers between belong to what was asked between."""
    for text in ("A", "B", "A"):
        revision, is_new = publish(build.questionnaire([WISH | {"text": text}]))

    assert is_new and revision.number == 3


def test_each_survey_counts_its_own_revisions() -> None:
    """The number is one within the survey, not of the instance."""
    publish(build.questionnaire([WISH]))
    revision, _new = publish(build.questionnaire([WISH], slug="elsewhere"))

    assert revision.number == 1


@pytest.mark.parametrize(
    "changed",
    [{"type": "short_text"}, {"personal": True}],
    ids=["another type", "personal now"],
)
def test_a_key_that_changes_its_meaning_is_refused(changed: dict[str, Any]) -> None:
    """Answers are pooled by key, and a text cannot be counted as a rating, nor uncovered."""
    publish(build.questionnaire([WISH]))

    with pytest.raises(UnsafeChange, match=r"wish: revision 1 asked it as long_text.*of its own"):
        publish(build.questionnaire([WISH | changed]))

    assert Revision.objects.count() == 1
    assert Survey.objects.get().live.number == 1


def test_a_key_that_was_dropped_is_remembered() -> None:
    """Its answers are still there, so it comes back with its meaning or not at all."""
    publish(build.questionnaire([WISH]))
    publish(build.questionnaire([WISH | {"key": "other"}]))

    with pytest.raises(UnsafeChange, match="revision 1"):
        publish(build.questionnaire([WISH | {"type": "short_text"}]))

    assert publish(build.questionnaire([WISH]))[1]


def test_an_unpublished_survey_of_that_name_is_the_one_that_goes_live() -> None:
    """Membership and dates may be set up before the first questionnaire is."""
    Survey.objects.create(slug="town", title="Draft")

    revision, _new = publish(build.questionnaire([WISH]))

    assert Survey.objects.get().live == revision


def test_publishing_is_written_to_the_audit_log() -> None:
    """Who changed what everybody is asked is the first question after a complaint."""
    person = build.member(build.survey([WISH]), build.Role.OWNER)
    publish(build.questionnaire([WISH | {"text": "And now?"}]), actor=person)

    entry = AuditEntry.objects.last()
    assert entry is not None
    assert (entry.action, entry.actor, entry.details) == ("publish", person, {"revision": 2})


def test_a_published_revision_cannot_be_saved() -> None:
    """Responses point at it; changing it would change what they answered."""
    revision, _new = publish(build.questionnaire([WISH]))
    revision.definition = {}

    with pytest.raises(RevisionIsFrozen, match="publish a new revision"):
        revision.save()

    revision.refresh_from_db()
    assert revision.definition == build.questionnaire([WISH]).definition()


def test_a_published_revision_cannot_be_updated() -> None:
    """``update()`` goes round the model, so the database holds the line."""
    revision, _new = publish(build.questionnaire([WISH]))

    with pytest.raises(DatabaseError, match="publish a new revision"), transaction.atomic():
        Revision.objects.update(definition={})

    revision.refresh_from_db()
    assert revision.definition == build.questionnaire([WISH]).definition()


@pytest.mark.parametrize("column", ["definition = '{}'", "number = 7", "digest = 'x'"])
def test_sql_cannot_change_a_published_revision(column: str) -> None:
    """Nor does plain SQL, whichever column it is after."""
    publish(build.questionnaire([WISH]))

    with (
        pytest.raises(DatabaseError, match="publish a new revision"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE feedback_revision SET {column}")

    assert Revision.objects.get().number == 1
