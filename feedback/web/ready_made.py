"""The blank form, where all about it is known: before Django makes a request of it.

It is the page that a crowd asks for at once. While a survey was found to be open within the
last two seconds, there is nothing to ask anybody; and of the time that the page would take,
Django would need three quarters for things that it then does not use. Whatever is not
ordinary about a request goes the usual way, and gets the same page there.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from feedback.models.survey import Stage
from feedback.responses.in_field import known_of
from feedback.responses.receive import AWAY
from feedback.web.languages import browsers_own
from feedback.web.measuring import new_mark, tell
from feedback.web.prepared import form_bytes
from feedback.web.public_door import learned

BEFORE, AFTER = "/s/", "/"  # the address of a form, about its slug
Environ = Mapping[str, Any]


def ready_made(environ: Environ) -> tuple[bytes, list[tuple[str, str]]] | None:
    """The page and its headers; None for a request that has to go the usual way."""
    path = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
        return None
    if not path.startswith(BEFORE) or not path.endswith(AFTER):
        return None
    begun = time.perf_counter()
    secure = is_secure(environ)
    survey = known_of(path[len(BEFORE) : -len(AFTER)])
    if survey is None or survey.stage is not Stage.OPEN:
        return None
    if settings.SECURE_SSL_REDIRECT and not secure:
        return None
    mark = new_mark()
    wished = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    try:
        language = browsers_own(wished, survey.questionnaire.offered_languages)
        content, own = form_bytes(survey, language, gzip=gzip)
    except AWAY:  # the survey is known, its questions are not yet
        return None
    headers = dict(own)
    for low, pair in learned(secure, headers["content-security-policy"][1]):
        headers.setdefault(low, pair)
    tell("answer", "GET", 200, time.perf_counter() - begun)
    return content, [
        ("Content-Type", "text/html; charset=utf-8"),
        *headers.values(),
        ("Content-Length", str(len(content))),
        ("X-Request-Id", mark),
    ]


def is_secure(environ: Environ) -> bool:
    """As Django tells it, of what no proxy of another kind has had in hand."""
    if told := settings.SECURE_PROXY_SSL_HEADER:
        header, value = told
        return bool(environ.get(header) == value)
    return bool(environ.get("wsgi.url_scheme") == "https")
