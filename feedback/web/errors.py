"""Pages for what went wrong; they need no session and no database."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from feedback.web.languages import readers_own
from feedback.web.pages import page


def message(*, status: int, title: str, text: str, back: str = "") -> HttpResponse:
    """A public page with one message."""
    context = {"title": title, "text": text, "back": back}
    return page("public/message.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    with readers_own(request):
        return message(
            status=404,
            title=_("This page does not exist"),
            text=_("Check the address. If somebody gave you the link, ask them for it again."),
        )


def server_error(request: HttpRequest) -> HttpResponse:
    """For what nobody caught, which is what a database that went away is to staff pages."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        return too_long(request)
    if isinstance(error, OperationalError | InterfaceError):
        return database_away(request)
    with readers_own(request):
        return message(
            status=500,
            title=_("Something went wrong here"),
            text=_("The fault is ours and has been noted. Try again in a minute."),
        )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    with readers_own(request):
        return message(
            status=400,
            title=_("This request cannot be read"),
            text=_("Its address or its fields are damaged, or too many. Go back and try again."),
        )


def database_away(request: HttpRequest) -> HttpResponse:
    """For pages that have nothing typed on them to keep."""
    with readers_own(request):
        response = message(
            status=503,
            title=_("We will be back in a moment"),
            text=_("The database does not answer just now. Try again in a few seconds."),
        )
    response.headers["Retry-After"] = "5"
    return response


def too_long(request: HttpRequest) -> HttpResponse:
    """For a question that the database did not answer within the time it is given."""
    with readers_own(request):
        response = message(
            status=503,
            title=_("This took too long"),
            text=_("It was stopped so that others need not wait. Ask for less, or try again."),
        )
    response.headers["Retry-After"] = "30"
    return response


def busy(request: HttpRequest) -> HttpResponse:
    """For who comes while as many requests are worked on as may be at once."""
    with readers_own(request):
        response = message(
            status=503,
            title=_("Many people are working here just now"),
            text=_("Nothing is lost. Go back and try again in a few seconds."),
        )
    response.headers["Retry-After"] = "2"
    return response


def gone(*, title: str, text: str, back: str) -> HttpResponse:
    """For what was here and is no longer."""
    return message(status=410, title=title, text=text, back=back)
