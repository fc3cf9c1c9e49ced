"""Giving way: while many people send their answers, whatever works in the background rests.

On a machine that has both, an export would take from them half of what they get. So between
two blocks it looks now and then how fast responses come in, and where they come fast it rests
several times as long as it worked. Acts on many, which somebody waits for, rest less then, and
as long as they worked where nobody sends: staff read meanwhile.
"""

import time

from django.db.backends.base.base import BaseDatabaseWrapper

BUSY = 20.0  # responses a second
EVERY = 1.0  # seconds between two looks
RESTS = 4.0  # times what it worked; see docs/performance.md for what others gave
LONGEST = 2.0  # seconds of one rest
# Each INSERT takes a number: to look at the counter takes as long whatever is stored.
NUMBERS = "SELECT last_value FROM feedback_response_id_seq"


class Pace:
    """Args:
    own: a connection that nothing is being read from meanwhile.
    rests, idle: how many times as long as it worked it rests, where responses come in fast
        and where they do not.
    """

    def __init__(
        self, own: BaseDatabaseWrapper, *, rests: float = RESTS, idle: float = 0.0
    ) -> None:
        self.own, self.rests, self.idle = own, rests, idle
        self.busy = False
        self.at = self.began = time.monotonic()
        self.number = self.taken()

    def taken(self) -> int:
        with self.own.cursor() as cursor:
            cursor.execute(NUMBERS)
            [[number]] = cursor.fetchall()
        return int(number)

    def give_way(self) -> None:
        """Between two blocks: rest, and longer where responses come in fast."""
        now = time.monotonic()
        if now - self.at >= EVERY:
            self.look(now)
        if rests := self.rests if self.busy else self.idle:
            time.sleep(min(rests * (now - self.began), LONGEST))
        self.began = time.monotonic()

    def look(self, now: float) -> None:
        """How fast responses have come in since the last look."""
        number = self.taken()
        self.busy = number - self.number >= BUSY * (now - self.at)
        self.at, self.number = now, number
