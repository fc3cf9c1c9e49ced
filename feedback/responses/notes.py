"""Notes on a response as a thread, and the colleagues they speak to by ``@name``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import Mention, Note, Response, Survey
from feedback.models.audit import record
from feedback.responses.acts import NotPossible

# Of the signs a user name may have; not inside a word, as in an e-mail address.
CALL = re.compile(r"(?<![\w.@+-])@([\w.@+-]+)")
ENDS = ".@+-"  # signs of a name that as the last ones are rather those of the sentence


@dataclass(frozen=True)
class Piece:
    """A stretch of a note's text; ``speaks_to`` where it is the name of somebody."""

    text: str
    speaks_to: bool = False


@transaction.atomic
def add_note(response: Response, text: str, *, actor: Any) -> Note:
    """Add a remark of a staff member; those it names as ``@name`` will find it.

    Raises:
        NotPossible: it is empty or too long.
    """
    longest = Note._meta.get_field("text").max_length or 0
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not text or len(text) > longest:
        raise NotPossible(
            _("A note has 1 to %(longest)s characters; this one has %(length)s.")
            % {"longest": longest, "length": len(text)}
        )
    note = Note.objects.create(response=response, author=actor, text=text)
    Mention.objects.bulk_create(
        Mention(note=note, user_id=pk)
        for pk in members_called(response.survey, text).values()
        if actor is None or pk != actor.pk
    )
    record("note", actor=actor, survey=response.survey, response_id=response.pk, note=note.pk)
    return note


def members_called(survey: Survey, text: str) -> dict[str, int]:
    """The numbers of the members whom a text names; nobody else is told by it."""
    if not (called := {name for call in CALL.findall(text) for name in readings(call)}):
        return {}
    members = get_user_model().objects.filter(memberships__survey=survey)
    return dict(members.filter(username__in=called).values_list("username", "pk"))


def readings(call: str) -> list[str]:
    """The name as written, and without the signs that end a sentence."""
    return list(dict.fromkeys([call, call.rstrip(ENDS)]))


def thread(response: Response) -> list[tuple[Note, list[Piece]]]:
    """The notes of a response, oldest first, in two queries however many there are."""
    notes = response.notes.select_related("author").prefetch_related("mentions__user")
    return [
        (note, pieces(note.text, [m.user.get_username() for m in note.mentions.all()]))
        for note in notes
    ]


def pieces(text: str, names: Iterable[str]) -> list[Piece]:
    """A text cut where it speaks to somebody of these names."""
    found, known, at = [], set(names), 0
    for call in CALL.finditer(text):
        name = next((name for name in readings(call[1]) if name in known), None)
        if name is not None:
            end = call.start() + 1 + len(name)
            found += [Piece(text[at : call.start()]), Piece(f"@{name}", speaks_to=True)]
            at = end
    return [piece for piece in [*found, Piece(text[at:])] if piece.text]


def unseen(user: Any) -> QuerySet[Mention]:
    """Where somebody was spoken to and has not looked, in surveys they are a member of."""
    mine = Mention.objects.filter(user=user, seen_at__isnull=True)
    return mine.filter(note__response__survey__memberships__user=user)


def unseen_by_survey(user: Any) -> list[tuple[Survey, int]]:
    """The surveys where notes speak to somebody who has not looked, with how many do."""
    counted = unseen(user).values_list("note__response__survey").annotate(Count("pk"))
    numbers = dict(counted)
    surveys = Survey.objects.filter(pk__in=numbers).order_by("slug")
    return [(survey, numbers[survey.pk]) for survey in surveys]


def seen(response: Response, user: Any) -> int:
    """The user has the response before them: what spoke to them there is seen."""
    theirs = Mention.objects.filter(user=user, seen_at__isnull=True, note__response=response)
    return theirs.update(seen_at=timezone.now())
