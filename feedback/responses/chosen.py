"""A selection as a queryset: each filter narrows it by what an index can serve, if any can."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from feedback.models import (
    Coded,
    Membership,
    Mention,
    NamedIn,
    Note,
    Response,
    Revision,
    Survey,
    Tag,
    Theme,
    ThemeOf,
)
from feedback.question_types.base import Item, operands
from feedback.responses import search
from feedback.responses.asked import (
    ANSWER,
    ANY,
    ME,
    NO,
    NOBODY,
    NONE,
    STATES,
    STATUS_NAMES,
    YES,
    BadSelection,
    Moment,
    no_theme,
)
from feedback.responses.counting import are_common, few

if TYPE_CHECKING:
    from feedback.responses.selection import Selection

NEVER, ALWAYS = Q(pk__in=()), Q()


def chosen(
    selection: "Selection", survey: Survey, items: Sequence[Item], *, reader: Any
) -> QuerySet[Response]:
    """The responses of the survey that meet every filter, in no order."""
    rows = Response.objects.filter(survey=survey)
    rows = by_staff(rows, selection, survey, reader)
    rows = by_arrival(rows, selection, survey)
    rows = by_text(rows, selection, survey)
    for condition in by_answer(selection, items):
        rows = rows.filter(condition)
    for key, numbers in selection.themes.items():
        rows = rows.filter(pk__in=in_themes(survey, key, numbers))
    if selection.spans or selection.states:  # which no index may know
        rows = fetched_if_few(rows, survey)
    asked = [(selection.words, search.text_parts(items))] if selection.words else []
    asked += [(words, [part]) for part, words in selection.words_in.items()]
    if asked:
        rows = rows.filter(pk__in=search.matching(survey, asked))
    return rows


def fetched_if_few(rows: QuerySet[Response], survey: Survey) -> QuerySet[Response]:
    if are_common(survey, lambda seen: rows.filter(pk__in=seen).count(), least=1):
        return rows
    found = few(rows.order_by().values_list("pk", flat=True))
    return Response.objects.filter(survey=survey, pk__in=found) if found else rows


def by_staff(
    rows: QuerySet[Response], selection: "Selection", survey: Survey, reader: Any
) -> QuerySet[Response]:
    """By what the staff did with a response."""
    if selection.statuses:
        rows = rows.filter(status__in=[STATUS_NAMES[name] for name in selection.statuses])
    if selection.tags:
        tags = tags_named(selection.tags, survey)
        every = "tag" in selection.every
        for some in [[tag] for tag in tags] if every else [tags]:
            through = Response.tags.through.objects.filter(tag__in=some)
            rows = rows.filter(pk__in=through.values("response_id"))
    if selection.assignees:
        rows = rows.filter(assigned_to(selection.assignees, survey, reader))
    if selection.noted:
        rows = rows.filter(yes_or_no(selection.noted, Q(Exists(notes()))))
    if selection.mentions:
        user = who_reads(reader, "mentions")
        mine = Mention.objects.filter(user_id=user.pk, note__response__survey=survey)
        rows = rows.filter(pk__in=mine.values("note__response_id"))
    return rows


def tags_named(names: Sequence[str], survey: Survey) -> list[int]:
    """Raises: BadSelection: there is no such tag, so that nobody takes that for no responses."""
    found = dict(Tag.objects.filter(survey=survey, name__in=names).values_list("name", "pk"))
    if missing := [name for name in names if name not in found]:
        raise BadSelection(
            _("There is no tag “%(name)s” here. Take it out of the filters.")
            % {"name": missing[0][:60]}
        )
    return list(found.values())


def by_arrival(
    rows: QuerySet[Response], selection: "Selection", survey: Survey
) -> QuerySet[Response]:
    """By how and when a response came, and what it looked like then."""
    if selection.screened:
        rows = rows.filter(any_of(screened(selection.screened)))
    if selection.languages:
        rows = rows.filter(language__in=selection.languages)
    if selection.revisions:
        named = Revision.objects.filter(survey=survey, number__in=selection.revisions)
        rows = rows.filter(revision__in=list(named.values_list("pk", flat=True)))
    if selection.sources:
        rows = rows.filter(source__in=selection.sources)
    if selection.edited:
        rows = rows.filter(yes_or_no(selection.edited, Q(edits__gt=0)))
    if selection.since:
        rows = rows.filter(received_at__gte=begin(selection.since))
    if selection.until:
        rows = rows.filter(received_at__lte=end(selection.until))
    return rows


def by_text(rows: QuerySet[Response], selection: "Selection", survey: Survey) -> QuerySet[Response]:
    """By the codes that staff gave open answers, and the names found in them."""
    for part, numbers in selection.codes.items():
        given = Coded.objects.filter(survey=survey, part=part, read__counts=True)
        given = given.filter(code__number__in=numbers)
        rows = rows.filter(pk__in=given.values("response_id"))
    for part, names in selection.names.items():
        found = NamedIn.objects.filter(survey=survey, part=part)
        found = found.filter(Q(family__in=names) | Q(entity__in=names))
        rows = rows.filter(pk__in=found.values("response_id"))
    return rows


def by_answer(selection: "Selection", items: Sequence[Item]) -> Iterable[Q]:
    """By what a response says; each item tells what that means for it."""
    parts = operands(items)
    owners = {name: item for item in items for name in item.operands()}
    for key, codes in selection.answers.items():
        join = and_ if ANSWER + key in selection.every else or_
        yield reduce(join, (parts[key].where(code) for code in codes))
    for key, names in selection.states.items():
        yield any_of(owners[key].where_state(key, STATES[name]) for name in names)
    for key, (least, most) in selection.spans.items():
        span = parts[key].span
        assert span is not None
        yield span.between(least, most)


def in_themes(survey: Survey, key: str, numbers: Sequence[str]) -> QuerySet[ThemeOf, int]:
    """The responses whose answer is in one of the themes, its parts, or what was merged in.

    Raises:
        BadSelection: there is no such theme.
    """
    told = Theme.objects.filter(set__survey=survey, set__item=key)
    known = {pk: rest for pk, *rest in told.values_list("pk", "number", "parent", "merged_into")}
    by_number = {str(number): pk for pk, (number, *_above) in known.items()}
    if missing := [one for one in numbers if one != NONE and one not in by_number]:
        raise no_theme(missing[0], key)
    wanted = {by_number[one] for one in numbers if one != NONE}
    while further := {pk for pk, (_n, *above) in known.items() if wanted & {*above}} - wanted:
        wanted |= further
    rows = ThemeOf.objects.filter(set__survey=survey, set__item=key)
    nothing = Q(theme__isnull=True) if NONE in numbers else NEVER
    return rows.filter(Q(theme__in=wanted) | nothing).values_list("response_id", flat=True)


def any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


def yes_or_no(said: Sequence[str], condition: Q) -> Q:
    """Whoever asks for both asks for nothing."""
    meanings = {YES: condition, NO: ~condition}
    return ALWAYS if len({*said}) > 1 else meanings[said[0]]


def notes() -> QuerySet[Note]:
    return Note.objects.filter(response=OuterRef("pk"))


def screened(names: Sequence[str]) -> Iterable[Q]:
    flagged = ~Q(reasons=[])
    codes = [name for name in names if name not in (ANY, NONE)]
    if codes:
        # Said twice, so that the index of those with any reason is found.
        yield flagged & Q(reasons__overlap=codes)
    if ANY in names:
        yield flagged
    if NONE in names:
        yield ~flagged


def assigned_to(names: Sequence[str], survey: Survey, reader: Any) -> Q:
    people = [name for name in names if name not in (ME, NOBODY)]
    members = Membership.objects.filter(survey=survey, user__username__in=people)
    found = dict(members.values_list("user__username", "user_id"))
    if missing := [name for name in people if name not in found]:
        raise BadSelection(
            _("“%(name)s” is no member of this survey. Write a member’s name, me or nobody.")
            % {"name": missing[0][:60]}
        )
    ids = [*found.values(), *([who_reads(reader, "assignee").pk] if ME in names else [])]
    nobody = Q(assignee__isnull=True) if NOBODY in names else NEVER
    # Said twice, so that the index of those that somebody has is found.
    return nobody | (Q(assignee__isnull=False) & Q(assignee__in=ids)) if ids else nobody


def who_reads(reader: Any, name: str) -> Any:
    if reader is None:
        raise BadSelection(
            _("“me” in “%(name)s” is nobody here. Write the name of a member instead.")
            % {"name": name}
        )
    return reader


def begin(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time.min, tzinfo=UTC)


def end(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time.max, tzinfo=UTC)
