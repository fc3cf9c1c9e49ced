"""What may be told of a request: the name of its route, its method, a mark to find it by.

Logs use this from the first line on, so nothing here needs the rest of the house.
"""

from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

# Stands in each line of a log that a request caused, and in its answer, to be quoted by people.
request_id: ContextVar[str] = ContextVar("request_id", default="")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """The name of what answered. There are as many as routes, whatever people ask for."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def method_of(request: HttpRequest) -> str:
    """One of those there are: a program may send any word as its method."""
    return request.method if request.method in METHODS else "other"
