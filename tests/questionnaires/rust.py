"""Reads the questionnaires of a programming language's community, written in Markdown.

::

    ## A page
    ### A question?
    Whatever stands here helps.
    Type: select one (optional)
    - An option
    - Another, and where it leads [`NEXT`](#the-heading-to-go-on-at)
    - Other (open response)
    > **SURVEY FLOW**
    >
    > Skip to `### The heading to go on at`

A grid has two lists, its rows and its choices. What is not understood is an error that
names its line: a question lost without a word would be a test that proves nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django_countries import countries

from tests.questionnaires.rust_conditions import BadDocument, Condition, conditions, written

TYPES = {
    "select one": "single_choice",
    "select all that apply": "multiple_choice",
    "free form": "long_text",
    "matrix": "grid",
}
LISTS = {"single_choice": 1, "multiple_choice": 1, "long_text": 0, "grid": 2}
TYPE = re.compile(rf"Type: ({'|'.join(TYPES)})( \(optional\))?")
LINK = re.compile(r" \[`NEXT`\]\(#([^)]+)\)$")
TYPED_IN = re.compile(r" ?\((?:open response|please specify)\)$")
SKIP = re.compile(r"Skip to `(#+ .+)`")
VERSIONS = re.compile(
    r"(.+), and then every version from 1\.(\d+) to 1\.(\d+) in descending order, "
    r'and "(.+)"'
)
COUNTRIES = "List of countries"


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a heading, a list, a quotation or a paragraph."""

    line: int
    kind: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(line.strip() for line in self.lines)


@dataclass(frozen=True)
class Option:
    line: int
    text: str
    code: str
    link: str = ""
    typed_in: bool = False


@dataclass
class Question:
    """One question, with what decides where one goes on after it."""

    line: int
    text: str
    key: str
    help: list[str] = field(default_factory=list)
    type: str = ""
    required: bool = True
    lists: list[list[Option]] = field(default_factory=list)
    skip: str = ""
    skip_line: int = 0
    goes: dict[str, int] = field(default_factory=dict)  # code: number of a question
    skips_to: int | None = None

    @property
    def codes(self) -> list[str]:
        return [option.code for option in self.lists[0]] if self.type == "single_choice" else []


@dataclass
class Page:
    line: int
    title: str
    introduction: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def read(text: str, *, slug: str, mended: Mapping[int, int] | None = None) -> dict[str, Any]:
    """A questionnaire's definition.

    Args:
        mended: for the line of a link that leads nowhere, the line of the heading meant.

    Raises:
        BadDocument: something is not understood, or cannot be; the message says where.
    """
    title, introduction, pages = outline(blocks(text))
    questions = [question for page in pages for question in page.questions]
    find_ways(pages, questions, mended or {})
    when = conditions(questions)
    definition: dict[str, Any] = {"slug": slug, "title": title, "pages": []}
    definition |= {"introduction": "\n\n".join(introduction)} if introduction else {}
    for page in pages:
        first = questions.index(page.questions[0])
        of_page = shared(when[first : first + len(page.questions)], before=first)
        made: dict[str, Any] = {"title": page.title, "items": []}
        made |= {"introduction": "\n\n".join(page.introduction)} if page.introduction else {}
        made |= {"show_if": written(of_page, questions, when)} if of_page else {}
        for number, question in enumerate(page.questions, first):
            own = {source: a for source, a in when[number].items() if source not in of_page}
            show_if = written(own, questions, when)
            made["items"].append(item(question) | ({"show_if": show_if} if show_if else {}))
        definition["pages"].append(made)
    return definition


def shared(of_items: list[Condition], *, before: int) -> Condition:
    """What all the items of a page wait for, decided on an earlier page."""
    first, *others = of_items
    return {
        source: allowed
        for source, allowed in first.items()
        if source < before and all(other.get(source) == allowed for other in others)
    }


# -- from lines to questions -------------------------------------------------------------


