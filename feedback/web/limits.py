"""What limits of signing in are counted by, and the pages for who comes up against them.

Counts live in Redis, shared by all processes. Where it is away nobody can sign in anew, as
nothing would then be counted; whoever is signed in goes on (``middleware.limits_door``).
"""

import hmac
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from feedback.responses.networks import network_of
from feedback.web import errors
from feedback.web.arrivals import address_of

UNKNOWN = "unknown"  # all whose address cannot be told share one count


def cache_key(key: str, prefix: str, version: int) -> str:
    """A key of the cache as a keyed hash.

    What is limited by is in it: an address, a name, even a one-time code. Whoever reads
    along in Redis must not find them, nor try them out.
    """
    named = f"{version}:{key}".encode()
    return f"{prefix}:{hmac.digest(secret(settings.SECRET_KEY), named, 'sha256').hex()}"


@cache
def secret(of: str) -> bytes:
    return hmac.digest(of.encode(), b"soundings cache", "sha256")


def network_name(request: HttpRequest) -> str:
    """The network that a request is counted under, as the screening of responses sees it."""
    network = network_of(address_of(request))
    return network.hex() if network else UNKNOWN


def too_many(request: HttpRequest) -> HttpResponse:
    """For who tries to sign in, or to be let in, more often than people do."""
    response = errors.message(
        status=429,
        title=_("Too many attempts"),
        text=_("Wait a minute, then try again. Nothing else is locked meanwhile."),
    )
    response.headers["Retry-After"] = "60"
    return response


def away(request: HttpRequest) -> HttpResponse:
    """For what must be counted while nothing can be: signing in, and confirming who you are."""
    response = errors.message(
        status=503,
        title=_("Signing in has to wait a moment"),
        text=_(
            "Attempts to sign in cannot be counted just now, so none are taken."
            " Try again in a minute. Whoever is signed in already can go on working."
        ),
    )
    response.headers["Retry-After"] = "30"
    return response
