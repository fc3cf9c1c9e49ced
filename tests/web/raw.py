"""Bodies sent to the form of the town as they are, and what became of them."""

from typing import Any

from django.test import Client

from feedback.models import Response
from tests import build
from tests.web.sent import FORM, FormPage


def send(client: Client, body: bytes, address: str = FORM, **environ: Any) -> Any:
    """A body as it is, whatever is in it."""
    given = {"content_type": build.FORM, **environ}
    return client.generic("POST", address, body, **given)


def sound(ticket: str) -> bytes:
    return f"ticket={ticket}&name=Ada&wish=Benches&stars=4&uses=walk".encode()


def text_of(response: Any) -> str:
    return FormPage(response.content).page.text


def nothing_stored() -> bool:
    return not Response.objects.exists()
