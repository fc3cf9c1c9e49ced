"""After a corpus: does the server still live, and is what it hands out sound?"""

import csv
import io
from collections.abc import Iterator

from feedback.models import Change, Response
from feedback.questionnaire.codebook import FORMULA_STARTS, unguarded
from feedback.refresh import refresh
from tests.hostile.scene import Scene
from tests.hostile.sending import Answer, send
from tests.web.sent import FormPage

WORDS = (
    "=1+1", "+1", "@SUM(A1)", "-5", "\t=1", "<script>alert(1)</script>", "<b>bold</b>", "&amp;",
    "\" x='y'", "</bdi></dd><h1>out",
)  # fmt: skip


def get(port: int, path: str, *lines: str) -> Answer:
    head = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "Connection: close", "", ""]
    return send(port, "\r\n".join(head).encode())


def aftermath(scene: Scene, port: int) -> Iterator[str]:
    """What is wrong once all were sent: every sentence is a fault."""
    scene.renew()
    for path in ("/healthz", "/readyz", "/", f"/s/{scene.town.slug}/"):
        if (status := get(port, path).status) != 200:
            yield f"{path} answers {status}"
    refresh()
    if waiting := Change.objects.count():
        yield f"{waiting} changes are left in the outbox"
    yield from of_receipts(scene, port)
    yield from of_file(scene, port)


def of_file(scene: Scene, port: int) -> Iterator[str]:
    """The CSV: as many rows as are stored, each text as it was typed, none a formula."""
    cookie = scene.fill(b"Cookie: {session-name}=")[0].decode() + scene.session
    answer = get(port, f"/staff/{scene.town.slug}/export.csv", cookie)
    if answer.status != 200:
        yield f"the CSV answers {answer.status}"
        return
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline=""), strict=True))
    stored = dict(Response.objects.filter(survey=scene.town).values_list("pk", "answers"))
    if len(rows) != len(stored):
        yield f"the CSV has {len(rows)} rows of {len(stored)}"
    for row in rows:
        wish = stored[int(row["response"])]["wish"]
        if row["wish"][:1] in FORMULA_STARTS.replace("'", "") and row["wish"]:
            yield f"a formula in the CSV: {row['wish'][:20]!r}"
        elif unguarded(row["wish"]) != wish:
            yield f"altered in the CSV: {row['wish'][:20]!r}"


def of_receipts(scene: Scene, port: int) -> Iterator[str]:
    """What was typed is on the receipt word for word, and never as markup."""
    for words in WORDS:
        code = scene.store(words)
        page = FormPage(get(port, f"/r/{code}/").body)
        if words not in page.answers:
            yield f"not on its receipt: {words!r}"
