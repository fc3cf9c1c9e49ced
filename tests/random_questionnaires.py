"""Random questionnaires and answers, for what must hold of all of them."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from feedback.questionnaire.definition import Questionnaire

CODES = ("a", "b", "c", "other")
TYPES = ("single_choice", "multiple_choice", "number", "yes_no", "short_text", "rating", "date")
NUMBERS = ("number", "rating", "computed")
WORDS = ("x", "Rex", "ä", "10")
DAYS = ("2026-05-31", "2024-02-29", "1999-12-31")


def a_questionnaire(chance: Random, *, items: int = 8) -> Questionnaire:
    """Items of any type, most of them asked, offered or needed only under conditions."""
    made: list[dict[str, Any]] = []
    for number in range(items):
        made.append(an_item(chance, f"q{number}", made))
    cut = chance.randint(1, items - 1)
    pages = [{"items": made[:cut]}, {"items": made[cut:]}]
    if chance.random() < 0.5:
        pages[1]["show_if"] = a_condition(chance, made[:cut])
    return Questionnaire.parse({"slug": "random", "title": "R", "pages": pages})


def an_item(chance: Random, key: str, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    numbers = [item["key"] for item in earlier if item["type"] in NUMBERS]
    item: dict[str, Any] = {"key": key, "type": chance.choice(TYPES), "text": f"Question {key}?"}
    if item["type"] == "number":
        item["places"] = 1
    if item["type"].endswith("_choice"):
        item["choices"] = [an_option(chance, code, earlier) for code in CODES[:3]]
        item["other"] = chance.choice(["", "Another"])
    if numbers and chance.random() < 0.1:
        formula = f"{chance.choice(numbers)} {chance.choice('+-*/')} {chance.choice(numbers)}"
        return {"key": key, "type": "computed", "text": "Sum", "value": formula}
    for name, likely in (("show_if", 0.5), ("required_if", 0.2)):
        if earlier and chance.random() < likely:
            item[name] = a_condition(chance, earlier)
    if chance.random() < 0.2:
        item["decline"] = ["refused"]
    return item


def an_option(chance: Random, code: str, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    option = {"code": code, "text": f"Option {code}"}
    if earlier and chance.random() < 0.3:
        option["show_if"] = a_condition(chance, earlier)
    return option


def a_condition(chance: Random, items: list[dict[str, Any]], depth: int = 2) -> str:
    if depth and chance.random() < 0.4:
        left, right = (a_condition(chance, items, depth - 1) for _ in range(2))
        return f"({left} {chance.choice(['and', 'or'])} {right})"
    if depth and chance.random() < 0.2:
        return f"not ({a_condition(chance, items, depth - 1)})"
    return about(chance, chance.choice(items))


def about(chance: Random, item: Mapping[str, Any]) -> str:
    key = item["key"]
    if chance.random() < 0.2:
        return f"answered({key})"
    sign = chance.choice(["=", "!=", "<", "<=", ">", ">="])
    match item["type"]:
        case "single_choice":
            codes = [option["code"] for option in item["choices"]]
            return chance.choice([
                f'{key} = "{chance.choice(codes)}"',
                f'{key} in ("{codes[0]}", "{codes[1]}")',
                f'{key} includes "{chance.choice(codes)}"',
            ])  # fmt: skip
        case "multiple_choice":
            return chance.choice([f'{key} includes "a"', f"count({key}) {sign} 2"])
        case "number" | "rating" | "computed":
            return f"{key} {sign} {chance.choice(['2', '2.5', '3'])}"
        case "yes_no":
            return chance.choice([key, f"{key} = false"])
        case "date":
            return f'{key} {sign} "{chance.choice(DAYS)}"'
        case "short_text":
            return f'{key} {chance.choice(["=", "!="])} "{chance.choice(WORDS)}"'
    return f"answered({key})"


def typed_into(chance: Random, questionnaire: Questionnaire) -> dict[str, list[str]]:
    """What somebody typed into every field, also into those that were then not asked."""
    return dict(typed(chance, questionnaire))


def typed(chance: Random, questionnaire: Questionnaire) -> Iterator[tuple[str, list[str]]]:
    for item in questionnaire.items:
        names = list(item.checks)
        if item.decline and chance.random() < 0.15:
            yield item.declined_part, ["refused"]
            continue
        if not names or chance.random() < 0.2:
            continue
        codes = list(item.codes())
        match item.type:
            case "single_choice":
                code = chance.choice(codes)
                yield item.key, [code]
            case "multiple_choice":
                yield item.key, [code for code in codes if chance.random() < 0.5]
            case "number":
                yield item.key, [chance.choice(["2", "2.5", "2,5", "3", "-1"])]
            case "rating":
                yield item.key, [str(chance.randint(1, 5))]
            case "yes_no":
                yield item.key, [chance.choice(["yes", "no"])]
            case "date":
                yield item.key, [chance.choice(DAYS)]
            case _:
                yield item.key, [chance.choice(WORDS)]
