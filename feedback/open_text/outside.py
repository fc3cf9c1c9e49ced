"""Asking a server that speaks OpenAI's interface: the one way by which texts leave this machine.

For an operator who runs one, such as Ollama, vLLM or llama.cpp, or who pays for one. Nothing is
asked unless a setting names the server and a model.
"""

import json
import urllib.request
from http.client import HTTPException
from typing import Any

from django.conf import settings

from feedback.open_text.embedder import NotAvailable
from feedback.open_text.masking import masked, personal

LONGEST = 2_000  # characters of a text that are sent: models read no further
MOST = 64_000_000  # bytes of an answer: 128 vectors of 4,096 numbers take 12 million


class NoFurther(urllib.request.HTTPRedirectHandler):
    """A server that sends on elsewhere would have the texts, and the key, sent there."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


OPENER = urllib.request.build_opener(NoFurther)


def ask(url: str, path: str, sent: dict[str, Any], *, seconds: float) -> Any:
    """What the server answers.

    Args:
        url: up to and with ``/v1``.
        path: what is asked for: "embeddings".
        seconds: to wait for it.

    Raises:
        NotAvailable: it is away, refuses, or answers no JSON; the message holds nothing of
            what was sent.
    """
    address = f"{url.rstrip('/')}/{path}"
    if not address.startswith(("http://", "https://")):
        raise NotAvailable(f"{url} is not an address of http or https.")
    headers = {"Content-Type": "application/json"}
    if settings.ENDPOINT_KEY:
        headers["Authorization"] = f"Bearer {settings.ENDPOINT_KEY}"
    request = urllib.request.Request(address, json.dumps(sent).encode(), headers)  # noqa: S310 - checked above
    try:
        with OPENER.open(request, timeout=seconds) as answer:
            told = answer.read(MOST + 1)
    except (OSError, HTTPException) as error:  # refused, timed out, cut off, or a status of error
        raise NotAvailable(f"{address} does not answer: {error}.") from error
    if len(told) > MOST:
        raise NotAvailable(f"{address} answers more than {MOST:,} bytes.")
    try:
        return json.loads(told)
    except ValueError as error:
        raise NotAvailable(f"{address} answers something else than JSON.") from error


def sendable(text: str) -> str:
    """A text as it may leave: e-mail addresses, numbers and links that lead to a person covered.

    Account numbers are found in capitals only, and texts that are compared have none.
    """
    shown = masked(text, personal(text))
    capitals = shown.upper()
    if len(capitals) == len(shown):
        shown = masked(shown, personal(capitals))
    return shown[:LONGEST]
