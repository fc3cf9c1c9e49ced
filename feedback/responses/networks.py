"""Networks and devices as keyed hashes of 8 bytes: alike can be told from unlike, no more.

A network is hashed under the salt of the day, which is random, kept in ``DailySalt`` and
deleted once the day (UTC) is over; from then on no address can be tried against a hash.
The survey goes into the hash, so that nobody is followed from one survey to another.
"""

import hmac
import re
import secrets
from datetime import date, timedelta
from functools import cache
from socket import AF_INET, AF_INET6, inet_pton

from django.conf import settings
from django.db.models import Subquery

from feedback.models import DailySalt

BYTES = 8
IPV6_PREFIX = 8  # bytes: a /64 is what one home or one telephone gets
MAPPED = bytes(10) + b"\xff\xff"  # ::ffff:192.0.2.1, an address of IPv4 as one of IPv6
DEVICE = re.compile(r"[0-9a-f]{32}")  # as static/js/device.js makes it up


def renew_salts(today: date) -> None:
    """Have the salts of today and tomorrow, and no other.

    Tomorrow's is there in advance, so that no submission at midnight has to wait for one.
    """
    wanted = (today, today + timedelta(days=1))
    DailySalt.objects.exclude(day__in=wanted).delete()
    if DailySalt.objects.count() < len(wanted):
        new = [DailySalt(day=day, salt=secrets.token_bytes(16)) for day in wanted]
        DailySalt.objects.bulk_create(new, ignore_conflicts=True)


def salt_of(day: date) -> Subquery:
    """The salt as a column, so that whoever asks for a survey has it without a query more."""
    return Subquery(DailySalt.objects.filter(day=day).values("salt")[:1])


def network_hash(address: str, *, survey: int, salt: bytes | None) -> bytes | None:
    """The network an address belongs to; None where either is not known."""
    network = network_of(address)
    if salt is None or network is None:
        return None
    return hmac.digest(salt, survey.to_bytes(8) + network, "sha256")[:BYTES]


def network_of(address: str) -> bytes | None:
    """The whole of an IPv4 address, the /64 of one of IPv6; None for what is no address."""
    bare = without_port(address.strip())
    try:
        if ":" not in bare:
            return inet_pton(AF_INET, bare)
        packed = inet_pton(AF_INET6, bare.partition("%")[0])  # without an interface's zone
    except (OSError, ValueError):
        return None
    return packed[len(MAPPED) :] if packed.startswith(MAPPED) else packed[:IPV6_PREFIX]


def without_port(address: str) -> str:
    """Some proxies write 192.0.2.1:4711 or [2001:db8::1]:4711."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def device_hash(identifier: str, *, survey: int) -> bytes | None:
    """The device that a browser says it is; None for what our script never makes up."""
    if not DEVICE.fullmatch(identifier):
        return None
    named = survey.to_bytes(8) + bytes.fromhex(identifier)
    return hmac.digest(device_key(settings.SECRET_KEY), named, "sha256")[:BYTES]


@cache
def device_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"soundings device", "sha256")
