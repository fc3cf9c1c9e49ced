"""Fetching and authorising in one step: there is no other way to a survey for staff."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from psycopg import sql

from feedback.models import Membership, Role, Survey
from feedback.models.written import attributes, columns, made

MINE = (
    sql.SQL("""
        SELECT {}, {}
        FROM feedback_membership AS m JOIN feedback_survey AS s ON s.id = m.survey_id
        WHERE m.user_id = %s AND s.slug = %s AND m.role >= %s
    """)
    .format(columns(Membership, "m"), columns(Survey, "s"))
    .as_string()
)
OF_MEMBER = len(attributes(Membership))


@dataclass(frozen=True)
class Access:
    """A survey and what one person may do in it."""

    survey: Survey
    membership: Membership

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    @property
    def reviews(self) -> bool:
        return self.role >= Role.REVIEWER

    @property
    def sees_few(self) -> bool:
        """Whether comparisons show groups that are so small that they tell of single people."""
        return self.role >= Role.ANALYST

    @property
    def edits(self) -> bool:
        return self.role >= Role.EDITOR

    @property
    def owns(self) -> bool:
        return self.role >= Role.OWNER

    @property
    def sees_personal(self) -> bool:
        return self.membership.sees_personal

    @property
    def exports(self) -> bool:
        return self.membership.may_export


def survey_for(user: Any, slug: str, role: Role) -> Access:
    """The survey, for someone who has at least this role in it and can sign in.

    That they can is asked as well, since letters and exports that somebody once ordered
    come this way without anybody signing in.

    Raises:
        Http404: there is no such survey, or not for them; nobody learns which.
    """
    if not user.is_active:
        raise Http404
    with connection.cursor() as cursor:
        cursor.execute(MINE, [user.pk, slug, role])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    member = made(Membership, row[:OF_MEMBER])
    member.survey = made(Survey, row[OF_MEMBER:])
    member.user = user  # so that nobody asks for them once more
    return Access(member.survey, member)


def may_make_surveys(user: Any) -> bool:
    """Whoever runs the instance, and whoever owns or edits a survey here already."""
    mine = Membership.objects.filter(user_id=user.pk, role__gte=Role.EDITOR)
    return bool(user.is_superuser) or mine.exists()


def memberships_of(user: Any) -> QuerySet[Membership]:
    """The surveys of one person, with what a list of them shows."""
    mine = Membership.objects.filter(user_id=user.pk).order_by("survey__slug")
    return mine.select_related("survey", "survey__live", "survey__summary")
