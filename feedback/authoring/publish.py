"""Publishing: a questionnaire becomes the survey's next revision, frozen and live."""

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.authoring.pictures import not_stored
from feedback.models import FrameChunk, Revision, Survey
from feedback.models.audit import record
from feedback.questionnaire.definition import Questionnaire, unsound
from feedback.questionnaire.looks import unreadable
from feedback.questionnaire.pictures import pictured
from feedback.questionnaire.problems import Problem

# First parts of addresses below /staff/ that are pages of their own.
TAKEN = {"account", "join", "login", "logout", "move-in", "new"}
LOAD_IT = "take it in with manage.py load_survey, from a folder that holds both files"


class Refused(Exception):
    """The questionnaire cannot be published; the message says why, and what to do."""


class UnfitToShow(Refused):
    """People could not read it, or would see no picture where one belongs."""


class AddressTaken(Refused):
    """Under this slug, staff would find another page than that of the survey."""


class UnsafeChange(Refused):
    """The new questionnaire would give answers already stored another meaning."""


class Overtaken(Refused):
    """Another revision was published since the one that this was made of."""


@transaction.atomic
def publish(
    questionnaire: Questionnaire, *, actor: object = None, made_of: str = ""
) -> tuple[Revision, bool]:
    """Publish a questionnaire under its slug; the survey is made if there is none.

    Args:
        made_of: the digest of the revision that it was made of by changing it; "" where it
            is to be published whatever is live.

    Returns:
        The live revision, and whether it is new: the same questionnaire again is not.

    Raises:
        AddressTaken: the slug is that of a page of ours.
        Overtaken: another revision is live by now than it was made of.
        UnsafeChange: a key changed its type, or a condition means nothing; the message
            says which, and what to do.
        UnfitToShow: its colours cannot be read, or a picture of it is not stored.
    """
    if questionnaire.slug in TAKEN:
        raise AddressTaken(
            f"slug: “{questionnaire.slug}” is the address of another page; choose another, such as"
            f" “{questionnaire.slug}-survey”."
        )
    refuse_unfit(questionnaire)
    for problem in unsound(questionnaire):
        raise UnsafeChange(str(problem))
    Survey.objects.get_or_create(slug=questionnaire.slug, defaults={"title": questionnaire.title})
    survey = Survey.objects.select_for_update(of=["self"]).get(slug=questionnaire.slug)
    newest = survey.revisions.order_by("number").last()
    if newest and newest.digest == questionnaire.digest:
        return newest, False
    if made_of and newest and newest.digest != made_of:
        raise Overtaken(
            _("Somebody else published a revision meanwhile. Copy what you wrote, open this page "
              "again, and bring both together.")
        )  # fmt: skip
    refuse_unsafe(survey, questionnaire)
    revision = Revision.objects.create(
        survey=survey,
        number=newest.number + 1 if newest else 1,
        definition=questionnaire.definition(),
        digest=questionnaire.digest,
    )
    survey.live, survey.title = revision, questionnaire.title
    survey.save()
    # Frames have the columns of all revisions: refresh brings marked ones up to date.
    FrameChunk.objects.filter(survey=survey).update(layout="")
    record("publish", actor=actor, survey=survey, revision=revision.number)
    return revision, True


def refuse_unfit(questionnaire: Questionnaire) -> None:
    """What a reader of files has checked is checked again, as it is not the only way here."""
    definition = questionnaire.definition()
    away = set(not_stored(definition))
    problems = [
        *(Problem(place, message) for place, message in unreadable(questionnaire.looks)),
        *(
            Problem(place, f"the picture {part['image']} is not stored here; {LOAD_IT}")
            for place, part in pictured(definition)
            if part["image"] in away
        ),
    ]
    if problems:
        raise UnfitToShow("; ".join(str(problem) for problem in problems))


def refuse_unsafe(survey: Survey, questionnaire: Questionnaire) -> None:
    """Answers are pooled over revisions by key, so a key keeps its type and its privacy."""
    for revision in survey.revisions.all():
        for key, item in revision.questionnaire.by_key.items():
            new = questionnaire.by_key.get(key)
            if new and (new.type, new.personal) != (item.type, item.personal):
                raise UnsafeChange(
                    f"{key}: revision {revision.number} asked it as {kind(item)}, this one as"
                    f" {kind(new)}. Give the new question a key of its own."
                )


def kind(item: object) -> str:
    return f"{'personal ' if getattr(item, 'personal', False) else ''}{getattr(item, 'type', '')}"