def blocks(text: str) -> Iterator[Block]:
    block: list[str] = []
    kind, began = "", 0
    for line, content in enumerate([*text.splitlines(), ""], 1):
        found = kind_of(content)
        if block and (found != kind or kind == "heading"):
            yield Block(began, kind, tuple(block))
            block = []
        if found:
            began = began if block else line
            block, kind = [*block, content], found


def kind_of(line: str) -> str:
    if not line.strip():
        return ""
    signs = {"#": "heading", ">": "quotation", "-": "list"}
    return signs.get(line[0], "paragraph")


def outline(found: Iterable[Block]) -> tuple[str, list[str], list[Page]]:
    """The title, the introduction, and the pages with their questions."""
    title, introduction = "", list[str]()
    pages: list[Page] = []
    keys: set[str] = set()
    for block in found:
        signs, _space, words = block.text.partition(" ")
        page = pages[-1] if pages else None
        question = page.questions[-1] if page and page.questions else None
        if block.kind == "heading" and signs == "#" and not title:
            title = plain(words)
        elif block.kind == "heading" and signs == "##" and title:
            pages.append(Page(block.line, plain(words)))
        elif block.kind == "heading" and signs == "###" and page:
            key = name_for(words, taken=keys)
            page.questions.append(Question(block.line, plain(words), key))
        elif question:
            add(block, question)
        elif block.kind == "paragraph" and title:
            (page.introduction if page else introduction).append(plain(block.text))
        else:
            raise BadDocument(block.line, f"a {block.kind} is not expected here")
    for page in pages:
        see_that_it_is_whole(page)
    return title, introduction, pages


def add(block: Block, question: Question) -> None:
    """Take one block into the question it stands under."""
    if block.kind == "quotation":
        quoted(block, question)
    elif block.kind == "paragraph" and not question.type and block.text.startswith("Type:"):
        match = TYPE.fullmatch(block.text)
        if not match:
            raise BadDocument(block.line, f"there is no such type: {block.text!r}")
        question.type, question.required = TYPES[match[1]], not match[2]
    elif block.kind == "paragraph" and not question.type:
        question.help.append(plain(block.text))
    elif block.kind == "list" and question.type:
        question.lists.append(options(block))
    elif block.kind == "paragraph" and VERSIONS.fullmatch(block.text):
        question.lists.append(options(Block(block.line, "list", (f"- {block.text}",))))
    elif block.kind != "paragraph" or not re.fullmatch(r"[A-Z][A-Za-z ]+:", block.text):
        raise BadDocument(block.line, f"a {block.kind} is not expected here")


def quoted(block: Block, question: Question) -> None:
    """A justification, which is for those who wrote the survey, or where to go on."""
    lines = [line.removeprefix(">").strip() for line in block.lines]
    if lines[0] == "**justification**":
        return
    wanted = SKIP.fullmatch(" ".join(filter(None, lines[1:])))
    if lines[0] != "**SURVEY FLOW**" or not wanted or question.skip:
        raise BadDocument(block.line, "neither a justification nor one place to skip to")
    question.skip, question.skip_line = wanted[1], block.line


def options(block: Block) -> list[Option]:
    found: list[Option] = []
    taken: set[str] = set()
    for line, content in enumerate(block.lines, block.line):
        link = LINK.search(content)
        written_as = LINK.sub("", content.removeprefix("- "))
        if "NEXT" in written_as:
            raise BadDocument(line, "a NEXT that is no link to a heading")
        if TYPED_IN.search(written_as) and line < block.line + len(block.lines) - 1:
            raise BadDocument(line, "an option to type in is not the last")
        for text, code in expanded(written_as):
            typed_in = bool(TYPED_IN.search(text))
            name = "other" if typed_in else name_for(code, taken=taken)
            anchor = link[1] if link else ""
            found.append(Option(line, plain(TYPED_IN.sub("", text)), name, anchor, typed_in))
    return found


