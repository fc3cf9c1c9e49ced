"""The page of a form: blank, as it was sent, come back to, or opened to be changed."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from feedback.question_types.base import Posted
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.form import AnswerForm
from feedback.web.languages import NOW, names_of, speaking


@dataclass(frozen=True)
class FormPage:
    """A form in one language with what stands around it.

    ``questionnaire`` is in that language already. ``action`` is where it is sent; "" for
    its own address, so that the query string travels along. ``saves`` says whether what is
    typed can be kept before it is sent, ``days`` for how long. ``extra`` goes to the template.
    """

    questionnaire: Questionnaire
    language: str
    ticket: str
    turn: int = 0
    action: str = ""
    days: int = 0
    languages: list[str] = field(default_factory=list)
    hidden: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def html(self, posted: Posted | None = None, error: ValidationError | None = None) -> str:
        with speaking(self.language):
            form = AnswerForm(self.questionnaire, posted, turn=self.turn)
            if error is not None:
                form.refuse(error)
            return render_to_string("public/answer.html", self.context(form))

    def response(
        self, *, status: int, posted: Posted | None = None, error: ValidationError | None = None
    ) -> HttpResponse:
        page = HttpResponse(self.html(posted, error), status=status)
        page.headers["Cache-Control"] = "private, no-store"
        return page

    def context(self, form: AnswerForm) -> dict[str, Any]:
        questionnaire, slug = self.questionnaire, self.questionnaire.slug
        names = questionnaire.field_names
        return {
            "questionnaire": questionnaire,
            "form": form,
            "action": self.action,
            "hidden": {"ticket": self.ticket, NOW: self.language, **self.hidden},
            "languages": names_of(self.languages) if len(self.languages) > 1 else [],
            "language": self.language,
            "check": reverse("check", args=[slug]),
            "save": reverse("save", args=[slug]) if self.days else "",
            "days": self.days,
            "personal": " ".join(name for name, item in names.items() if item.personal),
            "consents": " ".join(i.key for i in questionnaire.items if i.gives_consent),
            **self.extra,
        }
