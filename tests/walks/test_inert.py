"""Whatever anybody writes stays text: two hundred payloads in every place, on every page.

A real browser loads each page that the URLconf has. What would run calls a function that is
planted in every window; what the policy had to stop is reported by the browser: both are
failures, as is an element that only a payload could have made.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

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
from tests import build
from tests.walks.payloads import HOW_MANY, PAYLOADS
from tests.walks.sweep import Sweep, of_each

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 20  # payloads in one title
NAMED = re.compile(r"<(?:\w+:)?(\w+)>")  # what an address of the URLconf asks for


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
