"""For items whose markup no stock field gives: a template of their own in the form."""

from collections.abc import Callable, Mapping
from typing import Any

from crispy_forms.layout import LayoutObject
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from feedback.question_types.base import Item


class Templated(LayoutObject):
    """An item in the markup of ``question_types/<type>.html``.

    Args:
        more: gives, for the form that is shown, what the template needs besides the item.
    """

    def __init__(
        self, item: Item, more: Callable[[Any], Mapping[str, Any]] = lambda form: {}
    ) -> None:
        self.item, self.more = item, more
        self.fields: list[str] = []  # crispy looks for them

    def render(self, form: Any, context: Any, template_pack: Any = "", **kwargs: Any) -> SafeString:
        template = f"question_types/{self.item.type}.html"
        texts = {"text": form.recalled(self.item.text), "help": form.recalled(self.item.help)}
        return render_to_string(template, {"item": self.item, **texts, **self.more(form)})
