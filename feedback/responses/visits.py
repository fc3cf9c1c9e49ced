"""What is new to a member since they last saw a survey's list of responses.

A visit goes on for as long as one comes back within half an hour. What arrived after the
visit before is new, and stays so until this one is over.
"""

from datetime import datetime, timedelta

from feedback.models import Membership

BREAK = timedelta(minutes=30)
NOTED = timedelta(minutes=1)  # a visit under way is written down no more often


def visited(membership: Membership, *, at: datetime) -> datetime | None:
    """Note that the list is seen now. Returns until when it was seen before, if ever."""
    last = membership.visited_at
    if last is not None and at - last < NOTED:
        return membership.seen_until
    if last is None or at - last > BREAK:
        membership.seen_until = last
    membership.visited_at = at
    membership.save(update_fields=["visited_at", "seen_until"])
    return membership.seen_until
