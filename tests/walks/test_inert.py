"""Whatever anybody writes stays text: two hundred payloads in every place, on every page.

A real browser loads each page that the URLconf has. What would run calls a function that is
planted in every window; what the policy had to stop is reported by the browser: both are
failures, as is an element that only a payload could have made.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page

from feedback.models import (
    AuditEntry,
    Bulk,
    BulkState,
    Invite,
    Membership,
    Note,
    Response,
    Role,
    SavedView,
    Survey,
    Tag,
)
from feedback.models.identity import encrypt
from feedback.refresh import refresh
from feedback.responses.receipts import code_for, hash_of
from feedback.web import urls
from feedback.web.pages import policy_with
from tests import build
from tests.walks.payloads import FAMILIES, HOW_MANY, PAYLOADS

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 20  # payloads in one title
# All are written in every place either way; this is how many get a page to themselves.
of_each = pytest.mark.parametrize("each", [9, pytest.param(1, marks=pytest.mark.long)])
PLANTED = """
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => executed(name);
document.addEventListener("securitypolicyviolation",
  e => executed(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
"""
NAMED = re.compile(r"<(?:\w+:)?(\w+)>")  # what an address of the URLconf asks for
# What no page of ours has: handlers, addresses that run, frames, drawings that load.
MADE = """[...document.querySelectorAll("*")].filter(e =>
  e.matches("iframe, object, embed, base, marquee, math, foreignObject, animate, set, xmp,"
    + " [srcdoc], meta[http-equiv=refresh], img:not([src^='/'], .qr img)")
  || [...e.attributes].some(a => a.name.startsWith("on") || a.name.startsWith("hx-on")
    || (["href", "src", "action", "formaction", "data", "xlink:href"].includes(a.name)
      && /^(javascript|vbscript|data):/i.test(a.value.replace(/[\\s\\x00-\\x1f]/g, ""))
      && !e.matches("link[rel=icon], .qr img"))))
  .map(e => e.outerHTML.slice(0, 200))"""


@dataclass
class Sweep:
    """One window, and all that ran or was stopped in it."""

    page: Page
    site: str
    found: list[str] = field(default_factory=list)
    loaded: int = 0

    @classmethod
    def of(cls, browser: Browser, site: str) -> "Sweep":
        context = browser.new_context(base_url=site)
        sweep = cls(context.new_page(), site)
        context.expose_binding("executed", lambda _where, what=1: sweep.note(f"ran: {what}"))
        context.add_init_script(PLANTED)
        sweep.page.on("dialog", sweep.dismiss)
        sweep.page.on("console", sweep.hear)
        sweep.page.on("pageerror", lambda error: sweep.note(f"error: {error}"))
        context.on("request", sweep.follow)
        return sweep

    def note(self, what: str) -> None:
        self.found.append(f"{self.page.url}: {what}")

    def dismiss(self, dialog: Any) -> None:
        self.note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def hear(self, message: ConsoleMessage) -> None:
        # A page that is not a 200 is told of by the browser, and is no fault by itself.
        of_a_status = "the server responded with a status of" in message.text
        if message.type == "error" and not of_a_status:
            self.note(f"console: {message.text}")

    def follow(self, request: Any) -> None:
        if not request.url.startswith((f"{self.site}/", "data:,")):
            self.note(f"asked for {request.url}")

    def sign_in(self, person: Any) -> None:
        session = build.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.site}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def load(self, address: str, query: dict[str, str] | None = None) -> None:
        at = f"{address}?{urlencode(query)}" if query else address
        answer = self.page.goto(at)
        self.loaded += 1
        assert answer is None or answer.status < 500, f"{at}: {answer.status}"
        for element in self.page.evaluate(MADE):
            self.note(f"made: {element}")


def choice(key: str, text: str) -> dict[str, Any]:
    options = [{"code": "a", "text": text}, {"code": "b", "text": "B"}]
    return {"key": key, "type": "single_choice", "text": text, "choices": options, "other": text}


def worded(text: str, number: int) -> dict[str, Any]:
    """An item that says it in all its texts, its type by turns."""
    key = f"item{number}"
    if number % 4 == 0:
        return choice(key, text)
    if number % 4 == 1:
        return {"key": key, "type": "rating", "text": text, "low": text, "high": text}
    return {"key": key, "type": "long_text", "text": text, "help": text}


def written() -> list[str]:
    """The payloads as a questionnaire can hold them: without control characters."""
    return ["".join(c for c in text if c.isprintable() or c == "\n").strip() for text in PAYLOADS]


def answered(survey: Survey, text: str) -> Response:
    """A response as an import or a hand in the database could leave it, nothing refused."""
    nonce = uuid4()
    return Response(
        survey=survey,
        revision=survey.live,
        nonce=nonce,
        receipt=hash_of(code_for(nonce)),
        language=text[:35],
        source=text[:100],
        answers={"name": True, "visit": "other", "visit__other": text, "stars": 3, "wish": text},
        identity=encrypt({"name": text}, nonce=nonce),
        paradata={"orders": {"visit": [text, "often"]}},
    )


def answers_and_all_around() -> Survey:
    """A survey with a response, tag, note, view, member, invitation and entry for each."""
    survey = build.survey(slug="typed")
    rows = Response.objects.bulk_create(answered(survey, text) for text in PAYLOADS)
    tags = Tag.objects.bulk_create(
        Tag(survey=survey, name=f"{n} {text}"[:60]) for n, text in enumerate(PAYLOADS)
    )
    people = get_user_model().objects.bulk_create(
        get_user_model()(username=f"{text} {n}"[:150], email=f"{text[:40]}@x.org", first_name=text)
        for n, text in enumerate(PAYLOADS)
    )
    for row, tag, who in zip(rows, tags, people, strict=True):
        row.tags.add(tag)
        row.assignee, row.reasons = who, ["network"]
    Response.objects.bulk_update(rows, ["assignee", "reasons"])
    for text, tag, who in zip(PAYLOADS[:3], tags, people, strict=False):
        about = {"act": "tag", "value": tag.pk, "expected": 1, "up_to": 0, "state": BulkState.DONE}
        query = urlencode({"q": text})
        Bulk.objects.create(survey=survey, actor=who, query=query, **about)
    everyone = list(zip(PAYLOADS, rows, people, strict=True))
    Note.objects.bulk_create(Note(response=row, author=who, text=t) for t, row, who in everyone)
    SavedView.objects.bulk_create(
        SavedView(
            survey=survey, owner=who, name=text[:80], query=text, columns=[text[:100]], shared=True
        )
        for text, _row, who in everyone
    )
    Membership.objects.bulk_create(
        Membership(survey=survey, user=who, role=Role.VIEWER) for who in people
    )
    Invite.objects.bulk_create(
        Invite(
            survey=survey,
            email=f'"{text}"@x.org',
            code=uuid4(),
            invited_by=who,
            expires_at=timezone.now() + timedelta(days=1),
        )
        for text, _row, who in everyone
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(
            survey=survey, actor=who, response_id=row.pk, action=t[:40], details={"tag": t, "to": t}
        )
        for t, row, who in everyone
    )
    return survey


def in_parts(whole: list[Any]) -> Iterator[list[Any]]:
    return (whole[start : start + TOGETHER] for start in range(0, len(whole), TOGETHER))


def surveys_saying_them() -> tuple[Survey, list[Survey]]:
    """One whose items say each, and several whose other texts say many."""
    items = [worded(text, n) for n, text in enumerate(written())]
    pages = [{"title": part[0]["text"], "items": part} for part in in_parts(items)]
    asking = build.survey(slug="asking", pages=pages)
    titled = []
    for n, part in enumerate(in_parts(written())):
        text = " ".join(part)
        texts = {"title": text, "introduction": text, "thank_you": text, "closed_text": text}
        titled.append(build.survey(slug=f"titled-{n}", submit=part[0][:60], **texts))
    Survey.objects.filter(pk__in=[survey.pk for survey in titled[::2]]).update(
        closes_at=timezone.now() - timedelta(hours=2)
    )
    return asking, titled


# Routes with a number that is not a response's, by how their names begin.
ABOUT: Mapping[str, type[Model]] = {
    "bulk": Bulk,
    "tag": Tag,
    "view": SavedView,
    "member": Membership,
    "remove_member": Membership,
}


def addresses_of(survey: Survey, row: Response, client: Client) -> Iterator[str]:
    """Every page of the staff and of the public, found in the URLconf."""
    known = {"slug": survey.slug, "code": code_for(row.nonce)}
    for route in (*urls.staff, *urls.public):
        asked = set(NAMED.findall(str(route.pattern)))
        known["pk"] = numbered(str(route.name), survey) or row.pk
        page = route.name and not route.name.endswith(("logout", "_pdf"))  # paper runs nothing
        if page and asked <= known.keys():
            address = reverse(route.name, kwargs={name: known[name] for name in asked})
            answer = client.get(address)
            shown = answer.status_code != 405 and "Content-Disposition" not in answer.headers
            answer.close()
            if shown:
                yield address


def numbered(name: str, survey: Survey) -> int | None:
    """The number of something of the survey that a route of this name is about."""
    about = next((model for start, model in ABOUT.items() if name.startswith(start)), None)
    first = about._default_manager.filter(survey=survey).first() if about else None
    return first.pk if first else None


def addresses_of_the_admin() -> Iterator[str]:
    """Every list, and the first thing in it."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if first := model._default_manager.first():
            yield reverse(f"{name}_change", args=[first.pk])
            yield reverse(f"{name}_history", args=[first.pk])


@of_each
def test_nothing_that_anybody_wrote_runs_on_any_page(
    browser: Browser, live_site: str, each: int
) -> None:
    """One unescaped place, and a respondent acts with the rights of whoever reads."""
    assert len(set(PAYLOADS)) == HOW_MANY
    typed = answers_and_all_around()
    asking, titled = surveys_saying_them()
    member = get_user_model().objects.create_superuser("root", first_name=PAYLOADS[0])
    for survey in (typed, asking, *titled):
        Membership.objects.create(
            survey=survey, user=member, role=Role.OWNER, sees_personal=True, may_export=True
        )
    said = build.respond(
        asking, **{f"item{n}": text for n, text in enumerate(PAYLOADS) if n % 4 > 1}
    )
    refresh()
    sweep = Sweep.of(browser, live_site)
    sweep.sign_in(member)
    rows = list(Response.objects.filter(survey=typed).order_by("pk"))

    further = titled[:2] if each == 1 else []
    for survey, row in ((typed, rows[0]), (asking, said), *((t, rows[1]) for t in further)):
        for address in addresses_of(survey, row, build.signed_in(member)):
            sweep.load(address)
    for address in addresses_of_the_admin():
        sweep.load(address)
    for n, (text, row) in list(enumerate(zip(PAYLOADS, rows, strict=True)))[::each]:
        at = reverse("response", args=["typed", row.pk])
        sweep.load(at, {"reveal": "1"} if n % 2 else None)
        assert sweep.page.evaluate("t => document.body.textContent.includes(t)", text.strip()) or (
            n % 2 or not text.isprintable()
        ), f"{at} does not show it at all"
        if n % 20 == 0:
            sweep.load(reverse("receipt", args=[code_for(row.nonce)]), {"personal": "show"})
    for survey in titled[::each]:
        sweep.load(reverse("overview", args=[survey.slug]))
        sweep.load(reverse("answer", args=[survey.slug]))
    for name in ("responses", "audit"):
        sweep.load(reverse(name, args=["typed"]))
        while onward := sweep.page.locator("a[rel=next]").all():
            sweep.load(urljoin(sweep.page.url, str(onward[0].get_attribute("href"))))
    assert sweep.found == []
    assert sweep.loaded > 300 or each > 1


ASKED = (
    "q",
    "status",
    "tag",
    "who",
    "what",
    "since",
    "next",
    "before",
    "columns",
    "source",
    "lang",
)


@of_each
def test_nothing_in_an_address_runs_on_any_page(
    browser: Browser, live_site: str, each: int
) -> None:
    """A link that a stranger sends must not be a script with the rights of who follows it."""
    survey = build.survey(slug="linked")
    row = build.respond(survey, wish="Benches")
    member = build.member(survey, Role.OWNER, sees_personal=True, may_export=True)
    sweep = Sweep.of(browser, live_site)
    sweep.sign_in(member)
    addresses = list(addresses_of(survey, row, build.signed_in(member)))

    for n, text in list(enumerate(PAYLOADS))[::each]:
        name = ASKED[n % len(ASKED)]
        every = dict.fromkeys(ASKED, text) if n % 3 == 0 else {name: text}
        sweep.load(addresses[n % len(addresses)], every)

    assert sweep.found == []
    assert sweep.loaded == len(PAYLOADS[::each])


# Every place of a page, with nothing escaped; in the last two, quotes and nothing else.
PLANTS = """<!doctype html>
<script nonce="{{ nonce }}">let a = {"a": "{{ text|safe }}"};</script>
<script nonce="{{ nonce }}">let b = '{{ text|safe }}';</script>
<script nonce="{{ nonce }}">/* {{ text|safe }} */</script>
<script nonce="{{ nonce }}">let c = "{{ half|safe }}";</script>
<script nonce="{{ nonce }}">let d = '{{ half|safe }}';</script>
<input value="{{ text|safe }}"><input value='{{ text|safe }}'><a href="{{ text|safe }}">here</a>
<textarea>{{ text|safe }}</textarea><title>{{ text|safe }}</title><p>{{ text|safe }}</p>"""
# By themselves these do nothing in a browser: a server, or a filter, has to take part.
NEVER_RUN = {"templates", "entities", "letters"}
# These hide what follows; as they change what is on a page, tests/web/test_inert.py finds them.
HIDING = ("<!--<", "<!--[", "<![CDATA[")


@of_each
def test_a_page_that_escapes_nothing_is_found(browser: Browser, live_site: str, each: int) -> None:
    """The control: planted in a template with ``safe``, under the policy of staff pages.

    The policy stops most of what would run, and tells of it; either way it is found.
    """
    sweep, nonce = Sweep.of(browser, live_site), "planted" * 4
    headers = {"Content-Security-Policy": policy_with(nonce), "Content-Type": "text/html"}
    shown, missed = {"body": ""}, []
    sweep.page.route("**/*", lambda route: route.abort())
    sweep.page.route(
        "**/planted/", lambda route: route.fulfill(body=shown["body"], headers=headers)
    )

    for family in FAMILIES.keys() - NEVER_RUN:
        for text in FAMILIES[family][:: min(each, 4)]:
            if text.startswith(HIDING):
                continue
            half = text.replace('"', '\\"').replace("'", "\\'")
            context = Context({"text": text, "half": half, "nonce": nonce})
            shown["body"] = Template(PLANTS).render(context)
            before = len(sweep.found)
            sweep.load("/planted/")
            if len(sweep.found) == before:
                missed.append(text)

    assert missed == []


def test_escaped_in_the_same_places_nothing_is_found(browser: Browser, live_site: str) -> None:
    """The control of the control: what is found is the fault of ``safe`` alone."""
    sweep = Sweep.of(browser, live_site)
    plants = PLANTS.partition("<input")[2].replace("|safe", "")
    body = "".join(
        Template(f"<input{plants}").render(Context({"text": text}))
        for text in PAYLOADS
        if not text.lower().lstrip("\x01").startswith(("javascript", "java\t", "data", "vbscript"))
    )
    headers = {"Content-Security-Policy": policy_with("none"), "Content-Type": "text/html"}
    sweep.page.route("**/planted/", lambda route: route.fulfill(body=body, headers=headers))

    sweep.load("/planted/")

    assert sweep.found == []
