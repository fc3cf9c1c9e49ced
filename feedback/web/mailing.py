"""Pages that are of use only where letters can be sent."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase

from feedback.responses import letters

View = Callable[..., HttpResponseBase]


def only_with_mail(view: View) -> View:
    """Else one would wait for a letter that nobody sends."""

    @wraps(view)
    def handler(request: HttpRequest, *args: str, **rest: str) -> HttpResponseBase:
        if not letters.can_be_sent():
            raise Http404
        return view(request, *args, **rest)

    return handler
