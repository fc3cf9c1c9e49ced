"""The page of an open question, and what is done on it, as somebody who is signed in."""

from typing import Any

from django.urls import reverse

from tests import build


def page(person: Any, query: str = "", key: str = "wish") -> str:
    answer = build.signed_in(person).get(reverse("text_item", args=["town", key]) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def act(person: Any, **fields: Any) -> int:
    address = reverse("text_act", args=["town", "wish"])
    return build.signed_in(person).post(address, fields).status_code
