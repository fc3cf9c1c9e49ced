"""What the web server loads: ``granian --interface wsgi survey_site.wsgi:application``."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.http import parse_header_parameters

from survey_site.environment import DATA_DIR, beyond_loopback, optional
from survey_site.guards import refuse_what_loses_data

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "survey_site.settings")
os.environ.setdefault("ROLE", "web")


def counting_folder() -> str:
    """Where this server's processes count for /metrics, each in files of its own.

    Raises:
        ImproperlyConfigured: it cannot be made.
    """
    folder = Path(optional("METRICS_DIR", str(DATA_DIR / "metrics")))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(f"{problem}. Set METRICS_DIR to a folder to write to.") from None
    return str(folder)


# Read by prometheus_client when it is first imported, which Django does below.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = counting_folder()
LONGEST_PATH = 2_000  # characters; ours have some hundred at most
STRICT = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
django.setup(set_prefix=False)
# These need Django to be set up.
from feedback.web.handler import Handler  # noqa: E402
from feedback.web.ready_made import ready_made  # noqa: E402

handler = Handler()

refuse_what_loses_data()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, but for requests that would hurt it before any code that could answer with a page.

    A charset that is no encoding of text (base64, say) it looks up and then fails to decode
    the address with. A path of 60 kB, which the server lets through, costs it ten seconds of
    looking for the page (the patterns of its admin take the square of the length).
    """
    if len(environ.get("PATH_INFO", "")) > LONGEST_PATH:
        return refused(start_response, "414 URI Too Long", "The address is too long. Shorten it.")
    if settings.DEBUG and beyond_loopback([environ.get("REMOTE_ADDR", "")]):
        return refused(start_response, "403 Forbidden", "With DEBUG on, only this machine may ask.")
    if ready := ready_made(environ):
        content, headers = ready
        start_response("200 OK", headers)
        return [content]
    _kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    try:
        "".encode(parameters.get("charset") or "utf-8")
    except LookupError:
        why = "The charset of the request is not known. Send it as UTF-8."
        return refused(start_response, "415 Unsupported Media Type", why)
    answer: Iterable[bytes] = handler(environ, start_response)
    return answer


def refused(start_response: Any, status: str, why: str) -> Iterable[bytes]:
    """A line of text, as strict as our pages."""
    start_response(status, [*STRICT.items()])
    return [why.encode()]
