"""What staff left on a response, by one statement."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import Bulk, BulkStep, Quote, Survey
from feedback.responses import coding
from feedback.responses.traces import Traces
from tests import build

pytestmark = pytest.mark.django_db


def test_nothing_is_on_a_response_that_nobody_touched(town: Survey, owner: Any) -> None:
    """However much is on the one beside it."""
    row, beside = build.respond(town, wish="Benches"), build.respond(town, wish="Shade")
    coding.add_tag(beside, "trees", actor=owner)
    coding.add_note(beside, "Look at this", actor=owner)

    with CaptureQueriesContext(connection) as queries:
        found = Traces.on(row)

    assert found == Traces([], notes=False, quotes=False, acts=False)
    assert len(queries) == 1


def test_tags_come_by_name_with_their_colours(town: Survey, owner: Any) -> None:
    """As every page shows them."""
    row = build.respond(town, wish="Benches")
    for name in ("trees", "benches"):
        coding.add_tag(row, name, actor=owner)

    found = Traces.on(row)

    assert list(found.tags) == list(row.tags.all())
    assert [(t.name, t.colour) for t in found.tags] == [
        (t.name, t.colour) for t in row.tags.order_by("name")
    ]
    assert found.acts


def test_a_note_and_a_quote_are_seen_each_by_itself(town: Survey, owner: Any) -> None:
    """Each is asked for only where there is one."""
    noted, quoted = build.respond(town, wish="Benches"), build.respond(town, wish="Shade")
    coding.add_note(noted, "Look at this", actor=owner)
    Quote.objects.create(survey=town, response=quoted, part="wish", text="Shade", edits=0)

    assert (Traces.on(noted).notes, Traces.on(noted).quotes) == (True, False)
    assert (Traces.on(quoted).notes, Traces.on(quoted).quotes) == (False, True)


def test_an_act_on_many_is_an_act_on_each(town: Survey, owner: Any) -> None:
    """Its entry in the log names no response."""
    row, beside = build.respond(town, wish="Benches"), build.respond(town, wish="Shade")
    bulk = Bulk.objects.create(
        survey=town, actor=owner, act="status", value=1, expected=1, up_to=row.pk
    )
    BulkStep.objects.create(bulk=bulk, responses=[row.pk], before=[0])

    assert Traces.on(row).acts
    assert not Traces.on(beside).acts
