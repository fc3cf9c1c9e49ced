"""The coding screen, for tests: what it shows, what is sent from it, what then counts."""

from typing import Any

from django.test import Client

from feedback.models import Code, Coded, Response
from feedback.open_text.questions import digest_of
from tests.pages import Page

PAGE = "/staff/town/text/wish/"
CODING = f"{PAGE}coding/"


def save(desk: Client, row: Response, *codes: Code, **more: str) -> Any:
    seen = digest_of(row.answers["wish"]).hex()
    fields = {"response": row.pk, "seen": seen, "code": [code.number for code in codes]}
    return desk.post(f"{CODING}save/", fields | more, follow=True)


def shown(page: Page) -> int:
    """The number of the response that is to be coded."""
    hidden = (given for tag, given in page.tags if tag == "input")
    return next(int(given["value"]) for given in hidden if given.get("name") == "response")


def counting(row: Response) -> set[str]:
    rows = Coded.objects.filter(response=row, read__counts=True)
    return set(rows.values_list("code__name", flat=True))
