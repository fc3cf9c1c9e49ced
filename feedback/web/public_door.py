"""The short way of the public pages, before sessions, sign-in and their cookies come into it.

A public page knows nobody, so there is nothing to look up and nothing to forge; and most of
the time that Django spends on a small page is spent on finding that out.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import translation
from django.utils.module_loading import import_string

from feedback.responses.receive import AWAY
from feedback.web import errors, urls
from feedback.web.prepared_headers import Headers, headers_of, put

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]


def public_door(get_response: Handler) -> Handler:
    """Answer public pages here; all others go on inwards."""
    public = URLResolver(RegexPattern(r"^/"), urls.public)
    found = lru_cache(maxsize=512)(public.resolve)
    answered = safely(answer)
    whole = dressed(answered)
    learned.cache_clear()  # the settings may be others than when it was learned

    def handler(request: HttpRequest) -> HttpResponse:
        try:
            request.resolver_match = found(request.path_info)
        except Resolver404:
            return get_response(request)
        if translation.get_language() != settings.LANGUAGE_CODE:  # still a staff page's
            translation.activate(settings.LANGUAGE_CODE)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return with_length(whole(request))
        response = answered(request)
        policy = response.headers.get("Content-Security-Policy", "")
        put(response, learned(request.is_secure(), policy))
        return with_length(response)

    return handler


def dressed(inner: Handler) -> Handler:
    """With the security headers of the middleware that stands around all other pages."""
    for name in reversed(settings.DRESSED_BY):
        inner = safely(import_string(name)(inner))
    return inner


def safely(inner: Handler) -> Handler:
    """With a page for whatever it raises, as Django has it around each middleware."""
    handler: Handler = convert_exception_to_response(inner)  # type: ignore[assignment]
    return handler


@lru_cache(maxsize=256)  # there is one for each way that a survey looks
def learned(secure: bool, policy: str) -> Headers:
    """What that middleware puts on a page with this policy ("" for none of its own).

    It would put the same on every page, and take longer for it than the page does.
    """
    environ: dict[str, object] = {"wsgi.url_scheme": "https" if secure else "http"}
    setup_testing_defaults(environ)  # all else that a request has
    request = WSGIRequest(environ)
    own = {"Content-Security-Policy": policy} if policy else {}
    return headers_of(dressed(lambda _request: HttpResponse(headers=own))(request))


def answer(request: HttpRequest) -> HttpResponse:
    """What the view says; and what is said where it cannot, as the database is away."""
    match = request.resolver_match
    assert match is not None
    try:
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except AWAY:
        logger.exception("the database is away")
        sent = request.method == "POST"
        return errors.form_given_back(request) if sent else errors.database_away(request)
    return response


def with_length(response: HttpResponse) -> HttpResponse:
    """Without it the server would send the page in chunks."""
    if response.status_code != 304:  # which would tell the length of a page it does not send
        length = str(len(response.content))
        put(response, [("content-length", ("Content-Length", length))])
    return response
