"""The page of a form: blank, as it was sent, come back to, or opened to be changed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from feedback.question_types.base import Posted
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.form import AnswerForm
from feedback.responses.in_field import InField
from feedback.web.languages import NOW, names_of, speaking
from feedback.web.pages import page

ALL = "_all"  # the field that says so: see ``FormPage.context``


@dataclass(frozen=True)
class Around:
    """What the form says that is no part of its questionnaire, and may change at any time."""

    survey: int
    until: datetime | None  # when it closes, if that is near
    zone: str
    one_per_device: bool
    days: int  # that what is typed is kept before it is sent; 0: not at all

    @classmethod
    def of(cls, field: InField) -> "Around":
        survey = field.survey
        until = survey.notice(timezone.now())
        return cls(survey.pk, until, survey.time_zone, survey.one_per_device, survey.partial_days)


@dataclass(frozen=True)
class FormPage:
    """A form in one language with what stands around it.

    ``questionnaire`` is in that language already. ``action`` is where it is sent; "" for
    its own address, so that the query string travels along. ``extra`` goes to the template.
    """

    questionnaire: Questionnaire
    language: str
    ticket: str
    around: Around
    turn: int = 0
    action: str = ""
    languages: list[str] = field(default_factory=list)
    hidden: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def response(
        self, *, status: int, posted: Posted | None = None, error: ValidationError | None = None
    ) -> HttpResponse:
        """The page as it is sent, with the errors beside their fields."""
        with speaking(self.language):
            form = AnswerForm(self.questionnaire, posted, turn=self.turn)
            if error is not None:
                form.refuse(error)
            context = self.context(form, keeps_all=bool(posted and posted.get(ALL)))
            response = page("public/answer.html", context, status=status)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def context(self, form: AnswerForm, *, keeps_all: bool = False) -> dict[str, Any]:
        """What the template needs.

        Args:
            keeps_all: whether the respondent chose to have everything kept, so that what
                is saved by itself takes the personal answers along.
        """
        questionnaire, slug = self.questionnaire, self.questionnaire.slug
        names = questionnaire.field_names
        return {
            "questionnaire": questionnaire,
            "form": form,
            "action": self.action,
            "hidden": {
                "ticket": self.ticket,
                NOW: self.language,
                **({ALL: 1} if keeps_all else {}),
                **self.hidden,
            },
            "languages": names_of(self.languages) if len(self.languages) > 1 else [],
            "language": self.language,
            "check": reverse("check", args=[slug]),
            "save": reverse("save", args=[slug]) if self.around.days else "",
            "around": self.around,
            "personal": " ".join(name for name, item in names.items() if item.personal),
            "consents": " ".join(i.key for i in questionnaire.items if i.gives_consent),
            **self.extra,
        }
