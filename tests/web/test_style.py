"""Every public page carries one style, and its policy allows that style and no other."""

import base64
import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import Survey
from feedback.web.pages import PLAIN, style_of
from tests import build
from tests.outages import database_away

LOOKS = {"colour": "#7a1f5c", "font": "serif"}
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def check(answer: Any) -> str:
    """The style of a page, once its policy is found to be for just this one."""
    (style,) = STYLE.findall(answer.content)
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    policy = answer["Content-Security-Policy"]
    assert f"style-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy and policy.count("sha256-") == 1
    assert b'rel="stylesheet"' not in answer.content
    return str(style.decode())


@pytest.mark.django_db
def test_each_public_page_allows_its_own_style_only(client: Client) -> None:
    """A digest of another style would leave people with a bare page."""
    town = build.survey(looks=LOOKS)
    form = client.get("/s/town/")
    themed = check(form)
    sent = build.post(client, "town", {"ticket": build.ticket_in(form.content), "wish": "x"})
    mended = build.post(client, "town", {"ticket": build.ticket_in(form.content), "visit": "no"})
    receipt = sent["Location"]

    assert (sent.status_code, mended.status_code) == (303, 422)
    for answer in (mended, client.get(receipt), client.get(f"{receipt}withdraw/")):
        assert check(answer) == themed
    client.post(f"{receipt}withdraw/")
    plain = style_of(PLAIN).text
    for answer in (client.get("/"), client.get("/nothing/"), client.get(receipt)):
        assert check(answer) == plain != themed
    Survey.objects.filter(pk=town.pk).update(closes_at=timezone.now())
    build.forget()
    assert check(client.get("/s/town/")) == themed


@pytest.mark.django_db
def test_the_compressed_form_has_the_same_policy(client: Client, town: Survey) -> None:
    """The prepared bytes and their policy are made together, once."""
    packed = client.get("/s/town/", HTTP_ACCEPT_ENCODING="gzip")

    assert packed["Content-Security-Policy"] == style_of(PLAIN).policy


@pytest.mark.django_db
def test_staff_pages_allow_no_style_within_the_page(client: Client) -> None:
    """They show what strangers typed, so the stricter policy stays."""
    page = client.get("/staff/login/")

    policy = page["Content-Security-Policy"]
    assert "style-src 'nonce-" in policy and "'unsafe" not in policy
    assert b"<style" not in page.content


@pytest.mark.django_db(transaction=True)
def test_pages_for_errors_need_no_database(client: Client) -> None:
    """They are shown when it is away."""
    with database_away():
        away, missing = client.get("/"), client.get("/nothing/")

    assert (away.status_code, missing.status_code) == (503, 404)
    assert check(away) == check(missing) == style_of(PLAIN).text
