"""A draft as YAML that people read and change: each guess is explained beside it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from feedback.authoring.drafting.draft import Draft
from feedback.authoring.drafting.ideas import wording
from feedback.authoring.drafting.trial import mapped

ON_A_PAGE = 15  # questions
# What YAML takes for a line end or does not print stands escaped in its double quotes.
ODD = re.compile("[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def quoted(text: str) -> str:
    plain = json.dumps(text, ensure_ascii=False)
    return ODD.sub(lambda sign: f"\\u{ord(sign[0]):04x}", plain)


def comment(text: str) -> str:
    return "# " + " ".join(ODD.sub(" ", text).split())


def scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    simple = re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([_.-][A-Za-z0-9]+)*", str(value))
    word = str(value).casefold() in ("null", "true", "false", "yes", "no", "on", "off")
    return str(value) if simple and not word else quoted(str(value))


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    return scalar(value)


def written(draft: Draft, *, slug: str, title: str, language: str = "en") -> str:
    """The questionnaire, ready for ``load_survey``."""
    return "\n".join([*head(draft, slug, title, language), *pages(draft), *mapping(draft), ""])


def head(draft: Draft, slug: str, title: str, language: str) -> Iterator[str]:
    read = {"tool": draft.layout.tool, "shape": draft.shape, "n": draft.rows}
    yield comment(_("Drafted from an export of %(tool)s (%(shape)s), %(n)d responses.") % read)
    yield comment(_("Nothing is required. Beside each question stands why it was guessed so;"))
    yield comment(_("change what is wrong. Then publish it, and take in the rows:"))
    yield comment("manage.py load_survey THIS.yaml --publish")
    yield comment(f"manage.py import_responses {slug} FILE")
    if nothing := [*draft.blank, *draft.not_shown]:
        told = _("Cells of just %(texts)s are read as no answer: see imported_from.")
        yield comment(told % {"texts": ", ".join(nothing)})
    for name, one in draft.own.items():
        told = _("Column “%(header)s” is %(name)s of the response. %(why)s")
        of_it = {"header": short(one.heading.header), "name": name, "why": one.why}
        yield comment(told % of_it)
    for heading, reason in draft.left_out:
        told = _("Column “%(header)s” is left out: %(reason)s.")
        yield comment(told % {"header": short(heading.header), "reason": reason})
    yield f"slug: {quoted(slug)}"
    yield f"language: {quoted(language)}"
    yield f"title: {quoted(wording(title))}"


def short(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= 70 else f"{told[:69]}…"


def pages(draft: Draft) -> Iterator[str]:
    yield "pages:"
    count = 0
    for question in draft.questions:
        for number, item in enumerate(question.idea.items):
            if count % ON_A_PAGE == 0:
                yield "  - items:"
            count += 1
            if not number:
                yield f"      {comment(question.idea.why)}"
            yield from item_lines(item)


def item_lines(item: dict[str, Any]) -> Iterator[str]:
    start = "      - "
    for name, value in item.items():
        if isinstance(value, list):
            yield f"{start}{name}:"
            yield from (f"          - {flow(part)}" for part in value)
        else:
            yield f"{start}{name}: {scalar(value)}"
        start = "        "


def mapping(draft: Draft) -> Iterator[str]:
    """What each column of the file is, in the order of the file."""
    yield comment(_("What the file’s columns are, for imports; respondents never see it."))
    yield "imported_from:"
    for name, value in draft.around.items():
        yield f"  {name}: {flow(value)}"
    yield "  columns:"
    by_place = {place: q.idea for q in draft.questions for place in q.idea.columns}
    own = {one.heading.place: one.column for one in draft.own.values()}
    for heading in draft.layout.headings:
        if heading.place in by_place:
            yield f"    - {flow(mapped(heading, by_place[heading.place]))}"
        else:
            nth = {"nth": heading.nth} if heading.nth > 1 else {}
            column = own.get(heading.place, {"ignored": True})
            yield f"    - {flow({'header': heading.header, **nth, **column})}"
