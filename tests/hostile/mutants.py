"""The web program with one guard taken out, to see that the corpus misses it.

``granian … tests.hostile.mutants:application`` with the name of a mutant in MUTANT. Nothing of
this is in the product: guards are replaced here, around its application.
"""

import base64
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import uuid4


def length_of_a_body() -> None:
    from feedback.web import bodies

    bodies.whole_body = lambda request: request.read()


def strict_utf_8() -> None:
    from feedback.web import bodies

    def decoded(raw: bytes) -> tuple[str, bool]:
        plain = bodies.unquote_to_bytes(raw.replace(b"+", b" "))
        return plain.decode(errors="replace"), True

    bodies.decoded = decoded


def number_of_fields() -> None:
    from feedback.web import attempts, bodies

    def form_of(request: Any, *, most_fields: int) -> Any:
        return bodies.form_of(request, most_fields=10**9)

    attempts.form_of = form_of


def signature_of_a_ticket() -> None:
    from feedback.responses import tickets

    tickets.hmac = SimpleNamespace(digest=hmac.digest, compare_digest=lambda a, b: True)


def survey_of_a_ticket() -> None:
    from feedback.responses import tickets

    strict = tickets.read

    def read(text: str, *, survey: int) -> Any:
        try:
            raw = base64.urlsafe_b64decode(text)
            own = tickets.BODY.unpack(raw[: tickets.BODY.size])[0]
        except ValueError as error:
            raise tickets.BadTicket("it is no ticket") from error
        return strict(text, survey=own)

    tickets.read = read


def one_response_of_a_ticket() -> None:
    from feedback.responses import receive

    store = receive.store

    def anew(ticket: Any, cleaned: Any, **rest: Any) -> bool:
        return bool(store(replace(ticket, nonce=uuid4()), cleaned, **rest))

    receive.store = anew


def known_hosts() -> None:
    from django.http import HttpRequest

    HttpRequest.get_host = HttpRequest._get_raw_host


def forged_posts() -> None:
    from django.middleware.csrf import CsrfViewMiddleware

    CsrfViewMiddleware._reject = lambda *_args, **_rest: None


def formulas() -> None:
    from feedback.exports import cells

    cells.guarded_in_sql = lambda text: text


def escaped_words() -> None:
    from django.template import base, defaultfilters
    from django.utils.safestring import mark_safe

    for module, name in ((base, "conditional_escape"), (defaultfilters, "escape")):
        setattr(module, name, lambda value: mark_safe(str(value)))


MUTANTS: Mapping[str, Callable[[], None]] = {
    mutant.__name__: mutant
    for mutant in (
        length_of_a_body, strict_utf_8, number_of_fields, signature_of_a_ticket,
        survey_of_a_ticket, one_response_of_a_ticket, known_hosts, forged_posts, formulas,
        escaped_words,
    )
}  # fmt: skip


def application(environ: Any, start_response: Any) -> Any:
    """The shipped application; the first request finds it without the guard named by MUTANT."""
    return shipped()(environ, start_response)


@cache
def shipped() -> Any:
    """Loaded late: tests that only read the names above have no folder of static files yet."""
    from survey_site.wsgi import application as all_guards

    # After that: what is taken out here can be imported only once Django is set up.
    if "MUTANT" in os.environ:
        MUTANTS[os.environ["MUTANT"]]()
    return all_guards
