"""The review desk of the town: its addresses, what its list shows, what respondents change."""

from typing import Any

from django.test import Client

from feedback.models import Response, Survey
from feedback.responses.receipts import code_for
from tests import build
from tests.pages import Page
from tests.web.sent import FormPage

LIST = "/staff/town/responses/"


def listed(client: Client, query: str = "") -> list[int]:
    """The numbers of the responses on one page of the list."""
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return numbers_on(Page.read(answer.content))


def numbers_on(page: Page) -> list[int]:
    links = page.links(r"^/staff/town/responses/\d+/")
    return [int(link.split("/")[4]) for link in links]


def at(survey: Survey, pk: int) -> str:
    return f"/staff/{survey.slug}/responses/{pk}/"


def changed(row: Response, **answers: Any) -> None:
    """As its respondent changes it by the receipt."""
    address = f"/r/{code_for(row.nonce)}/edit/"
    client = Client()
    page = FormPage(client.get(address).content)
    body = build.urlencode(page.changed(**answers), doseq=True)
    assert client.post(address, body, content_type=build.FORM).status_code == 303


def of_names(sql: str) -> bool:
    return sql.lstrip().startswith("SELECT id, identity, nonce FROM feedback_response")
