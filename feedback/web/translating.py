"""Django's tags of translation, where what a page always says is looked up once a language.

A page of the desk says eighty such things, which took as long as its longest query. The
library takes the place of Django's own, so templates load ``i18n`` as ever.
"""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Fixed(Node):
    """A message that nothing of the page goes into."""

    def __init__(self, message: Node) -> None:
        self.message = message
        self.kept: dict[str | None, str] = {}  # by language

    def render(self, context: Context) -> str:
        language = get_language()
        if (words := self.kept.get(language)) is None:
            words = self.kept[language] = str(self.message.render(context))
        return words


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """As Django's, whose messages may stand in variables and go into variables, too."""
    node: Any = i18n.do_translate(parser, token)
    message = node.filter_expression
    fixed = message.var.literal is not None and not message.filters
    if fixed and not (node.asvar or node.noop or node.message_context):
        return Fixed(node)
    return node  # type: ignore[no-any-return]
