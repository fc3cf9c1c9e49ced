"""What requests pass: security headers, and what pages of the staff need."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from redis.exceptions import RedisError

from feedback.web import limits, pages
from feedback.web.languages import first_of, wishes_of

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

# Django's own middleware adds nosniff, the frame, referrer and opener policies, and HSTS.
HEADERS = {
    "Content-Security-Policy": pages.STRICT,
    # Nothing of ours asks for any of these, so nothing that gets into a page can.
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
        "idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
    # What signed-in people see stays in no cache; public pages say otherwise themselves.
    "Cache-Control": "no-store",
}


def security_headers(get_response: Handler) -> Handler:
    """Put the strict headers on whatever did not set its own."""

    def handler(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if pages.FRAMED in response.headers["Content-Security-Policy"]:
            # Told to Django's own middleware, which stands further out.
            response.xframe_options_exempt = True
        return response

    return handler


def nonces(get_response: Handler) -> Handler:
    """Let a page of the staff run and be styled by what carries the nonce of this one answer.

    Templates read it as ``request.csp_nonce``. Those of Django's admin carry none, so our
    own files are allowed there, and still nothing that is written into a page.
    """

    def handler(request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(18)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = get_response(request)
        found = request.resolver_match
        policy = pages.STRICT if found and found.app_name == "admin" else pages.policy_with(nonce)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return handler


def limits_door(get_response: Handler) -> Handler:
    """Where limits cannot be counted, what they guard waits; all else goes on."""

    def handler(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedisError):
            return None
        logger.warning("limits cannot be counted: %s", type(exception).__name__)
        return limits.away(request)

    handler.process_exception = process_exception  # type: ignore[attr-defined]
    return handler


def staff_language(get_response: Handler) -> Handler:
    """A language of the browser that has the words of staff pages, else English.

    Django's own middleware would take any language of the forms, and lay English words
    out from right to left.
    """

    def handler(request: HttpRequest) -> HttpResponse:
        language = first_of(wishes_of(request), settings.STAFF_LANGUAGES)
        translation.activate(language)
        response = get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return handler
