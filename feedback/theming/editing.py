"""What staff do with themes, each with its way back and its entry in the audit log.

Entries hold numbers only: names of themes are words of respondents until staff choose others.
Whoever edits holds the set, so that no search writes over what they did.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from feedback.models import Survey, Theme, ThemeOf, ThemeSet
from feedback.models.audit import record
from feedback.open_text import vectors
from feedback.open_text.keeping import Theme as Ruled
from feedback.open_text.keeping import by_rule
from feedback.open_text.texts import normalised
from feedback.responses.acts import NotPossible
from feedback.theming.answers import written
from feedback.theming.fitting import without_words
from feedback.theming.placing import place

DEFINITION, PHRASE, PHRASES = 2_000, 100, 20


def set_of(survey: Survey, key: str) -> ThemeSet:
    """The set, held until the transaction ends. Raises: NotPossible."""
    sets = ThemeSet.objects.filter(survey=survey, item=key, fitted_at__isnull=False)
    kept = sets.defer("model").select_for_update().first()
    if kept is None:
        raise NotPossible(_("There are no themes yet. Let them be found first."))
    return kept


def theme_in(kept: ThemeSet, number: int | None) -> Theme:
    """Raises: NotPossible."""
    theme = Theme.objects.filter(set=kept, number=number or 0).first()
    if theme is None:
        raise NotPossible(_("This theme is no longer there."))
    return theme


def noted(action: str, theme: Theme, *, actor: Any, **details: Any) -> None:
    kept = theme.set
    about = {"item": kept.item, "theme": theme.number, **details}
    record(action, actor=actor, survey=kept.survey, **about)


def rename(theme: Theme, name: str, *, actor: Any) -> None:
    """Give it a name; an empty one brings the drafted one back."""
    name = " ".join(name.split())
    if len(name) > Theme.NAME:
        raise NotPossible(_("A name has at most %(longest)d characters.") % {"longest": Theme.NAME})
    theme.name_by_staff = bool(name)
    theme.name = name or theme.phrases or without_words(theme.number)
    theme.approved_public = False  # another name was approved
    theme.save(update_fields=["name", "name_by_staff", "approved_public"])
    noted("theme_rename", theme, actor=actor)


def lock(theme: Theme, *, on: bool, actor: Any) -> None:
    """A locked theme keeps its answers through every later search."""
    theme.locked = on
    theme.save(update_fields=["locked"])
    noted("theme_lock" if on else "theme_unlock", theme, actor=actor)


def publish(theme: Theme, *, on: bool, actor: Any) -> None:
    """Let results for everyone name it and tell its number, or no longer.

    Its name stays as it was approved: no later search drafts another, and whoever renames it
    has it approved anew.
    """
    if on and theme.mixed:
        raise NotPossible(_("A remainder says nothing that could be published."))
    if on and theme.parent_id:
        raise NotPossible(_("A part is published with the theme that it belongs to."))
    theme.approved_public = on
    theme.name_by_staff = theme.name_by_staff or on
    theme.save(update_fields=["approved_public", "name_by_staff"])
    noted("theme_publish" if on else "theme_unpublish", theme, actor=actor)


def define(theme: Theme, text: str, *, actor: Any) -> None:
    """Say what belongs in it, for colleagues."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > DEFINITION:
        raise NotPossible(
            _("A definition has at most %(longest)d characters.") % {"longest": DEFINITION}
        )
    theme.definition = text
    theme.save(update_fields=["definition"])
    noted("theme_define", theme, actor=actor)


def rule(theme: Theme, lines: str, *, actor: Any) -> None:
    """Let answers with one of these phrases belong here, those that are there too."""
    phrases = list(dict.fromkeys(filter(None, map(normalised, lines.splitlines()))))
    if len(phrases) > PHRASES or any(len(phrase) > PHRASE for phrase in phrases):
        raise NotPossible(
            _("A rule has at most %(most)d phrases of %(longest)d characters.")
            % {"most": PHRASES, "longest": PHRASE}
        )
    kept, either = theme.set, [*theme.rule, *phrases]
    theme.rule = phrases
    theme.save(update_fields=["rule"])
    concerned = [Ruled(theme.number, theme.name, rule=tuple(either))]
    texts = written(kept.survey, kept.item)
    hit = {pk: t for pk, t in texts.items() if by_rule(concerned, normalised(t), otherwise=0)}
    place_again(kept, hit)
    noted("theme_rule", theme, actor=actor, phrases=len(phrases))


def place_again(kept: ThemeSet, texts: Mapping[int, str]) -> None:
    """All of these but those that staff put where they are, as if they had just come."""
    moved = ThemeOf.objects.filter(set=kept, by_staff=True)
    held = set(moved.values_list("response_id", flat=True))
    try:
        place(kept, {pk: text for pk, text in texts.items() if pk not in held})
    except vectors.NotAvailable as error:
        raise NotPossible(str(error)) from error


def merge(theme: Theme, into: Theme, *, actor: Any) -> None:
    """Count one theme with another. Its answers remember it, so that it can be taken apart."""
    if into.pk == theme.pk or into.merged_into_id or into.parent_id == theme.pk:
        raise NotPossible(_("Choose another theme to merge it into."))
    if Theme.objects.filter(merged_into=theme).exists():
        raise NotPossible(_("Others were merged into this one. Take them out of it first."))
    theme.merged_into = into
    theme.save(update_fields=["merged_into"])
    noted("theme_merge", theme, actor=actor, into=into.number)


def unmerge(theme: Theme, *, actor: Any) -> None:
    theme.merged_into = None
    theme.save(update_fields=["merged_into"])
    noted("theme_unmerge", theme, actor=actor)


def move(kept: ThemeSet, response: int, into: Theme | None, *, actor: Any) -> None:
    """Put an answer into a theme; into none: let it be placed by itself again.

    Raises:
        NotPossible: there is no such answer, or none that says something.
    """
    texts = written(kept.survey, kept.item, [response])
    if not texts:
        raise NotPossible(
            _("Response %(number)d has no answer to this question.") % {"number": response}
        )
    if into is None:
        ThemeOf.objects.filter(set=kept, response=response).update(by_staff=False)
        place_again(kept, texts)
    else:
        about = {"theme": into, "by_staff": True}
        ThemeOf.objects.update_or_create(set=kept, response_id=response, defaults=about)
    number = into.number if into else None
    told = {"item": kept.item, "theme": number}
    record("theme_move", actor=actor, survey=kept.survey, response_id=response, **told)
