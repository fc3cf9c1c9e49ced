"""The handler between the web server and Django: Django's own, with one door of ours."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection

from feedback.web.prepared_headers import store
from feedback.web.ready_made import BEFORE


class Handler(WSGIHandler):
    """Around a form that was sent no signals are given.

    Before and after each request they have Django look through all connections and caches for
    what is to be closed. A form that was sent uses one connection; that one is looked
    at, once, and a tenth of a submission's time is saved.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """The pieces of the answer, as WSGI has it."""
        if not sends_a_form(environ):
            return super().__call__(environ, start_response)
        response: Any = self.get_response(WSGIRequest(environ))
        connection.close_if_unusable_or_obsolete()
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, [*store(response).values()])  # public pages set no cookies
        return [response.content]


def sends_a_form(environ: dict[str, Any]) -> bool:
    """Whether it goes to a public form of a site that stands at the root of its host."""
    posted = environ["REQUEST_METHOD"] == "POST" and not environ.get("SCRIPT_NAME")
    return bool(posted and environ.get("PATH_INFO", "").startswith(BEFORE))
