"""Sessions as Django keeps them, fetched by a statement that is written out.

Every page of the staff begins with one, and the ORM makes its query anew each time.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

KEPT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """The same in all but ``load``."""

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(KEPT, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:  # over or never there: whoever has it begins another
            self._session_key = None
            return {}
        return self.decode(row[0])
