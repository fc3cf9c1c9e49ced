"""How many requests for staff and programs a process works on at once, so that forms never wait.

A process has a number of threads. Were all of them busy with filters and downloads, nobody
could send a form; so those may take STAFF_AT_ONCE of them, and whoever comes on top is asked
to try again. ROLE says whether a process serves staff at all (decision 11).
"""

from collections.abc import Callable
from threading import Semaphore

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from feedback.web import errors

Handler = Callable[[HttpRequest], HttpResponseBase]


def staff_door(get_response: Handler) -> Handler:
    """Whatever was no public page comes here."""
    if settings.ROLE == "staff":  # nobody else's threads are at stake
        raise MiddlewareNotUsed
    places = Semaphore(settings.STAFF_AT_ONCE)

    def handler(request: HttpRequest) -> HttpResponseBase:
        if settings.ROLE == "public":
            return errors.not_found(request)
        if not places.acquire(blocking=False):
            return errors.busy(request)
        try:
            response = get_response(request)
        except BaseException:
            places.release()
            raise
        if isinstance(response, HttpResponse):
            places.release()
        else:  # a download holds its thread until its last byte
            response._resource_closers.append(places.release)  # type: ignore[attr-defined]
        return response

    return handler
