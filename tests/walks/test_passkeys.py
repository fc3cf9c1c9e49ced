"""A passkey in a real browser, under the strict policy: made, used, and confirmed with."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, expect

from feedback.models import AuditEntry, Role
from tests import build
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def holder(browser: Browser, live_site: str) -> Iterator[Visitor]:
    """Somebody whose device holds passkeys and whose finger is always on it."""
    site = live_site.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=site)
    visitor = Visitor.in_context(context, site=site)
    device = context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield visitor
    context.close()
    assert visitor.errors == []
    assert visitor.elsewhere == []


def test_a_passkey_is_made_and_signs_in_alone(holder: Visitor) -> None:
    """With no password typed, and past a second step that a password would need."""
    survey = build.survey(slug="passkeys")
    person: Any = build.member(survey, Role.OWNER, name="holder")
    page = holder.page

    page.goto("/staff/login/?next=/staff/account/")
    page.fill("[name=username]", "holder")
    page.fill("[name=password]", "secret")
    page.click("form button")
    page.click("text=Add a passkey")
    page.fill("[name=password]", "secret")  # is it you?
    page.click("main form button")
    page.fill("[name=name]", "The desk")
    page.click("#passkey_add")
    page.wait_for_url("**/account/codes/")
    assert page.locator(".codes li").count() == 10
    assert Authenticator.objects.filter(user=person).count() == 2

    page.click(".bar-top form button")
    page.wait_for_url("**/staff/login/**")
    page.click("#passkey_login")
    page.wait_for_url("**/staff/")
    expect(page.locator(".bar-top")).to_contain_text("holder")

    page.goto("/staff/account/codes/new/")
    page.click("main a:has-text('Passkey')")
    page.click("#passkey_confirm")
    page.wait_for_url("**/account/codes/new/")

    page.click(".bar-top form button")
    page.fill("[name=username]", "holder")
    page.fill("[name=password]", "secret")
    page.click("form button")
    page.wait_for_url("**/account/code/")
    page.click("#passkey_second")
    page.wait_for_url("**/staff/")
    actions = list(AuditEntry.objects.filter(actor=person).values_list("action", flat=True))
    assert actions.count("signed_in") == 3 and "mfa_added" in actions
