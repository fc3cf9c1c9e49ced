"""Groups beside each other, and the scan for what differs, against counts in plain Python."""

from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest

from feedback.analysis.comparing import compared
from feedback.analysis.crosstab import Crosstab, all_tables, differences
from feedback.analysis.groupings import Grouping, of_items, of_responses
from feedback.analysis.sample import Sample
from feedback.analysis.significance import association
from feedback.analysis.weights import use
from feedback.models import Response, Status, Survey
from feedback.question_types.base import operands
from feedback.refresh import refresh
from tests import build

pytestmark = pytest.mark.django_db
ITEMS: list[dict[str, Any]] = [
    *build.TOWN,
    {"key": "dog", "type": "yes_no", "text": "Have you a dog?"},
    {"key": "minutes", "type": "number", "text": "How far is it?"},
]


@pytest.fixture
def town(db: None) -> Survey:
    """Who has a dog visits often, mostly; nothing else goes together."""
    chance, town = Random(3), build.survey(ITEMS)
    first = build.respond(town, wish="x")
    rows = []
    for n in range(400):
        dog = chance.random() < 0.4
        often = chance.random() < (0.8 if dog else 0.3)
        answers = {
            "visit": "often" if often else "never",
            "uses": [use for use in ("walk", "rest") if chance.random() < 0.5] or None,
            "stars": chance.randint(1, 5),
            "dog": dog,
            "minutes": chance.randint(1, 60) + (0 if dog else 40),
            "wish": "x",
        }
        if n % 11 == 0:
            answers["dog"] = None
        nonce = f"00000000-0000-4000-8000-{n:012x}"
        about = {"survey": town, "revision_id": first.revision_id, "receipt": first.receipt}
        status = Status.SPAM if n % 50 == 7 else Status.NEW
        rows.append(Response(nonce=nonce, language="en", answers=answers, status=status, **about))
    Response.objects.bulk_create(rows)
    refresh()
    return town


def by_name(sample: Sample) -> dict[str, Grouping]:
    return {one.name: one for one in of_items(sample.layout.items)}


def counted(first: str, second: str) -> Counter[tuple[Any, Any]]:
    """Pairs of two answers that are not spam, both given."""
    rows = Response.objects.exclude(status=Status.SPAM).values_list("answers", flat=True)
    both = [(row.get(first), row.get(second)) for row in rows]
    return Counter(pair for pair in both if None not in pair)


def test_a_crosstab_holds_who_answered_both(town: Survey) -> None:
    """Spam and whoever left one of the two blank are in no cell."""
    sample = Sample.of(town)
    groups = by_name(sample)

    table = Crosstab.of(sample.frame, groups["visit"], groups["dog"])

    expected = counted("visit", "dog")
    found = {
        (visit, dog == "yes"): table.counts[row, column]
        for row, visit in enumerate(table.rows.labels)
        for column, dog in enumerate(table.columns.labels)
    }
    assert {pair: n for pair, n in found.items() if n} == expected
    assert table.test.p == association(table.counts).p < 1e-6


def test_all_tables_at_once_are_those_one_by_one(town: Survey) -> None:
    """Two ways of counting, as one of them is for some hundred tables."""
    sample = Sample.of(town)
    groups = by_name(sample) | {g.name: g for g in of_responses(sample.frame, {})}
    table = all_tables(sample.frame, groups)

    for rows in groups.values():
        for columns in groups.values():
            if rows.of != columns.of:
                alone = Crosstab.of(sample.frame, rows, columns).counts
                assert np.array_equal(table(rows, columns), alone), (rows.name, columns.name)


def test_what_differs_is_found_and_what_does_not_is_not(town: Survey) -> None:
    """One pair was made to go together; forty others were not."""
    sample = Sample.of(town)
    groups = of_items(sample.layout.items)

    found, looked_at = differences(sample.frame, groups, groups)

    assert {(one.rows.name, one.columns.name) for one in found} == {("visit", "dog")}
    assert looked_at >= 9
    (one,) = found
    assert one.share > one.elsewhere and list(one.rows.labels)[one.row] in ("often", "never")


def test_a_question_by_groups_tells_shares_marks_and_means(town: Survey) -> None:
    """The shares of a group add up to 1, and the cell that stands out is marked."""
    sample = Sample.of(town)
    items, dog = operands(sample.layout.items), by_name(sample)["dog"]

    visit = compared(sample.frame, items["visit"], dog)
    minutes = compared(sample.frame, items["minutes"], dog)
    uses = compared(sample.frame, items["uses"], dog)

    assert visit and minutes and uses
    assert sum(line.cells[0].share for line in visit.lines) == pytest.approx(1)
    assert [cell.sign for cell in visit.lines[0].cells] == [1, -1]
    rows = Response.objects.exclude(status=Status.SPAM).values_list("answers", flat=True)
    with_dog = [row["minutes"] for row in rows if row.get("dog") is True]
    assert minutes.means[0].mean == pytest.approx(sum(with_dog) / len(with_dog))
    assert [line.p is not None for line in uses.lines] == [True, True]
    assert not any(cell.sign for line in uses.lines for cell in line.cells)


def test_with_weights_shares_are_weighted_and_the_test_is_corrected(town: Survey) -> None:
    """Counted cells stay what they are."""
    before = Sample.of(town)
    plain = Crosstab.of(before.frame, by_name(before)["stars"], by_name(before)["dog"])
    use(town, {"visit": {"often": 0.9, "never": 0.1}}, low=0.01, high=50.0, actor=None)

    sample = Sample.of(town)
    table = Crosstab.of(sample.frame, by_name(sample)["stars"], by_name(sample)["dog"])

    assert sample.weighted and np.array_equal(table.counts, plain.counts)
    assert table.weights is not None and not np.allclose(table.weights, table.counts)
    assert table.weighted_test is not None and table.weighted_test.design_effect > 1
    visits = compared(sample.frame, operands(sample.layout.items)["visit"], by_name(sample)["dog"])
    assert visits and visits.weighted_test is not None
