"""Releases: what a survey publishes of its results, made of its figures under the rules.

``Release.figures`` is ``{"items": {key: {"release": number, "k": k, "tables": {name: table}}},
"held": [key, …]}``: of each item what is published, by which release, and the items that this
one held back. A table is told in ``disclosure.py``; its name is the item's key, or
``<key>__<row>``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from feedback.analysis.compile import compile_survey
from feedback.analysis.disclosure import Counted, Table, in_bins
from feedback.analysis.inference import Edition, item_of, releasable
from feedback.analysis.tallies import Figures
from feedback.analysis.themes import approved_counts
from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of
from feedback.models import OpenQuestion, Publication, Release, Status, Survey
from feedback.models.audit import record
from feedback.question_types.base import Item
from feedback.responses import in_answers
from feedback.responses.acts import NotPossible
from feedback.responses.in_answers import InAnswers
from feedback.responses.in_field import items_of_revisions, revision, revisions_of

BATCH = 10  # times k: so many responses more bring a release by themselves
STATES = ("blank", "declined", "not_shown")
# What ends the name of an item's table of who named what, and of which codes were given.
ENDS = NAMES, CODES = "__names", "__codes"
REST = "other"  # the code of answers in none of the themes that are told


@dataclass(frozen=True)
class Draft:
    """What a release made now would publish.

    Args:
        edition: the tables that are new in it.
        held: items held back, as something would be given away.
        figures: what is stored: of items held back what was published before.
        added: responses since the last release.
    """

    edition: Edition
    held: Collection[str]
    figures: dict[str, Any]
    added: int
    up_to: int

    @property
    def lacking(self) -> int:
        """How many responses more it takes for a release at all."""
        return max(self.edition.k - self.added, 0)


@dataclass(frozen=True)
class Tellable:
    """What of texts may be told: how many responses have each, and how many any of them."""

    codes: Mapping[str, int]
    people: int

    @classmethod
    def of(cls, found: InAnswers, k: int) -> Self:
        """What fewer than k have is not told at all: it is no list of all that was written."""
        often = {code: n for code, n in found.counts.items() if n >= k}
        people = found.any_of(often)
        return cls({str(code): n for code, n in often.items()}, people)


def latest(survey: Survey) -> Release | None:
    return survey.releases.order_by("number").last()


def publishable(survey: Survey, language: str = "") -> list[Item]:
    """The items that may be chosen: never one that is, or ever was, personal.

    Args:
        language: of their texts; "" for the main language.
    """
    return publishable_of(revisions_of(survey), language)


def publishable_of(revisions: tuple[int, ...], language: str = "") -> list[Item]:
    """The same for whoever knows its revisions, the newest first."""
    personal = {i.key for pk in revisions for i in revision(pk).questionnaire.items if i.personal}
    return [item for item in items_of_revisions(revisions, language) if item.key not in personal]


def chosen(publication: Publication, language: str = "") -> list[Item]:
    """The items that staff chose, in the order of the questionnaire."""
    items = publishable(publication.survey, language)
    return [item for item in items if item.key in publication.items]


def draft(publication: Publication) -> Draft:
    """A release as it would be now."""
    survey, k = publication.survey, publication.k
    before = latest(survey)
    figures = compile_survey(survey).figures
    # Read after the figures: whoever came between counts as told already, so that a batch
    # is never smaller than it says.
    ids = counted_ids(survey)
    possible, themes = possible_states(survey), approved_counts(survey)
    texts = tellable(survey, k, figures)
    tables = {
        name: Table.of(counted, k)
        for item in chosen(publication)
        if item.key in figures["items"]
        for name, counted in counts_of(
            item,
            figures["items"][item.key],
            possible,
            k,
            themes=themes.get(item.key, {}),
            texts=texts,
        ).items()
    }
    number = before.number + 1 if before else 1
    highest: Any = ids.max() or 0
    new = Edition(number, k, figures["responses"] // k * k, tables)
    edition, held = releasable(new, editions_of(survey))
    return Draft(
        edition,
        held,
        stored(edition, held, before),
        added=int((ids > before.up_to).sum()) if before else len(ids),
        up_to=max(highest, before.up_to if before else 0),
    )


def stored(edition: Edition, held: Collection[str], before: Release | None) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for name, table in edition.tables.items():
        told = {"release": edition.number, "k": edition.k, "tables": {}}
        items.setdefault(item_of(name), told)["tables"][name] = table.stored()
    older = before.figures["items"] if before else {}
    kept = {key: older[key] for key in held if key in older}
    return {"items": items | kept, "held": sorted(held)}


def editions_of(survey: Survey) -> list[Edition]:
    """What each release published anew, the first one first."""
    return [edition_of(release) for release in survey.releases.order_by("number")]


def edition_of(release: Release) -> Edition:
    tables = {
        name: Table.read(table)
        for part in release.figures["items"].values()
        if part["release"] == release.number
        for name, table in part["tables"].items()
    }
    return Edition(release.number, release.k, release.population, tables)


def tellable(survey: Survey, k: int, figures: Figures) -> dict[str, Tellable]:
    """What was named, and which codes were given, by table and where that may be told.

    Codes only where each answer was read: those of a part would be taken for all of them.
    """
    found = {}
    for question in OpenQuestion.objects.filter(survey=survey):
        part = question.part
        if question.names_public and question.catalogue:
            found[part + NAMES] = Tellable.of(in_answers.families(survey, part), k)
        if question.codes_public:
            given = in_answers.codes(survey, part)
            if (given.looked_at or 0) >= figures["items"].get(part, {}).get("answered", 0):
                found[part + CODES] = Tellable.of(given, k)
    return found


def counted_ids(survey: Survey) -> pl.Series:
    """The numbers of all responses but spam."""
    frame = frame_of(survey, layout_of(survey))
    return frame.filter(pl.col("_status") != Status.SPAM.value)["_id"]


# -- from figures to tables ------------------------------------------------------------


def counts_of(
    item: Item,
    found: Figures,
    possible: Mapping[str, Collection[str]],
    k: int,
    *,
    themes: Mapping[str, int],
    texts: Mapping[str, Tellable],
) -> dict[str, Counted]:
    """The tables of one item; of one that is made of questions, a table of each.

    Args:
        themes: how many answers each theme has that may be told; of open items.
        texts: what was found in them, where that may be told, by the name of its table.
    """
    parts = item.operands()
    tables = {
        name: counted(parts[name], own, possible.get(name, STATES), k, themes)
        for name, own in (found.get("rows") or {item.key: found}).items()
        if name in parts
    }
    for name in (item.key + end for end in ENDS):
        if (told := texts.get(name)) and told.codes:
            of = tables[item.key]
            # With the rest whoever answered stands at one code at least, as the audit takes it.
            codes = {**told.codes, REST: max(of.answered - told.people, 0)}
            tables[name] = replace(of, codes=codes, several=True)
    return tables


def counted(
    item: Item,
    found: Figures,
    possible: Collection[str],
    k: int,
    themes: Mapping[str, int],
) -> Counted:
    """One table of its figures.

    It has every code that there is, as one that has no row would tell that nobody chose it.
    A state that the form cannot bring about shows only where k stand in it, after an import
    perhaps: a smaller one would tell that there is somebody.
    """
    states = {name: found[name] for name in STATES if name in possible or found[name] >= k}
    if "counts" in found:
        codes = dict.fromkeys(item.filters(), 0) | found["counts"]
    elif themes:
        # With the rest each answer stands at one code, and the audit can add them up.
        codes = {**themes, REST: max(found["answered"] - sum(themes.values()), 0)}
    else:
        codes = in_bins(bins_of(found), k)
    return Counted(codes, states, found["answered"], several=bool(found.get("several")))


def bins_of(found: Figures) -> list[tuple[str, str, int]]:
    """The bins of numbers or days: where each begins and ends, and how many are in it."""
    if "histogram" in found:
        return [(f"{b['from']:.12g}", f"{b['to']:.12g}", b["n"]) for b in found["histogram"]]
    periods = sorted(found.get("periods", {}).items())
    ends = [begin for begin, _n in periods[1:]] + [""]
    return [(begin, end, n) for (begin, n), end in zip(periods, ends, strict=False)]


def possible_states(survey: Survey) -> dict[str, set[str]]:
    """By table the states that the form can bring about, as anybody may find out from it."""
    found: dict[str, set[str]] = {}
    pks = revisions_of(survey)
    for pk in pks:
        questionnaire = revision(pk).questionnaire
        for item in questionnaire.questions:
            for name in item.operands():
                own = found.setdefault(name, set())
                own |= {"declined"} if item.decline else set()
                own |= set() if item.required else {"blank"}
                asked_of_some = name.partition("__")[2] in item.offered_if()
                if item.key in questionnaire.conditions or asked_of_some:
                    own.add("not_shown")
    for name, own in found.items():
        if any(name not in revision(pk).questionnaire.operands for pk in pks):
            own.add("not_shown")
    return found


# -- making them -----------------------------------------------------------------------


def due_at(publication: Publication, before: Release | None) -> datetime:
    """From when on a release may follow by itself."""
    hours = timedelta(hours=publication.every_hours)
    return before.made_at + hours if before else publication.changed_at


def batch_of(publication: Publication, before: Release | None) -> int:
    """How many responses bring the next release by themselves: 10 k and a few.

    How many more nobody can know, so that the time of a release does not tell how many
    responses there were.
    """
    number = before.number + 1 if before else 1
    digest = salted_hmac("feedback.release", f"{publication.survey_id}.{number}").digest()
    return BATCH * publication.k + digest[0] % publication.k


@transaction.atomic
def release(publication: Publication, *, actor: Any) -> Release:
    """Publish the results as they are now.

    Raises:
        NotPossible: too few responses are new, or all of it would give something away.
    """
    locked = Publication.objects.select_for_update(of=["self"]).get(pk=publication.pk)
    return made(locked, draft(locked), actor=actor)


def made(publication: Publication, ready: Draft, *, actor: Any) -> Release:
    """Store a draft. The publication must be locked."""
    if ready.lacking:
        raise NotPossible(
            _("%(added)d responses came since the last release, and it takes %(k)d.")
            % {"added": ready.added, "k": publication.k}
        )
    if not ready.edition.tables:
        raise NotPossible(
            _("Nothing can be released now: choose questions, or wait for more responses.")
        )
    new = Release.objects.create(
        survey=publication.survey,
        number=ready.edition.number,
        k=ready.edition.k,
        population=ready.edition.population,
        up_to=ready.up_to,
        figures=ready.figures,
    )
    record("results_released", actor=actor, survey=publication.survey, release=new.number)
    return new


def release_due() -> int:
    """Make every release that is due by itself; how many. Any number of these may run at once."""
    waiting = Publication.objects.filter(on=True).select_related("survey")
    return sum(release_if_due(publication) for publication in waiting)


@transaction.atomic
def release_if_due(publication: Publication) -> bool:
    if not is_due(publication):
        return False
    # Looked at again behind the lock: another refresher may have been here.
    locked = Publication.objects.select_for_update(of=["self"]).get(pk=publication.pk)
    if not (locked.on and is_due(locked)):
        return False
    ready = draft(locked)
    if ready.edition.tables:
        made(locked, ready, actor=None)
    return bool(ready.edition.tables)


def is_due(publication: Publication) -> bool:
    before = latest(publication.survey)
    if timezone.now() < due_at(publication, before) or not publication.items:
        return False
    ids = counted_ids(publication.survey)
    added = int((ids > before.up_to).sum()) if before else len(ids)
    return added >= batch_of(publication, before)
