"""What a request was, told to logs and metrics: its route, its status, how long it took.

Never its address, its words or whose it was. Counting costs some microseconds and asks no
other process; see ``metrics.py`` for who adds it up.
"""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from feedback.web import metrics
from feedback.web.prepared_headers import put
from feedback.web.routes import method_of, request_id, route_of

logger = logging.getLogger("soundings.requests")
Handler = Callable[[HttpRequest], HttpResponse]


def measured(get_response: Handler) -> Handler:
    """Outermost, so that what others refuse is measured as well."""

    def handler(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        mark = new_mark()
        response = get_response(request)
        put(response, [("x-request-id", ("X-Request-Id", mark))])
        seconds = time.perf_counter() - begun
        tell(route_of(request), method_of(request), response.status_code, seconds)
        return response

    return handler


def tell(route: str, method: str, status: int, seconds: float) -> None:
    metrics.count(route, method, status, seconds)
    if logger.isEnabledFor(logging.INFO):
        told = {"route": route, "method": method, "status": status}
        logger.info("request", extra=told | {"ms": round(seconds * 1000, 1)})


def new_mark() -> str:
    """Of one request, which stands in the lines of the log that it causes and in its answer."""
    mark = secrets.token_hex(8)
    request_id.set(mark)
    return mark
