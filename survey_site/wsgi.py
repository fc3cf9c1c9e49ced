"""What the web server loads: ``granian --interface wsgi survey_site.wsgi:application``."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "survey_site.settings")

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, but for requests whose charset is no encoding of text.

    Django looks such a codec up (base64, say) and then fails to decode the address with
    it, before any code that could answer with a page.
    """
    _kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    try:
        "".encode(parameters.get("charset") or "utf-8")
    except LookupError:
        start_response("415 Unsupported Media Type", [("Content-Type", "text/plain")])
        return [b"The charset of the request is not known. Send it as UTF-8."]
    return django(environ, start_response)
