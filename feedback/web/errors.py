"""Pages for what went wrong; they need no session and no database."""

import sys

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import QueryCanceled

from feedback.responses.receive import AWAY
from feedback.web.bodies import BadBody, form_of
from feedback.web.languages import readers_own
from feedback.web.pages import page

NOT_STORED = gettext_lazy(
    "We could not store your answers just now. Everything you typed is still here: "
    "wait a few seconds, then send it again. It will count once."
)
MOST_FIELDS = 10_000  # of a form whose questionnaire cannot be looked up


def message(
    *, status: int, title: str, text: str, back: str = "", staff: bool = False
) -> HttpResponse:
    """A public page with one message."""
    context = {"title": title, "text": text, "back": back, "staff": staff}
    return page("public/message.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    with readers_own(request):
        return message(
            status=404,
            title=_("This page does not exist"),
            text=_("Check the address. If somebody gave you the link, ask them for it again."),
            staff=request.path_info.startswith(reverse("surveys")),
        )


def server_error(request: HttpRequest) -> HttpResponse:
    """For what nobody caught, which is what a database that went away is to staff pages."""
    error = sys.exc_info()[1]
    if isinstance(error, AWAY):
        cancelled = isinstance(error.__cause__, QueryCanceled)
        return too_long(request) if cancelled else database_away(request)
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
    """For whatever needs what cannot be had now."""
    with readers_own(request):
        response = message(
            status=503,
            title=_("We will be back in a moment"),
            text=_("The database does not answer just now. Try again in a few seconds."),
        )
    response.headers["Retry-After"] = "5"
    return response


def form_given_back(request: HttpRequest) -> HttpResponse:
    """A public form that was sent to a process that cannot even look up what it asks.

    Its fields have just their names, then, and can be changed and sent again all the same.
    """
    with readers_own(request):
        try:
            posted, _damaged = form_of(request, most_fields=MOST_FIELDS)
        except BadBody:
            return database_away(request)
        fields = [(name, value) for name, values in posted.lists() for value in values]
        context = {
            "hidden": [field for field in fields if of_the_page(*field)],
            "typed": [field for field in fields if not of_the_page(*field)],
            "text": NOT_STORED,
        }
        response = page("public/given_back.html", context, status=503)
    response.headers["Retry-After"] = "5"
    return response


def of_the_page(name: str, value: str) -> bool:
    """Whether nobody typed it: what pages say of themselves, and what was left empty."""
    return name == "ticket" or name.startswith("_") or not value


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
