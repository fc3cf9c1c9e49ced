"""Names in the answers of a survey: found for each response, decided on once for all.

What staff decide on a spelling lies over the catalogue as a `NameDecision`; the latest on a
spelling holds, and at once for every answer that has it, old or new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from feedback.models import NameDecision, NamedIn, OpenQuestion, Response, Status, Survey
from feedback.models.audit import record
from feedback.open_text.catalogue import Catalogue, Decisions, Entity, Kind, key, shipped
from feedback.open_text.mentions import Finder, How, Mention, common_words
from feedback.open_text.named import Named, Unresolved, counted, unresolved
from feedback.open_text.questions import answered, by_lot, ids_of, locked, texts_of
from feedback.question_types.columns import Column
from feedback.responses.acts import NotPossible

CATALOGUES = {"open_models": "Open models"}  # that come with the software
STEP = 2_000  # responses
AT_ONCE = 5_000  # answers that a request goes over again by itself; more are for the outbox
LOOKED_AT = 20_000  # answers in which common words and unknown names are looked for
KEPT = 32  # finders in a process
NEW = "own-"  # begins the ids of entities that staff made

finders: dict[tuple[int, str, int, int], Finder] = {}


def decisions_of(question: OpenQuestion, base: Catalogue) -> Decisions:
    """What holds by now; of entities that a newer catalogue has no more there is nothing."""
    rows = NameDecision.objects.filter(survey=question.survey, part=question.part)
    latest: dict[str, NameDecision] = {row.spelt: row for row in rows}
    known = {entity.id for entity in base.entities}
    made = {row.entity: row for row in rows if row.name and row.entity not in known}
    held = {
        row.spelling: row.entity or None
        for row in latest.values()
        if not row.entity or row.entity in known or row.entity in made
    }
    spelt: dict[str, str] = {}
    for spelling, entity in held.items():
        spelt.setdefault(entity or "", spelling)
    new = tuple(
        Entity(
            id=row.entity,
            name=row.name,
            kind=Kind(row.kind),
            family=row.family,
            aliases=(spelt[row.entity],),
        )
        for row in made.values()
        if row.entity in spelt
    )
    return Decisions(held, new)


def catalogue_of(question: OpenQuestion) -> Catalogue:
    base = shipped(question.catalogue)
    return base.under(decisions_of(question, base))


def finder_of(question: OpenQuestion) -> Finder:
    """Kept, as making one reads the whole catalogue."""
    rows = NameDecision.objects.filter(survey=question.survey, part=question.part)
    last = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    about = (question.pk, question.catalogue, last, hash(tuple(question.common)))
    if about not in finders:
        if len(finders) >= KEPT:
            finders.clear()
        finders[about] = Finder(catalogue_of(question), common=question.common)
    return finders[about]


def derive(question: OpenQuestion, column: Column, ids: Sequence[int]) -> None:
    """Bring the names in these responses up to date; those of deleted ones go."""
    about = {"survey": question.survey, "part": question.part}
    NamedIn.objects.filter(response__in=ids, **about).delete()
    if not question.catalogue:
        return
    finder = finder_of(question)
    NamedIn.objects.bulk_create(
        (
            NamedIn(
                response_id=pk,
                entity=one.entity[:80],
                family=one.family[:80],
                version=one.version[:80],
                size=one.size[:80],
                variant=one.variant[:80],
                written=one.written[:200],
                start=one.start,
                end=one.end,
                how=one.how.value,
                **about,
            )
            for pk, text in texts_of(question.survey, column, ids, spam=True)
            for one in finder.find(text, asked=question.asks)
        ),
        batch_size=2_000,
    )


def derive_all(question: OpenQuestion, column: Column) -> None:
    """Go over every answer again: now where they are few, else with the outbox."""
    survey = question.survey
    ids = ids_of(survey, column)
    if question.catalogue:
        some = texts_of(survey, column, by_lot(question, ids, LOOKED_AT))
        words = common_words((text for _pk, text in some), catalogue_of(question))
        question.common = sorted(words)
        question.save(update_fields=["common"])
    if len(ids) > AT_ONCE:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO feedback_change (survey_id, response_id)"
                " SELECT survey_id, id FROM feedback_response WHERE survey_id = %s",
                [survey.pk],
            )
        return
    NamedIn.objects.filter(survey=survey, part=question.part).delete()
    for first in range(0, len(ids), STEP):
        derive(question, column, ids[first : first + STEP])


@transaction.atomic
def set_names(survey: Survey, column: Column, *, catalogue: str, asks: bool, actor: Any) -> None:
    """Look for names of this catalogue, or of none.

    Raises:
        NotPossible: there is no such catalogue.
    """
    if catalogue and catalogue not in CATALOGUES:
        raise NotPossible(_("There is no such catalogue of names."))
    question = locked(survey, column.part)
    question.names_public &= question.catalogue == catalogue
    question.catalogue, question.asks = catalogue, asks
    question.save(update_fields=["names_public", "catalogue", "asks"])
    record("names_set", actor=actor, survey=survey, part=column.part, on=bool(catalogue), asks=asks)
    derive_all(question, column)


@transaction.atomic
def publish(survey: Survey, column: Column, *, on: bool, actor: Any) -> None:
    """Let results for everyone tell how many name what, or no longer.

    Raises:
        NotPossible: names are not looked for.
    """
    question = locked(survey, column.part)
    if on and not question.catalogue:
        raise NotPossible(_("Switch a catalogue of names on first."))
    question.names_public = on
    question.save(update_fields=["names_public"])
    record("names_public", actor=actor, survey=survey, part=column.part, on=on)


@transaction.atomic
def decide(
    survey: Survey, column: Column, spelling: str, told: Mapping[str, str], *, actor: Any
) -> NameDecision:
    """Say what a spelling stands for, for all answers.

    With a name that is new here, names are to be approved anew: reviewers write them, and
    editors answer for what is public.

    Args:
        told: ``entity``, an id or "" for no name; or ``name``, ``kind`` and ``family`` of a
            new entity.

    Raises:
        NotPossible: names are not looked for, the spelling has no letter, or there is no
            such entity or kind.
    """
    question = locked(survey, column.part)
    if not question.catalogue:
        raise NotPossible(_("Switch a catalogue of names on first."))
    spelling = " ".join(spelling.replace("\0", "").split())
    if not has_letter(spelling) or len(spelling) > 200:
        raise NotPossible(_("A spelling has 1 to 200 characters, one of them a letter or figure."))
    catalogue = catalogue_of(question)
    fields = {"entity": told.get("entity", "")}
    known = {entity.id for entity in catalogue.entities}
    if name := " ".join(told.get("name", "").replace("\0", "").split())[:100]:
        fields = new_entity(name, told, known)
    elif fields["entity"] and fields["entity"] not in known:
        raise NotPossible(_("There is no such name in the catalogue."))
    about = {"survey": survey, "part": column.part, "spelling": spelling, "by": actor}
    row = NameDecision.objects.create(spelt=key(spelling), **about, **fields)
    if name:
        question.names_public = False
        question.save(update_fields=["names_public"])
    record("name_decided", actor=actor, survey=survey, part=column.part, decision=row.pk)
    derive_all(question, column)
    return row


def has_letter(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def new_entity(name: str, told: Mapping[str, str], known: set[str]) -> dict[str, str]:
    """Raises: NotPossible."""
    kind, family = told.get("kind", Kind.MODEL), told.get("family", "")
    if not has_letter(name) or kind not in set(Kind):
        raise NotPossible(_("A new name needs a letter or figure, and one of the kinds."))
    if family and family not in known:
        raise NotPossible(_("There is no such name in the catalogue."))
    return {"entity": (NEW + key(name))[:80], "name": name, "kind": kind, "family": family}


@dataclass(frozen=True)
class Found:
    """All names of one question: counts, what is unknown, and how to call each."""

    counts: Named
    unknown: list[Unresolved]
    names: Mapping[str, str]  # by id


def found(question: OpenQuestion, column: Column) -> Found:
    """What the answers name, people counted; spam left out.

    Of the answers themselves only the latest are read, for names that nobody knows yet.
    """
    by_response: dict[int, list[Mention]] = {}
    rows = NamedIn.objects.filter(survey=question.survey, part=question.part)
    for row in rows.exclude(response__status=Status.SPAM).iterator():
        by_response.setdefault(row.response_id, []).append(mention(row))
    said = answered(question.survey, column)
    counts = replace(counted([*by_response.values()]), people=said.count())
    unknown = unknown_names(question, said, by_response) if question.asks else []
    return Found(counts, unknown, called(question))


def unknown_names(
    question: OpenQuestion, said: QuerySet[Response], by_response: Mapping[int, list[Mention]]
) -> list[Unresolved]:
    """What is written like a name in the latest answers, and is none that is known."""
    latest: Any = said.order_by("-pk").values_list("pk", F("said"))[:LOOKED_AT]
    there = [(pk, text) for pk, text in reversed(list(latest)) if text]
    return unresolved(
        [text for _pk, text in there],
        [by_response.get(pk, []) for pk, _text in there],
        known=catalogue_of(question).not_names,
    )


def called(question: OpenQuestion) -> dict[str, str]:
    """What each name is called, by its id."""
    names: dict[str, str] = {}
    for entity in catalogue_of(question).entities:
        names.setdefault(entity.id, entity.name)
    return names


def mention(row: NamedIn) -> Mention:
    return Mention(
        entity=row.entity,
        family=row.family,
        version=row.version,
        size=row.size,
        variant=row.variant,
        start=row.start,
        end=row.end,
        written=row.written,
        how=How(row.how),
    )
