"""What a survey has to choose from by now: tags, codes, themes, members, saved views.

Short lists that every page of the desk shows, and how many responses there were when they
were last summed up. They come by one statement of our own: a query each, made by the ORM,
took as long as all else that a page reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

from django.db import connection

from feedback.models import Role, Survey

OF_LATE = 200  # responses among which sources are looked for: all of a million take a second
OFFERED = """
    SELECT
      (SELECT json_agg(json_build_array(id, name, colour) ORDER BY name)
       FROM feedback_tag WHERE survey_id = %(survey)s),
      (SELECT json_agg(json_build_array(part, number, name) ORDER BY position, number)
       FROM feedback_code WHERE survey_id = %(survey)s),
      (SELECT json_agg(json_build_array(f.item, t.number, t.name) ORDER BY f.item, t.number)
       FROM feedback_theme AS t JOIN feedback_themeset AS f ON f.id = t.set_id
       WHERE f.survey_id = %(survey)s AND t.merged_into_id IS NULL),
      (SELECT json_agg(json_build_array(u.username, m.role) ORDER BY u.username)
       FROM feedback_membership AS m JOIN auth_user AS u ON u.id = m.user_id
       WHERE m.survey_id = %(survey)s),
      (SELECT array_agg(DISTINCT source ORDER BY source) FROM (
         SELECT source FROM feedback_response WHERE survey_id = %(survey)s
         ORDER BY received_at DESC, id DESC LIMIT %(of_late)s) AS newest
       WHERE source <> ''),
      (SELECT json_agg(json_build_array(v.name, v.query, v.columns, u.username)
                       ORDER BY v.name, v.id)
       FROM feedback_savedview AS v JOIN auth_user AS u ON u.id = v.owner_id
       WHERE v.survey_id = %(survey)s AND (v.shared OR v.owner_id = %(reader)s)),
      (SELECT coalesce((figures->>'responses')::bigint, 0)
              + coalesce((figures->>'spam')::bigint, 0)
       FROM feedback_summary WHERE survey_id = %(survey)s),
      (SELECT as_of FROM feedback_summary WHERE survey_id = %(survey)s),
      EXISTS (SELECT FROM feedback_openquestion
              WHERE survey_id = %(survey)s AND catalogue <> '')
"""


class Label(NamedTuple):
    """A tag."""

    pk: int
    name: str
    colour: str


class Named(NamedTuple):
    """A code or a theme: the question it belongs to, its number there, and its name."""

    of: str
    number: int
    name: str


class View(NamedTuple):
    """A selection and columns that were saved; ``owner`` is the name of its owner."""

    name: str
    query: str
    columns: Sequence[str]
    owner: str


@dataclass(frozen=True)
class Offered:
    """Each list in the order to show it. Two are equal that offer the same in filters, so what
    was drawn of one is kept for all.

    Attributes:
        themes: those that were not merged into another.
        members: the name of each, and what they are.
        sources: of the newest responses.
        views: the reader's own and what others share, as ``views.listed`` has them.
        summed: how many responses there were when they were last summed up.
        as_of: when that was; None if it never was.
        naming: whether names are looked for in the answers to any question.
    """

    tags: tuple[Label, ...]
    codes: tuple[Named, ...]
    themes: tuple[Named, ...]
    members: tuple[tuple[str, Role], ...]
    sources: tuple[str, ...]
    views: Sequence[View] = field(compare=False)
    summed: int = field(compare=False)
    as_of: datetime | None = field(compare=False)
    naming: bool = field(compare=False)

    @classmethod
    def by(cls, survey: Survey, *, reader: int) -> Self:
        """Args: reader: who reads, by primary key."""
        given = {"survey": survey.pk, "of_late": OF_LATE, "reader": reader}
        with connection.cursor() as cursor:
            cursor.execute(OFFERED, given)
            [(tags, codes, themes, members, sources, views, summed, as_of, naming)] = (
                cursor.fetchall()
            )
        return cls(
            tuple(Label(*tag) for tag in tags or ()),
            tuple(Named(*code) for code in codes or ()),
            tuple(Named(*theme) for theme in themes or ()),
            tuple((name, Role(role)) for name, role in members or ()),
            tuple(sources or ()),
            [View(*view) for view in views or ()],
            summed or 0,
            as_of,
            naming,
        )
