"""What of a request is kept beside the answers, before anything else can see it."""

from django.conf import settings
from django.http import HttpRequest

from feedback.question_types.base import Posted
from feedback.responses.in_field import InField
from feedback.responses.networks import device_hash, network_hash
from feedback.responses.screening import DEVICE, HONEYPOT, Arrival

SOURCE_LENGTH = 100


def arrival_of(request: HttpRequest, posted: Posted, survey: InField) -> Arrival:
    """Where a form came from; addresses and identifiers end here, as hashes."""
    once = survey.survey.one_per_device
    return Arrival(
        source=source_of(request),
        network=network_hash(address_of(request), survey=survey.id, salt=survey.salt),
        device=device_hash(posted.get(DEVICE, ""), survey=survey.id) if once else None,
        honeypot=bool(posted.get(HONEYPOT, "").strip()),
        device_class=device_class_of(request.META.get("HTTP_USER_AGENT", "")),
    )


def device_class_of(agent: str) -> str:
    """Phone, tablet or computer, as the browser says by itself; the rest of it is not kept.

    Tablets that ask for the pages of a computer say that they are one.
    """
    if not agent.startswith("Mozilla/"):
        return ""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "computer"


def source_of(request: HttpRequest) -> str:
    if not request.META.get("QUERY_STRING"):  # as with most: nothing to read
        return ""
    return request.GET.get("source", "")[:SOURCE_LENGTH].replace("\0", "")


def address_of(request: HttpRequest) -> str:
    """The address that the outermost proxy we trust saw; without proxies, that of the socket.

    Each proxy appends the address it was called from. What stands further left was sent by
    the caller itself, who may write there what they like.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = [hop for hop in hops if hop.strip()] if settings.TRUSTED_PROXIES else []
    chain: list[str] = [*seen, request.META.get("REMOTE_ADDR", "")]
    return chain[max(0, len(chain) - 1 - settings.TRUSTED_PROXIES)]
