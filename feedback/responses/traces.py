"""What staff left on one response, by one statement: on most of a million it is nothing.

Whoever shows a response then asks for notes, quotes and history only where there are some.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.db import connection

from feedback.models import Response, Tag

LEFT = """
    SELECT
      (SELECT json_agg(json_build_array(t.id, t.name, t.colour) ORDER BY t.name)
       FROM feedback_response_tags AS r JOIN feedback_tag AS t ON t.id = r.tag_id
       WHERE r.response_id = %(response)s),
      EXISTS (SELECT FROM feedback_note WHERE response_id = %(response)s),
      EXISTS (SELECT FROM feedback_quote WHERE response_id = %(response)s),
      EXISTS (SELECT FROM feedback_auditentry
              WHERE survey_id = %(survey)s AND response_id = %(response)s)
        OR EXISTS (SELECT FROM feedback_bulkstep
                   WHERE responses @> ARRAY[%(response)s::bigint])
"""


@dataclass(frozen=True)
class Traces:
    """What there is on a response.

    Attributes:
        tags: all of them, by name.
        acts: whether anybody did anything with it, alone or with many at once.
    """

    tags: Sequence[Tag]
    notes: bool
    quotes: bool
    acts: bool

    @classmethod
    def on(cls, response: Response) -> Self:
        given = {"survey": response.survey_id, "response": response.pk}
        with connection.cursor() as cursor:
            cursor.execute(LEFT, given)
            [(tags, notes, quotes, acts)] = cursor.fetchall()
        of = [Tag(id=pk, survey_id=response.survey_id, name=n, colour=c) for pk, n, c in tags or ()]
        return cls(of, notes, quotes, acts)
