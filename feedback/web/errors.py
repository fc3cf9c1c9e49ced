"""Pages for what went wrong; they need no session and no database."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

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


def gone(*, title: str, text: str, back: str) -> HttpResponse:
    """For what was here and is no longer."""
    return message(status=410, title=title, text=text, back=back)