def expanded(text: str) -> Iterator[tuple[str, str]]:
    """The texts that one line stands for, with what to make their codes of."""
    if text == COUNTRIES:
        yield from ((name, code) for code, name in countries)
    elif match := VERSIONS.fullmatch(text):
        newest, oldest = int(match[2]), int(match[3])
        between = [f"1.{minor}" for minor in range(newest, oldest - 1, -1)]
        yield from ((each, each) for each in [*match[1].split(", "), *between, match[4]])
    else:
        yield text, text


def see_that_it_is_whole(page: Page) -> None:
    if not page.questions:
        raise BadDocument(page.line, "a page without a question")
    for question in page.questions:
        if not question.type:
            raise BadDocument(question.line, "a question without a type")
        if len(question.lists) != LISTS[question.type]:
            count = f"{len(question.lists)} lists of options"
            raise BadDocument(question.line, f"a {question.type} with {count}")
        linked = [o for options in question.lists for o in options if o.link]
        if linked and question.type != "single_choice":
            raise BadDocument(linked[0].line, f"a NEXT in a {question.type}")


# -- where one goes on -------------------------------------------------------------------


def find_ways(pages: list[Page], questions: list[Question], mended: Mapping[int, int]) -> None:
    """Turn links and skips into the numbers of the questions they lead to."""
    numbers = {question.line: number for number, question in enumerate(questions)}
    numbers |= {page.line: numbers[page.questions[0].line] for page in pages}
    anchors: dict[str, int] = {}
    headings: dict[str, int] = {}
    for signs, place in [*(("##", p) for p in pages), *(("###", q) for q in questions)]:
        words = place.title if isinstance(place, Page) else place.text
        anchors.setdefault(anchor_of(words), numbers[place.line])
        headings.setdefault(f"{signs} {words}", numbers[place.line])

    def way(line: int, name: str, places: Mapping[str, int], *, after: int) -> int:
        target = numbers.get(mended[line]) if line in mended else places.get(name)
        if target is None:
            raise BadDocument(line, f"leads to {name!r}, and there is no such heading")
        if target <= after:
            raise BadDocument(line, f"leads back to {name!r}")
        return target

    for number, question in enumerate(questions):
        for option in question.lists[0] if question.lists else []:
            if option.link:
                target = way(option.line, option.link, anchors, after=number)
                question.goes[option.code] = target
        if question.skip:
            line = question.skip_line
            question.skips_to = way(line, plain(question.skip), headings, after=number)


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# -- from a question to an item ----------------------------------------------------------


def item(question: Question) -> dict[str, Any]:
    made: dict[str, Any] = {"key": question.key, "type": question.type, "text": question.text}
    made |= {"help": "\n\n".join(question.help)} if question.help else {}
    made |= {"required": True} if question.required else {}
    if question.type == "grid":
        rows, choices = question.lists
        return made | {"rows": coded(rows), "choices": coded(choices)}
    if question.lists:
        made["choices"] = coded(o for o in question.lists[0] if not o.typed_in)
        last = question.lists[0][-1]
        made |= {"other": last.text} if last.typed_in else {}
    return made


def coded(options: Iterable[Option]) -> list[dict[str, str]]:
    return [{"code": option.code, "text": option.text} for option in options]


def name_for(words: str, *, taken: set[str]) -> str:
    """A key or code made of the first words, with a number where it is taken."""
    name = "_".join(re.findall(r"[a-z0-9]+", plain(words).lower()))
    if len(name) > 36:
        name = name[:37].rpartition("_")[0]
    several = [name, *(f"{name}_{number}" for number in range(2, 100))]
    found = next(each for each in several if each not in taken)
    taken.add(found)
    return found


def plain(markdown: str) -> str:
    """Without marks of links and emphasis, which the product's texts do not have."""
    text = re.sub(r"\[((?:[^\]]|\](?!\())+)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"<(https?://[^>]+)>", r"\1", text)
    return re.sub(r"(\*{1,2})(?=\S)(.+?)(?<=\S)\1", r"\2", text).strip()
