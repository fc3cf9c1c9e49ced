"""What limits of signing in are counted by: keys that tell nothing, and networks.

Counts live in Redis, shared by all processes. Where it is away nobody can sign in anew, as
nothing would then be counted; whoever is signed in goes on (``middleware.limits_door``).
"""

import hmac
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from feedback.responses.networks import network_of
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
