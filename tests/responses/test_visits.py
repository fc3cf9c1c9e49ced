"""What is new to a member since their last visit."""

from datetime import UTC, datetime, timedelta
from typing import Any

from feedback.models import Membership, Survey
from feedback.responses.visits import visited

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def visit(person: Any, at: datetime) -> datetime | None:
    """As the list does: with the membership as it stands in the database."""
    return visited(Membership.objects.get(user=person), at=at)


def test_nothing_is_new_to_whoever_is_here_for_the_first_time(reviewer: Any) -> None:
    """A list full of marks would tell nothing."""
    assert visit(reviewer, MORNING) is None


def test_what_came_since_the_last_visit_stays_new_for_all_of_this_one(reviewer: Any) -> None:
    """Marks that vanish at the second look are of no use."""
    visit(reviewer, MORNING)
    evening = MORNING + timedelta(hours=8)

    assert visit(reviewer, evening) == MORNING
    assert visit(reviewer, evening + timedelta(minutes=20)) == MORNING
    assert visit(reviewer, evening + timedelta(minutes=45)) == MORNING


def test_the_next_visit_counts_from_the_end_of_this_one(reviewer: Any) -> None:
    """What was seen late in a long visit is not new the next day."""
    visit(reviewer, MORNING)
    visit(reviewer, MORNING + timedelta(minutes=25))

    assert visit(reviewer, MORNING + timedelta(days=1)) == MORNING + timedelta(minutes=25)


def test_looking_twice_within_a_minute_writes_once(
    reviewer: Any, django_assert_num_queries: Any
) -> None:
    """Paging through a list is reading; it should not be a write each time."""
    visit(reviewer, MORNING)
    membership = Membership.objects.get(user=reviewer)

    with django_assert_num_queries(0):
        visited(membership, at=MORNING + timedelta(seconds=30))


def test_each_member_has_visits_of_their_own(reviewer: Any, owner: Any, town: Survey) -> None:
    """What a colleague saw is still new to me."""
    visit(owner, MORNING)
    visit(reviewer, MORNING - timedelta(days=1))

    assert visit(reviewer, MORNING) == MORNING - timedelta(days=1)
