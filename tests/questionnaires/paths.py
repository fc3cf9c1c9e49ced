"""The paths through a questionnaire in Markdown, followed from heading to heading.

Made to disagree with the reader: it knows nothing of items or conditions, only where
somebody stands, which option they choose, and where the document sends them from there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Line: TypeAlias = int
# Which option, by its number, was chosen at the question of which line; None for none.
Choices: TypeAlias = Mapping[Line, int | None]


@dataclass
class Stop:
    """A heading, with what one may choose there."""

    line: Line
    heading: str
    may_be_blank: bool = False
    options: list[str] = field(default_factory=list)
    ways: list[Line | None] = field(default_factory=list)  # beside the options
    leaves_for: Line | None = None

    @property
    def asks(self) -> bool:
        return self.heading.startswith("### ")

    @property
    def decides(self) -> bool:
        return any(self.ways)


@dataclass(frozen=True)
class Path:
    """What was chosen where it matters, and the lines of all questions that were asked."""

    chosen: Choices
    asked: tuple[Line, ...]


def stops(text: str, mended: Mapping[Line, Line]) -> list[Stop]:
    lines = list(enumerate(text.splitlines(), 1))
    lines_of = {slug(content): line for line, content in reversed(lines) if is_heading(content)}
    found: list[Stop] = []
    for line, content in lines:
        if is_heading(content):
            found.append(Stop(line, content.strip()))
        elif content.startswith("Type:"):
            found[-1].may_be_blank = "(optional)" in content
        elif content.startswith("- ") and found:
            option, _mark, link = content[2:].partition(" [`NEXT`](#")
            found[-1].options.append(option)
            to = mended.get(line) or lines_of[link.rstrip(")")] if link else None
            found[-1].ways.append(to)
        elif "Skip to `" in content:
            found[-1].leaves_for = lines_of[slug(content.split("`")[1])]
    return found


def is_heading(line: str) -> bool:
    return line.startswith(("## ", "### "))


def slug(heading: str) -> str:
    words = heading.lstrip("#").strip().lower()
    return "".join(c for c in words if c.isalnum() or c in " -_").replace(" ", "-")


def paths(text: str, mended: Mapping[Line, Line], *, each_option: bool = True) -> Iterator[Path]:
    """Every path there is.

    Args:
        each_option: False for one option only of those that lead to the same place, and
            for nobody who leaves a question blank.
    """
    every = stops(text, mended)
    yield from onward(every, 0, {}, (), each_option=each_option)


def onward(
    every: Sequence[Stop],
    at: int,
    chosen: dict[Line, int | None],
    asked: tuple[Line, ...],
    *,
    each_option: bool,
) -> Iterator[Path]:
    """The paths on from a stop, for whoever came there so."""
    while at < len(every):
        stop = every[at]
        if not stop.asks or not meant_for(stop, every, chosen, asked):
            at += 1
            continue
        asked = (*asked, stop.line)
        if stop.decides:
            for option in choosable(stop, each_option=each_option):
                way = None if option is None else stop.ways[option]
                then = after(every, at, way)
                yield from onward(
                    every, then, {**chosen, stop.line: option}, asked, each_option=each_option
                )
            return
        at = after(every, at, stop.leaves_for)
    yield Path(chosen, asked)


def after(every: Sequence[Stop], at: int, way: Line | None) -> int:
    if way is None:
        return at + 1
    return next(number for number, stop in enumerate(every) if stop.line == way)


def choosable(stop: Stop, *, each_option: bool) -> list[int | None]:
    everything = [*range(len(stop.options)), *([None] if stop.may_be_blank else [])]
    if each_option:
        return everything
    return list({way: option for option, way in reversed([*enumerate(stop.ways)])}.values())


def meant_for(stop: Stop, every: Sequence[Stop], chosen: Choices, asked: Sequence[Line]) -> bool:
    """Whether the question's own words speak to whoever comes here."""
    speaks_to = re.match(r'### As you selected "(.+?)"', stop.heading)
    if not speaks_to:
        return True
    last = next(each for each in every if each.line == asked[-1])
    option = chosen[last.line]
    return option is not None and last.options[option] == speaks_to[1]


def covering(found: Sequence[Path]) -> list[Path]:
    """A few of the paths on which every choice of any of them is made once at least."""
    left = {choice for path in found for choice in path.chosen.items()}
    few: list[Path] = []
    while left:
        few.append(max(found, key=lambda path: len(left & path.chosen.items())))
        left -= few[-1].chosen.items()
    return few
