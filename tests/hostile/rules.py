"""What holds for every answer, whatever was asked."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from survey_site.site import ROOT
from tests.hostile.drafts import Hostile
from tests.hostile.sending import Answer

LIMIT = 2.0  # seconds
# What only the inside of the program knows.
INSIDE = re.compile(
    rb"Traceback \(most recent call|site-packages|psycopg\.|django\.db\.|/pgdata|\bline \d+, in \w"
)
STRICT = ("content-security-policy", "x-content-type-options", "cache-control")
OURS = (*STRICT, "referrer-policy", "cross-origin-opener-policy", "permissions-policy")
# Answers of the server before the program: without a body there is nothing to protect.
BARE = frozenset({400, 408, 413, 414, 417, 431, 501, 505})
KNOWN_HOSTS = ("", "127.0.0.1", "localhost")
LEAST = 20  # letters that an explanation has


def faults(request: Hostile, answer: Answer, *, limit: float = LIMIT) -> Iterator[str]:
    """Each rule that the answer breaks, in a few words."""
    if answer.hung:
        yield "hangs"
    elif answer.seconds > limit:
        yield f"took {answer.seconds:.1f} s"
    if answer.status == 0:
        if request.statuses and 0 not in request.statuses:
            yield "closed without an answer"
        return
    if answer.status >= 500:
        yield f"status {answer.status}"
    elif request.statuses and answer.status not in request.statuses:
        told = ", ".join(map(str, sorted(request.statuses)))
        yield f"status {answer.status}, not {told}"
    if answer.answers > request.answers:
        yield f"{answer.answers} answers to one request"
    yield from of_headers(request, answer)
    yield from of_body(request, answer)


def of_headers(request: Hostile, answer: Answer) -> Iterator[str]:
    names = [name for name, _value in answer.headers]
    if not answer.is_ours:
        bare = answer.status in BARE and not answer.body
        if not bare and not all(name in names for name in STRICT):
            yield "an answer without security headers that nobody measured"
    elif missing := [name for name in OURS if name not in names]:
        yield f"no {missing[0]}"
    elif "x-frame-options" not in names and "frame-ancestors" not in answer.header(
        "content-security-policy"
    ):
        yield "may be framed"
    if "x-injected" in names or any(name.startswith(request.mark.decode()) for name in names):
        yield "a header out of the request"
    if request.mark and request.mark.decode() in answer.header("server"):
        yield "the server tells what was sent"
    to = answer.header("location")
    if (to and (urlsplit(to).hostname or "") not in KNOWN_HOSTS) or to.startswith(("//", "/\\")):
        yield f"leads away: {to[:60]}"
    if "set-cookie" in names and not of_staff(request):
        yield "a cookie on a public page"


def of_staff(request: Hostile) -> bool:
    """Whatever is no public page of ours for certain may have a session."""
    target = request.raw.split(b" ")[1:2]
    return not (target and target[0].startswith((b"/s/", b"/r/", b"/pictures/", b"/healthz")))


def of_body(request: Hostile, answer: Answer) -> Iterator[str]:
    if INSIDE.search(answer.body) or str(ROOT).encode() in answer.body:
        yield "tells of its inside"
    if answer.status == 405 and not answer.header("allow"):
        yield "405 that does not say what may be done"
    if not (answer.is_html and answer.whole):
        return
    if request.mark and (found := unescaped(request.mark, answer.body)):
        yield f"comes back as markup: {found!r}"
    if 400 <= answer.status < 500 and answer.status != 405 and not request.raw.startswith(b"HEAD "):
        words = re.sub(rb"<style.*?</style>|<[^>]*>|\s+", b" ", answer.body, flags=re.DOTALL)
        if len(words.strip()) < LEAST or (answer.is_ours and b"<h1" not in answer.body):
            yield f"status {answer.status} without a word why"
        if answer.status == 422 and answer.is_ours and not tells_where(answer.body):
            yield "422 that names no field"


def unescaped(mark: bytes, body: bytes) -> bytes:
    """What was sent as markup and came back as such; nothing else."""
    end = rb"<(?:script|/|>)|\"x=|'x|>"
    found = re.search(re.escape(mark) + rb"(?:" + end + rb")", body)
    return found[0] if found else b""


def tells_where(body: bytes) -> bool:
    """A link to a field, or a message beside one or above them all."""
    return bool(
        re.search(rb'href="#|invalid-feedback|role="alert"|alert-|class="errors?|problem', body)
    )
