"""The small language of conditions, such as when an item is shown.

::

    visits = "often" and stars >= 3
    uses includes "walk" or not answered(wish)
    country in ("DE", "AT", "CH")
    children + adults > 4

Names are item keys, and ``<key>__<row>`` for a row of a grid; words, and days such as
"2026-05-31", are in double quotes. What was not answered is missing: a comparison with
something missing never holds, not even ``!=``, and a sum with it is missing too. So
``not (visits = "often")`` holds for whoever left it blank, and ``visits != "often"`` does
not. ``count`` of a choice left blank is 0.

An expression is parsed here, once, to a tree of plain JSON, which this module and
``static/js/expressions.js`` evaluate alike: the server is the truth, the browser a
courtesy. A test over thousands of random trees holds the two together.
"""

import json
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedInput

from feedback.question_types.base import JSON

Tree: TypeAlias = list[Any]  # [operation, argument, …]; most arguments are trees
Values: TypeAlias = Mapping[str, JSON]  # answers by key; what is absent or None is missing

LONGEST = 2_000  # characters
DEEPEST = 40
GRAMMAR = r"""
    ?start: either
    ?either: both ("or" both)*
    ?both: negated ("and" negated)*
    ?negated: "not" negated          -> denial
        | compared
    ?compared: sum
        | sum COMPARISON sum         -> comparison
        | sum "in" "(" constant ("," constant)* ")" -> membership
        | sum "includes" constant    -> includes
    ?sum: product ((PLUS | MINUS) product)*
    ?product: atom ((TIMES | OVER) atom)*
    ?atom: constant
        | FUNCTION "(" NAME ")"      -> call
        | NAME                       -> item
        | "(" either ")"
    ?constant: MINUS? NUMBER         -> number
        | WORDS                      -> words
        | TRUTH                      -> truth
    COMPARISON: "<=" | ">=" | "!=" | "=" | "<" | ">"
    PLUS: "+"
    MINUS: "-"
    TIMES: "*"
    OVER: "/"
    TRUTH.3: /(true|false)(?![a-z0-9_])/
    FUNCTION.2: /(answered|count)(?=\s*\()/
    NAME: KEY ROW?
    KEY: /(?!(and|or|not|in|includes)(?![a-z0-9_]))[a-z](_?[a-z0-9])*/
    ROW: /__[A-Za-z0-9](_?[A-Za-z0-9])*/
    NUMBER: /[0-9]{1,15}(\.[0-9]{1,6})?/
    WORDS: /"[^"\\]*"/
    %ignore /[ \t\r\n]+/
"""


class BadExpression(Exception):
    """An expression that means nothing; the message says where and what to do."""


class Builder(Transformer[Token, Tree]):
    """From lark's tree to ours."""

    def either(self, parts: list[Tree]) -> Tree:
        return ["or", *parts]

    def both(self, parts: list[Tree]) -> Tree:
        return ["and", *parts]

    def denial(self, parts: list[Tree]) -> Tree:
        return ["not", *parts]

    def comparison(self, parts: list[Any]) -> Tree:
        left, sign, right = parts
        return [str(sign), left, right]

    def membership(self, parts: list[Tree]) -> Tree:
        return ["in", *parts]

    def includes(self, parts: list[Tree]) -> Tree:
        return ["includes", *parts]

    def sum(self, parts: list[Any]) -> Tree:
        """From the left: a - b + c is (a - b) + c."""
        tree = parts[0]
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            tree = [str(sign), tree, part]
        return list(tree)

    product = sum

    def call(self, parts: list[Token]) -> Tree:
        return [str(parts[0]), str(parts[1])]

    def item(self, parts: list[Token]) -> Tree:
        return ["item", str(parts[0])]

    def number(self, parts: list[Token]) -> Tree:
        value = float(parts[-1])
        return ["value", -value if len(parts) > 1 else value]

    def words(self, parts: list[Token]) -> Tree:
        return ["value", str(parts[0])[1:-1]]

    def truth(self, parts: list[Token]) -> Tree:
        return ["value", parts[0] == "true"]


grammar = Lark(GRAMMAR, parser="lalr")


@lru_cache(maxsize=4_096)
def parse(text: str) -> Tree:
    """The tree of an expression. Do not change it: it is kept.

    Raises:
        BadExpression: it is too long, or is none; the message points at the place.
    """
    if len(text) > LONGEST:
        raise BadExpression(f"has {len(text):,} characters; at most {LONGEST:,} are possible")
    try:
        tree: Tree = Builder().transform(grammar.parse(text))
    except UnexpectedInput as error:
        where = place_of(error, text)
        raise BadExpression(f"is no condition {where}; see docs/conditions.md") from error
    if depth(tree) > DEEPEST:
        raise BadExpression(f"is nested more than {DEEPEST} deep; split it up")
    return tree


def place_of(error: UnexpectedInput, text: str) -> str:
    """Where an expression goes wrong, for somebody who counts characters."""
    if getattr(getattr(error, "token", None), "type", "") == "$END":
        return "at the end"
    rest = text[max(error.column - 1, 0) :][:20]
    return f"at character {error.column}, before {rest!r}"


def depth(tree: Tree) -> int:
    """How many operations stand inside one another."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [part for tree in level for part in tree[1:] if isinstance(part, list)]
    return deepest


def keys_in(tree: Tree) -> Iterator[str]:
    """The keys of the items that an expression asks for."""
    match tree:
        case ["item" | "answered" | "count", str(key)]:
            yield key
        case ["value", _]:
            return
        case [_, *parts]:
            for part in parts:
                yield from keys_in(part)


# -- evaluating --------------------------------------------------------------------------

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SUMS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def holds(tree: Tree, values: Values) -> bool:
    """Whether a condition holds; what is missing does not."""
    return evaluate(tree, values) is True


def evaluate(tree: Tree, values: Values) -> Any:
    """The value of a tree: a number as float, words, a truth, a list; None if missing."""
    match tree:
        case ["value", constant]:
            return constant
        case ["item", key]:
            return known(values.get(key))
        case ["answered", key]:
            return known(values.get(key)) is not None
        case ["count", key]:
            found = values.get(key)
            return float(len(found)) if isinstance(found, list) else 0.0
        case ["and", *parts]:
            return all(holds(part, values) for part in parts)
        case ["or", *parts]:
            return any(holds(part, values) for part in parts)
        case ["not", part]:
            return not holds(part, values)
        case [operation, *parts]:
            return combined(operation, [evaluate(part, values) for part in parts])
    raise AssertionError(f"no tree: {tree!r}")


def known(answer: JSON) -> Any:
    """A stored answer as a value: numbers as floats, as a browser has no others."""
    if answer is None or isinstance(answer, dict):
        return None
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return float(answer)
    return answer


def combined(operation: str, parts: list[Any]) -> Any:
    if operation in SUMS:
        return summed(operation, *parts)
    if any(part is None for part in parts):
        return False
    if operation == "in":
        return parts[0] in parts[1:]
    if operation == "includes":
        codes = parts[0] if isinstance(parts[0], list) else [parts[0]]
        return parts[1] in codes
    return COMPARISONS[operation](*parts)


def summed(operation: str, left: float | None, right: float | None) -> float | None:
    """A sum of what is known; None for what no number stands for, such as 1 / 0."""
    if left is None or right is None or (operation == "/" and right == 0):
        return None
    result = SUMS[operation](left, right)
    return result if math.isfinite(result) else None


def as_json(tree: Tree) -> str:
    """The tree for the browser."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
