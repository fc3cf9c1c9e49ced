"""An open question of a survey as staff pages on it share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from feedback.models import OpenQuestion, Role
from feedback.open_text.discretion import Discretion
from feedback.open_text.questions import NoSuchQuestion, column_of, question_of
from feedback.permissions import Access, survey_for
from feedback.question_types.base import Item
from feedback.question_types.columns import Column
from feedback.responses.in_field import items_of_revisions, revisions_until

APPROVED = _("Approved. The public reads it from the next release on.")
TAKEN_BACK = _("It is public no longer.")


@dataclass(frozen=True)
class OpenDesk:
    """One open question, for one person."""

    access: Access
    column: Column
    items: Sequence[Item]  # of the survey, this question's among them

    @property
    def part(self) -> str:
        return self.column.part

    @cached_property
    def question(self) -> OpenQuestion:
        return question_of(self.access.survey, self.part)

    def readable(self, texts: Mapping[int, str]) -> list[str]:
        """Texts as this reader may read them. Args: texts: by their responses."""
        discretion = Discretion.towards(self.items, sees_personal=self.access.sees_personal)
        words = discretion.words_by(texts)
        return [discretion.told(text, words.get(pk, ())) for pk, text in texts.items()]

    @property
    def context(self) -> dict[str, Any]:
        """What every page on it shows."""
        access = self.access
        return {
            "access": access,
            "survey": access.survey,
            "key": self.part,
            "label": self.column.label,
            "question": self.question,
        }


def open_desk(request: HttpRequest, slug: str, key: str, role: Role = Role.VIEWER) -> OpenDesk:
    """Raises: Http404: for an outsider, or where there is no such open question."""
    access = survey_for(request.user, slug, role)
    live = access.survey.live_id
    items = items_of_revisions(revisions_until(live)) if live else ()
    try:
        return OpenDesk(access, column_of(items, key), items)
    except NoSuchQuestion as error:
        raise Http404 from error
