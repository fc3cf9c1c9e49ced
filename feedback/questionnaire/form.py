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
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from feedback.question_types.base import Answers, Item, Posted
from feedback.questionnaire.answers import as_far_as_readable
from feedback.questionnaire.definition import Page, Questionnaire
from feedback.questionnaire.expressions import Tree
from feedback.questionnaire.logic import logic_of
from feedback.questionnaire.recall import keys_in, marked, words_for
from feedback.questionnaire.relevance import in_words


class Rendered(LayoutObject):
    """Layout inside a template of ours, which gets it as ``inside``, escaped by crispy."""

    template: str

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        inside = self.get_rendered_fields(  # type: ignore[no-untyped-call]
            form, context, template_pack, **kwargs
        )
        return render_to_string(self.template, {**self.context(form), "inside": inside})

    def context(self, form: "AnswerForm") -> dict[str, Any]:
        raise NotImplementedError


class Block(Rendered):
    """One item: in words when it is asked, and where scripts find it."""

    template = "public/parts/item.html"

    def __init__(self, item: Item, questionnaire: Questionnaire, *, lent: str) -> None:
        self.item, self.fields, self.lent = item, [item.layout(), *item.ways()], lent
        self.asked = worded(questionnaire.conditions.get(item.key), questionnaire)
        self.needed = worded(questionnaire.demands.get(item.key), questionnaire)

    def context(self, form: "AnswerForm") -> dict[str, Any]:
        told = {"asked": self.asked, "needed": self.needed}
        return {"item": self.item, "lent": self.lent, **told}


class Section(Rendered):
    """One page of the questionnaire under its heading."""

    template = "public/parts/section.html"

    def __init__(self, page: Page, questionnaire: Questionnaire, *, number: int) -> None:
        self.page, self.number, self.pages = page, number, len(questionnaire.pages)
        self.lent = questionnaire.lent
        self.fields = [
            Block(item, questionnaire, lent=self.lent.get(f"pages.{number - 1}.items.{at}", ""))
            for at, item in enumerate(page.items)
        ]

    def context(self, form: "AnswerForm") -> dict[str, Any]:
        return {
            "title": form.recalled(self.page.title),
            "introduction": form.recalled(self.page.introduction),
            "title_lent": self.lent.get(f"pages.{self.number - 1}.title", ""),
            "introduction_lent": self.lent.get(f"pages.{self.number - 1}.introduction", ""),
            "number": self.number,
            "pages": self.pages,
        }


def worded(tree: Tree | None, questionnaire: Questionnaire) -> str:
    return in_words(tree, questionnaire.operands) if tree else ""


class AnswerForm(forms.Form):
    """The whole questionnaire in the active language, blank or as someone sent it.

    Args:
        turn: which of the orders in which shuffled options are dealt out.
    """

    def __init__(
        self, questionnaire: Questionnaire, posted: Posted | None = None, *, turn: int = 0
    ) -> None:
        super().__init__(posted)
        self.questionnaire = questionnaire
        self.known: Answers = {}
        if posted is not None and recalls(questionnaire):
            self.known = as_far_as_readable(questionnaire, posted)
        for item in questionnaire.items:
            own = item.fields()
            if order := item.orders(turn):
                item.arranged(own, order)
            self.fields.update(own | item.ways())
            self.tell_offers(item)
        for field in self.fields.values():
            # Crispy's templates print help unescaped; here it is somebody's text.
            field.help_text = self.recalled(str(field.help_text))
            if keys_in(str(field.label or "")):
                field.label = self.recalled(str(field.label))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        pages = enumerate(questionnaire.pages, 1)
        self.helper.layout = Layout(*(Section(page, questionnaire, number=n) for n, page in pages))

    def recalled(self, text: str) -> SafeString:
        """An author's text as HTML, with the earlier answers that it recalls."""
        if not keys_in(text):
            return escape(text)
        return marked(text, words_for(self.questionnaire.operands, self.known))

    def tell_offers(self, item: Item) -> None:
        """Say beside each option that is not offered to all when it is; scripts hide it."""
        for code, tree in self.questionnaire.offers.get(item.key, {}).items():
            words = _("(only if %(condition)s)") % {"condition": worded(tree, self.questionnaire)}
            own = self.fields.get(f"{item.key}__{code}")
            options = own or self.fields[item.key]
            if own is not None:
                own.label = told(str(own.label), words)
            elif not isinstance(options.widget, forms.Select):
                field: Any = options
                field.choices = [
                    (value, told(text, words) if str(value) == code else text)
                    for value, text in field.choices
                ]

    @property
    def logic(self) -> str:
        """What scripts need to ask, offer and demand as the server does."""
        found = logic_of(self.questionnaire)
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""

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


def told(text: Any, words: str) -> Any:
    """An option's text with the words beside it; one with a picture shows them itself."""
    if hasattr(text, "image"):
        text.condition = words
        return text
    return format_html('{} <small class="condition">{}</small>', text, words)


def recalls(questionnaire: Questionnaire) -> bool:
    """Whether any of its texts recalls an answer."""
    return "{{" in json.dumps(questionnaire.plain())
