"""A questionnaire as a Django form with a crispy layout, for showing and for mending.

Responses are validated by ``answers.clean_answers``, on fields shared per revision; a
bound form is built only where there is something to show, as it copies every field.
"""

import json
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorDict
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from feedback.question_types.base import Item, Posted
from feedback.questionnaire.definition import Page, Questionnaire
from feedback.questionnaire.expressions import as_json, keys_in
from feedback.questionnaire.relevance import in_words


class Conditional(LayoutObject):
    """An item that is not always asked: told in words, and to scripts as a tree."""

    def __init__(self, item: Item, questionnaire: Questionnaire) -> None:
        self.item, self.fields = item, [item.layout()]
        self.tree = questionnaire.conditions[item.key]
        self.words = in_words(self.tree, questionnaire.by_key)

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        inside = self.get_rendered_fields(  # type: ignore[no-untyped-call]
            form, context, template_pack, **kwargs
        )
        return render_to_string(
            "public/parts/conditional.html",
            {"tree": as_json(self.tree), "words": self.words, "inside": inside},
        )


class Section(LayoutObject):
    """One page of the questionnaire under its heading."""

    def __init__(self, page: Page, questionnaire: Questionnaire, *, number: int) -> None:
        self.page, self.number, self.pages = page, number, len(questionnaire.pages)
        self.fields = [
            Conditional(item, questionnaire)
            if item.key in questionnaire.conditions
            else item.layout()
            for item in page.items
        ]

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        inside = self.get_rendered_fields(  # type: ignore[no-untyped-call]
            form, context, template_pack, **kwargs
        )
        return render_to_string(
            "public/parts/section.html",
            # Crispy has rendered the fields, each escaped by its own template.
            {"page": self.page, "number": self.number, "pages": self.pages, "inside": inside},
        )


class AnswerForm(forms.Form):
    """The whole questionnaire in the active language, blank or as someone sent it."""

    def __init__(self, questionnaire: Questionnaire, posted: Posted | None = None) -> None:
        super().__init__(posted)
        self.questionnaire = questionnaire
        for item in questionnaire.questions:
            self.fields.update(item.fields())
        for field in self.fields.values():
            # Crispy's templates print help unescaped; here it is somebody's text.
            field.help_text = escape(field.help_text)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        pages = enumerate(questionnaire.pages, 1)
        self.helper.layout = Layout(*(Section(page, questionnaire, number=n) for n, page in pages))

    @property
    def kinds(self) -> str:
        """What scripts need to read the answers that conditions ask for: kinds by key."""
        trees = self.questionnaire.conditions.values()
        keys = sorted({key for tree in trees for key in keys_in(tree)})
        items = self.questionnaire.by_key
        return json.dumps({key: items[key].kind for key in keys}) if keys else ""

    _errors: ErrorDict | None

    def full_clean(self) -> None:
        """Nothing by itself: the errors come from ``refuse``."""
        if self._errors is None:
            self._errors = ErrorDict()

    def refuse(self, error: ValidationError) -> "AnswerForm":
        """Show these errors, each beside its field."""
        self.full_clean()
        self.cleaned_data: dict[str, Any] = {}
        for name, messages in error.error_dict.items():
            self.add_error(name if name in self.fields else None, messages)
        return self

    def summary(self) -> list[tuple[str, str, str]]:
        """Every error as (id of the field to go to, label, message), in the form's order."""
        order = [name for name in self.fields if name in self.errors]
        rows: list[tuple[str, Any, Any]] = [
            (NON_FIELD_ERRORS, "", message) for message in self.non_field_errors()
        ]
        rows += [
            (name, self.fields[name].label or "", m) for name in order for m in self.errors[name]
        ]
        return [(self.anchor(name), str(label), str(message)) for name, label, message in rows]

    def anchor(self, name: str) -> str:
        if name not in self.fields:
            return ""
        bound = self[name]
        # Radio buttons and ticks have no element with the field's own id: go to the first.
        return bound.id_for_label or f"{bound.auto_id}_0"
