"""A form page as a browser holds it: what it would send, where its links lead.

And the form of the town, filled in and sent.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from feedback.models import Survey
from feedback.responses import tickets
from tests import build
from tests.pages import Page

CHOSEN = {"radio", "checkbox"}
Queries = Callable[[int], AbstractContextManager[Any]]
FORM = "/s/town/"
ANSWERS: dict[str, Any] = {
    "name": "Ada",
    "visit": "other",
    "visit__other": "On Sundays",
    "uses": ["walk", "rest"],
    "stars": "4",
    "wish": "\nMore <b>benches</b>\r\n& trees",
}
STORED = {
    "name": True,
    "visit": "other",
    "visit__other": "On Sundays",
    "uses": ["walk", "rest"],
    "stars": 4,
    "wish": "\nMore <b>benches</b>\n& trees",
}


class FormPage(HTMLParser):
    """The controls of a page's form with what stands in them."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page.read(content)
        self.fields: dict[str, list[str]] = {}
        self.title = ""
        self.answers: list[str] = []  # what stands in <bdi>, one each
        self._inside = self._select = ""
        self.feed(content.decode())
        self.close()

    @property
    def ids(self) -> set[str]:
        return {attributes["id"] for _tag, attributes in self.page.tags if "id" in attributes}

    @property
    def summary(self) -> list[str]:
        """The ids that the links of the summary of problems lead to."""
        return [address[1:] for address in self.page.links("^#")]

    @property
    def typed(self) -> dict[str, list[str]]:
        """The answers that the form would send, left out what is empty."""
        own = {"ticket"} | {name for name in self.fields if name.startswith("_")}
        return {name: v for name, v in self.fields.items() if name not in own and any(v)}

    def changed(self, **answers: Any) -> Mapping[str, Any]:
        """What the browser sends after somebody changed these answers."""
        return {**self.fields, **answers}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "input" and (a.get("type") not in CHOSEN or "checked" in a):
            self.fields.setdefault(a["name"], []).append(
                a.get("value", "on" if a.get("type") in CHOSEN else "")
            )
        elif tag == "select":
            self._select = a["name"]
        elif tag == "option" and "selected" in a:
            self.fields.setdefault(self._select, []).append(a["value"])
        elif tag == "textarea":
            self.fields.setdefault(a["name"], []).append("")
            self._inside = a["name"]
        elif tag == "title":
            self._inside = tag
        elif tag == "bdi":
            self.answers.append("")
            self._inside = tag
        elif tag == "br" and self._inside == "bdi":
            self.answers[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "title", "bdi"}:
            if tag == "textarea":  # a browser drops the first line end
                texts = self.fields[self._inside]
                texts[-1] = texts[-1].removeprefix("\n")
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "bdi":
            self.answers[-1] += data
        elif self._inside:
            self.fields[self._inside][-1] += data


def form(client: Client) -> FormPage:
    return FormPage(client.get(FORM).content)


def send(client: Client, page: FormPage, **answers: Any) -> Any:
    """Fill the form in and send it, as a browser does."""
    return build.post(client, "town", page.changed(**(answers or ANSWERS)))


def aged(page: FormPage, survey: Survey, *, seconds: int) -> FormPage:
    """The page as it is once it was open for so long."""
    was = tickets.read(page.fields["ticket"][0], survey=survey.pk)
    page.fields["ticket"] = [
        tickets.issue(
            survey=survey.pk, revision=was.revision, nonce=was.nonce, at=was.issued_at - seconds
        )
    ]
    return page
