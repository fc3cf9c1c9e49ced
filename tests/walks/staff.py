"""Somebody of the staff, signed in in a browser."""

from typing import Any

from django.conf import settings

from tests import build
from tests.walks.visitor import Visitor


def signed_in(visitor: Visitor, person: Any) -> Visitor:
    """The visitor as this person, whose session was begun elsewhere."""
    session = build.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.site}
    visitor.context.add_cookies([cookie])  # type: ignore[list-item]
    return visitor
