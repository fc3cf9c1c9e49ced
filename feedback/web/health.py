"""Is the process up, and is the house in order? For whoever watches the instance."""

from django.db import Error as DatabaseError
from django.http import HttpRequest, JsonResponse

from feedback.models import Change


def alive(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers; ``waiting`` tells how many changes the outbox holds, up to 1,000.

    A full outbox is no reason to send people elsewhere: their answers are safe. It tells
    whoever is on call that no worker empties it.
    """
    try:
        waiting = Change.objects.order_by()[:1000].count()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "away"}, status=503)
    return JsonResponse({"ready": True, "waiting": waiting})
