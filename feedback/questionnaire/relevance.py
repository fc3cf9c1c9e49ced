"""When an item is asked: conditions checked against the items they speak of, and in words.

A condition may ask only for items that come earlier, so no two can wait for each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from feedback.question_types.base import Item, Kind
from feedback.question_types.columns import Message
from feedback.question_types.numbers import number_in_words
from feedback.questionnaire.expressions import (
    COMPARISONS,
    SUMS,
    BadExpression,
    Tree,
    keys_in,
    parse,
)

ORDERED = {Kind.NUMBER, Kind.DAY, Kind.TIME}
Items = Mapping[str, Item]


def condition_of(page_if: str, item_if: str) -> Tree | None:
    """The condition of an item on its page, each perhaps without one."""
    trees = [parse(text) for text in (page_if, item_if) if text]
    return trees[0] if len(trees) == 1 else ["and", *trees] if trees else None


def check_condition(text: str, earlier: Items, every: Items) -> None:
    """See that a condition means something where it stands.

    Args:
        earlier: what comes before it, by the names that conditions use.
        every: all that the questionnaire has, by the same names.

    Raises:
        BadExpression: it asks for an item that is unknown or comes later, or compares
            what cannot be compared; the message says which, and what to do.
    """
    if check_operands(text, earlier, every) is not Kind.TRUTH:
        raise BadExpression("gives no yes or no; compare it with something")


def check_operands(text: str, earlier: Items, every: Items) -> Kind:
    """What an expression gives where it stands. Raises: BadExpression, as above."""
    tree = parse(text)
    for key in keys_in(tree):
        if key in every and not every[key].asks:
            raise BadExpression(f"asks for '{key}', which asks nothing itself")
        if key not in earlier and key in every:
            raise BadExpression(f"asks for '{key}', which comes later; move that item up")
        if key not in earlier:
            raise BadExpression(f"asks for '{key}', which is no item; check its spelling")
    return kind_of(tree, earlier)


def kind_of(tree: Tree, items: Items) -> Kind:
    """What a tree gives.

    Raises:
        BadExpression: it puts together what does not go together.
    """
    match tree:
        case ["item", key]:
            return items[key].kind
        case ["value", constant]:
            return kind_of_constant(constant)
        case ["answered", _key]:
            return Kind.TRUTH
        case ["count", key]:
            if items[key].kind is not Kind.CODES:
                raise BadExpression(f"counts '{key}', which is one answer; use answered({key})")
            return Kind.NUMBER
        case ["and" | "or" | "not", *parts]:
            for part in parts:
                if kind_of(part, items) is not Kind.TRUTH:
                    raise BadExpression("joins with and, or, not something that is no yes or no")
            return Kind.TRUTH
        case [operation, *parts]:
            return kind_of_combined(operation, parts, items)
    raise AssertionError(f"no tree: {tree!r}")


def kind_of_constant(constant: Any) -> Kind:
    if isinstance(constant, bool):
        return Kind.TRUTH
    return Kind.NUMBER if isinstance(constant, float) else Kind.TEXT


def kind_of_combined(operation: str, parts: Sequence[Tree], items: Items) -> Kind:
    kinds = [kind_of(part, items) for part in parts]
    if operation in SUMS:
        if set(kinds) != {Kind.NUMBER}:
            raise BadExpression(f"puts a {operation} between what are not both numbers")
        return Kind.NUMBER
    if operation == "includes":
        if kinds[0] not in (Kind.CODES, Kind.CODE):
            raise BadExpression("uses includes with what has no options; use = instead")
        check_constant(parts[0], parts[1], items)
        return Kind.TRUTH
    if Kind.CODES in kinds:
        raise BadExpression("compares several answers at once; use includes, or count()")
    for part, kind in zip(parts[1:], kinds[1:], strict=True):
        comparable(operation, (parts[0], kinds[0]), (part, kind), items)
    return Kind.TRUTH


def comparable(
    operation: str, left: tuple[Tree, Kind], right: tuple[Tree, Kind], items: Items
) -> None:
    """Refuse a comparison of two trees that can never hold or never make sense."""
    kinds = {left[1], right[1]}
    constant = next((side[0] for side in (left, right) if side[0][0] == "value"), None)
    item = next((side for side in (left, right) if side[0][0] == "item"), None)
    if Kind.TEXT in kinds and constant and item and item[1] is not Kind.NUMBER:
        if item[1] is Kind.TRUTH:
            raise BadExpression(f"compares '{item[0][1]}' with words; use true or false")
        check_constant(item[0], constant, items)
        kinds = {item[1]}
    if len(kinds) > 1:
        raise BadExpression(f"compares a {left[1]} with a {right[1]}")
    if operation in COMPARISONS and operation not in ("=", "!=") and not kinds <= ORDERED:
        raise BadExpression(f"uses {operation} with a {next(iter(kinds))}; use = or !=")


def check_constant(item: Tree, constant: Tree, items: Items) -> None:
    """Words that are compared with an item must be something it can hold."""
    asked, words = items[item[1]], constant[1]
    options = asked.filters()
    if asked.kind in (Kind.CODE, Kind.CODES) and words not in options:
        some = ", ".join(list(options)[:8])
        raise BadExpression(f"asks whether '{asked.key}' is {words!r}; it can be {some}")
    try:
        if asked.kind is Kind.DAY:
            date.fromisoformat(words)
        if asked.kind is Kind.TIME and words != f"{time.fromisoformat(words):%H:%M}":
            raise ValueError(words)
    except ValueError as error:
        shape = "2026-05-31" if asked.kind is Kind.DAY else "14:05"
        raise BadExpression(f"compares '{asked.key}' with {words!r}; write it {shape}") from error


# -- in words ----------------------------------------------------------------------------


def in_words(tree: Tree, items: Items) -> str:
    """A condition as a person reads it who must judge by eye whether a question is theirs."""
    match tree:
        case ["and", *parts]:
            return _(" and ").join(bracketed(part, items) for part in parts)
        case ["or", *parts]:
            return _(" or ").join(bracketed(part, items) for part in parts)
        case ["not", part]:
            return _("not: %(condition)s") % {"condition": bracketed(part, items)}
        case ["answered", key]:
            return _("you answered “%(question)s”") % {"question": items[key].text}
        case ["item", key] if items[key].kind is Kind.TRUTH:
            return _("you said yes to “%(question)s”") % {"question": items[key].text}
        case ["in", asked, *values]:
            options = _(" or ").join(worded(value, items, asked) for value in values)
            return SENTENCES["="] % {"left": worded(asked, items), "right": options}
        case [operation, left, right]:
            sides = {"left": worded(left, items, right), "right": worded(right, items, left)}
            return SENTENCES[operation] % sides
    return worded(tree, items)


# Filled in where they are read, as the language is chosen by then.
class Sentences(dict[str, str]):
    def __missing__(self, operation: str) -> str:
        return {
            "=": _("%(left)s is %(right)s"),
            "!=": _("%(left)s is not %(right)s"),
            "<": _("%(left)s is less than %(right)s"),
            "<=": _("%(left)s is at most %(right)s"),
            ">": _("%(left)s is more than %(right)s"),
            ">=": _("%(left)s is at least %(right)s"),
            "includes": _("your answers to %(left)s include %(right)s"),
        }[operation]


SENTENCES = Sentences()


def bracketed(tree: Tree, items: Items) -> str:
    words = in_words(tree, items)
    return f"({words})" if tree[0] in ("and", "or") else words


def worded(tree: Tree, items: Items, beside: Tree | None = None) -> str:
    """An operand: a question in quotes, an option by its text, a number plainly."""
    match tree:
        case ["item", key]:
            return quoted(items[key].text)
        case ["count", key]:
            return _("the number of your answers to “%(question)s”") % {"question": items[key].text}
        case ["value", bool() as truth]:
            return _("yes") if truth else _("no")
        case ["value", float() as number]:
            return number_in_words(number)
        case ["value", words]:
            options: Mapping[str, Message] = {}
            if beside and beside[0] == "item":
                options = items[beside[1]].filters()
            return quoted(str(options.get(words, words)))
        case [sign, left, right]:
            return f"{worded(left, items)} {sign} {worded(right, items)}"
    raise AssertionError(f"no tree: {tree!r}")


def quoted(words: str) -> str:
    return _("“%(words)s”") % {"words": words}


Place: TypeAlias = tuple[str | int, ...]


def unmet(pages: Sequence[Any], rules: Sequence[Any]) -> Iterator[tuple[Place, str]]:
    """Each condition that means nothing, with its place: see ``definition.check``."""
    every: dict[str, Item] = {}
    for item in (item for page in pages for item in page.items):
        every |= {item.key: item, **item.operands()}
    known: dict[str, Item] = {}
    for p, page in enumerate(pages):
        yield from told(("pages", p, "show_if"), page.show_if, known, every)
        for i, item in enumerate(page.items):
            yield from unmet_in(item, ("pages", p, "items", i), known, every)
            known |= item.operands()
    for r, rule in enumerate(rules):
        yield from told(("rules", r, "holds"), rule.holds, known, every)
        if rule.at not in {item.key for page in pages for item in page.items}:
            yield ("rules", r, "at"), f"'{rule.at}' is no item; check its spelling"


def unmet_in(item: Item, place: Place, earlier: Items, every: Items) -> Iterator[tuple[Place, str]]:
    yield from told((*place, "show_if"), item.show_if, earlier, every)
    yield from told((*place, "required_if"), item.required_if, earlier, every)
    for code, condition in item.offered_if().items():
        for where, message in told(place, condition, earlier, every):
            yield where, f"option {code!r}: {message}"
    try:
        if item.formula and check_operands(item.formula, earlier, every) is not item.kind:
            yield place, f"the formula gives no {item.kind}; see `gives`"
    except BadExpression as error:
        yield place, f"the formula {error}"


def told(place: Place, text: str, earlier: Items, every: Items) -> Iterator[tuple[Place, str]]:
    try:
        if text:
            check_condition(text, earlier, every)
    except BadExpression as error:
        yield place, f"the condition {error}"
