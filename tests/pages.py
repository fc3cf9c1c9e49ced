"""Pages as a browser sees them: parsed, so that tests ask what is there, not how it is written."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}


@dataclass
class Page(HTMLParser):
    """A page's tags with their attributes in order, its text, and its links."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def read(cls, content: bytes) -> "Page":
        page = cls()
        page.feed(content.decode())
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tags with the names of their attributes: what no answer may change."""
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]

    def links(self, pattern: str) -> list[str]:
        """The addresses of links that match, in order."""
        found = [attributes.get("href", "") for tag, attributes in self.tags if tag == "a"]
        return [address for address in found if re.search(pattern, address)]

    def rel(self, name: str) -> str:
        """The address of the link with this ``rel``, or "" if there is none."""
        return next((a["href"] for t, a in self.tags if t == "a" and a.get("rel") == name), "")


def csrf_token(content: bytes) -> str:
    """The token in the forms of a page."""
    tags = Page.read(content).tags
    return next(a["value"] for _tag, a in tags if a.get("name") == "csrfmiddlewaretoken")
