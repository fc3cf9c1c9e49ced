"""Questionnaires written by hand: YAML or JSON, with the line of every problem.

YAML is read by its 1.2 rules: ``no`` is the word and Norway, not false, and a number with
leading zeros stays the text it was typed as. Aliases are refused, as nine lines of them
can stand for a billion items, and so are tags, which choose types we have not asked for.
"""

import json
import math
import re
from typing import Any

import yaml

from feedback.questionnaire.definition import Questionnaire, check
from feedback.questionnaire.problems import Place, Problem

LARGEST = 5_000_000  # characters
DEEPEST = 30  # lists and settings inside one another; a questionnaire needs eight


class Unreadable(Exception):
    """The file cannot be read as YAML or JSON; the message says where."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.problem = Problem((), message, line)
        super().__init__(str(self.problem))


class Yaml12(yaml.SafeLoader):
    """PyYAML's safe loader with the plain words of YAML 1.2: no yes/no, no dates."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - so PyYAML declares it


for tag, pattern, first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^-?(?:0|[1-9][0-9]{0,14})$", "-0123456789"),
    ("float", r"^-?[0-9]{1,15}\.[0-9]{1,15}$", "-0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


class ByHand(yaml.SafeDumper):
    """Texts as somebody would type them: on lines of their own, apostrophes not doubled."""

    def ignore_aliases(self, data: Any) -> bool:
        """What stands twice is written twice, as aliases are refused."""
        return True

    def choose_scalar_style(self) -> str:
        assert isinstance(self.event, yaml.ScalarEvent)
        style = str(super().choose_scalar_style())
        return '"' if style == "'" and "'" in self.event.value else style

    def text(self, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


ByHand.add_representer(str, ByHand.text)


BEGINS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
ENDS = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def written(questionnaire: Questionnaire) -> str:
    """As YAML that `read` reads as the same; notes that its authors made are not stored with it."""
    text: str = yaml.dump(
        questionnaire.definition(),
        Dumper=ByHand,
        allow_unicode=True,
        sort_keys=False,
        width=math.inf,  # a text of an item is one line, which the page breaks where it ends
    )
    return text


def read(text: str) -> tuple[Questionnaire | None, list[Problem]]:
    """A questionnaire from YAML or JSON, or every problem with its line and path."""
    try:
        data, lines = load(text)
    except Unreadable as error:
        return None, [error.problem]
    questionnaire, problems = check(data)
    return questionnaire, with_lines(problems, lines)


def placed(problems: list[Problem], text: str) -> list[Problem]:
    """Problems that were found in a sound document later on, with their lines in it."""
    return with_lines(problems, load(text)[1]) if problems else []


def with_lines(problems: list[Problem], lines: dict[Place, int]) -> list[Problem]:
    return [
        Problem(problem.place, problem.message, line_of(problem.place, lines))
        for problem in problems
    ]


def line_of(place: Place, lines: dict[Place, int]) -> int | None:
    """The line of a place, or of what it is missing from."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


def load(text: str) -> tuple[Any, dict[Place, int]]:
    """The plain data of a document and the line of each of its places.

    Raises:
        Unreadable: it is too large, not YAML or JSON, or uses what the module's text refuses.
    """
    if len(text) > LARGEST:
        raise Unreadable(f"has {len(text):,} characters; at most {LARGEST:,} are read")
    # A tab in JSON is only ever space between its parts; YAML would stumble over it.
    as_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    try:
        loader = Yaml12(text.replace("\t", " ") if as_json else text)
        refuse_what_no_questionnaire_needs(text)
        node = loader.get_single_node()
        if node is None:
            raise Unreadable("is empty")
        lines: dict[Place, int] = {}
        place_lines((), node, lines)
        return (json.loads(text) if as_json else loader.construct_document(node)), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        told = f"{error.problem}. Put a text that holds one of ?:,#&*!|>'%@`[]{{}} in quotes"
        raise Unreadable(told, mark.line + 1 if mark else None) from error
    except json.JSONDecodeError as error:
        raise Unreadable(error.msg, error.lineno) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(f"cannot be read: {error}") from error


def refuse_what_no_questionnaire_needs(text: str) -> None:
    """Aliases, tags and deep nesting, found before anything is built of them."""
    depth = 0
    for token in yaml.scan(text.replace("\t", " "), Loader=Yaml12):
        line = token.start_mark.line + 1
        if isinstance(token, yaml.AliasToken):
            raise Unreadable("aliases (*name) are not read here; write the text out", line)
        if isinstance(token, yaml.TagToken):
            raise Unreadable("tags (!name) are not read here; put text in quotes", line)
        depth += isinstance(token, BEGINS) - isinstance(token, ENDS)
        if depth > DEEPEST:
            raise Unreadable(f"more than {DEEPEST} parts inside one another; take some out", line)


def place_lines(place: Place, node: yaml.Node, lines: dict[Place, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode) and "\0" in node.value:
        message = f"{Problem.path(place)} holds an invisible character (NUL); retype the text"
        raise Unreadable(message, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for i, child in enumerate(node.value):
            place_lines((*place, i), child, lines)
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise Unreadable("a list or settings stand where a name must be", line)
            inner = (*place, key.value)
            if inner in lines:
                raise Unreadable(f"'{key.value}' stands twice", key.start_mark.line + 1)
            lines[inner] = key.start_mark.line + 1
            place_lines(inner, child, lines)
