"""Accounts: who comes to their pages, and what ends or outlives a session or a password."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.urls import reverse

from feedback.authoring.publish import TAKEN, AddressTaken
from feedback.models import Letter, Survey
from feedback.web import urls
from feedback.web.account_urls import accounts
from tests import build
from tests.web.signing_in import LOGIN, comes_in, recorded, sign_in

NEW = {"oldpassword": "secret", "password1": "quite another", "password2": "quite another"}


def test_every_page_of_ones_account_needs_signing_in(owner: Any) -> None:
    """Each allauth page is listed by name, and each is either for everybody or for its owner."""
    for_everybody = {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_login_webauthn",
    }
    for route in accounts:
        if route.name in for_everybody:
            continue
        takes = "pk" in route.pattern.converters
        address = reverse(route.name, args=[1] if takes else [])
        answer = Client().get(address)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, LOGIN), route.name


@pytest.mark.parametrize(
    "name",
    [route.name for route in accounts if not route.pattern.converters and "key" not in route.name],
)
def test_every_page_of_ones_account_opens_under_the_strict_policy(owner: Any, name: str) -> None:
    """None breaks, and none needs a script or a style that stands in the page."""
    answer = build.confirmed(owner).get(reverse(name))

    if answer.status_code == 404:  # nothing to take away or to show yet
        return
    assert answer.status_code in (200, 302), name
    page = answer.content.decode()
    assert " style=" not in page and "<style" not in page and " onclick" not in page
    assert page.count("<script") == page.count("<script nonce=") + page.count('="application/json"')
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].find("no-store") >= 0


def test_nobody_signs_up_without_an_invitation(db: None) -> None:
    """The page that allauth has for it is not there."""
    assert Client().get("/staff/account/signup/").status_code == 404
    assert not any(route.name == "account_signup" for route in urls.staff)


def test_a_session_begins_under_a_new_key(owner: Any) -> None:
    """A key that somebody planted before is worth nothing after."""
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted

    sign_in(client)

    assert client.session.session_key != planted
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not comes_in(other)


def test_a_new_password_ends_the_sessions_elsewhere_and_keeps_this_one(owner: Any) -> None:
    """Whoever changes a password that leaked wants the other one out at once."""
    here, elsewhere = build.signed_in(owner), build.signed_in(owner)

    here.post(reverse("account_change_password"), NEW)

    assert comes_in(here) and not comes_in(elsewhere)
    assert recorded() == ["password_changed"]


def test_an_account_switched_off_is_out_at_once(owner: Any) -> None:
    """Its sessions do not outlive it, and its password opens nothing."""
    client = build.signed_in(owner)
    get_user_model().objects.filter(pk=owner.pk).update(is_active=False)

    assert not comes_in(client)
    assert sign_in(client).url == reverse("account_inactive")
    assert not comes_in(client)


def test_signing_out_ends_the_session_itself(owner: Any) -> None:
    """Not only the cookie: a copy of it opens nothing."""
    client, copy = build.signed_in(owner), Client()
    copy.cookies = client.cookies.__class__(client.cookies.output(header="", sep=";"))

    assert comes_in(copy)
    client.post(reverse("account_logout"))

    assert not comes_in(copy)
    assert recorded() == ["signed_out"]


def test_a_forgotten_password_tells_nobody_which_accounts_there_are(
    owner: Any, settings: Any
) -> None:
    """The same answer; a letter only to who has an account, and it is in the queue, encrypted."""
    settings.EMAIL_HOST = "mail.example.org"
    get_user_model().objects.filter(pk=owner.pk).update(email="owner@example.org")
    page = reverse("account_reset_password")

    unknown = Client().post(page, {"email": "nobody@example.org"})
    assert not Letter.objects.exists()
    known = Client().post(page, {"email": "owner@example.org"})
    assert Letter.objects.count() == 1

    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)


def test_a_confirmation_holds_for_a_while_only(owner: Any, settings: Any) -> None:
    """The computer may have been left alone since."""
    client = build.confirmed(owner)
    address = f"{reverse('export_now', args=['town', 'csv'])}?with=personal"
    assert client.get(address).status_code == 200

    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    assert client.get(address).url.startswith(reverse("account_reauthenticate"))


def test_who_confirms_stays_signed_in_when_the_password_is_hashed_anew(
    owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each Django hashes harder than the one before; sessions end with a password that changes."""
    client, before = build.signed_in(owner), owner.password
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 2 * PBKDF2PasswordHasher.iterations)

    client.post(reverse("account_reauthenticate"), {"password": "secret"})

    owner.refresh_from_db()
    assert owner.password != before
    address = f"{reverse('export_now', args=['town', 'csv'])}?with=personal"
    assert client.get(address).status_code == 200


def test_without_a_mail_server_no_letter_is_promised(owner: Any) -> None:
    """One would wait for it in vain."""
    assert Client().post(reverse("account_reset_password"), {"email": "a@b.org"}).status_code == 404
    assert b"Forgot" not in Client().get(LOGIN).content


def test_personal_answers_leave_only_after_one_has_shown_again_who_one_is(owner: Any) -> None:
    """And then the download goes on from where it was asked for."""
    client = build.signed_in(owner)
    address = f"{reverse('export_now', args=['town', 'csv'])}?with=personal"

    asked = client.get(address)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "export" not in recorded()

    back = client.post(asked.url, {"password": "secret", "next": address})
    assert back.url == address
    assert b"".join(client.get(address)).startswith(b"response,")
    assert client.get(reverse("export_now", args=["town", "csv"])).status_code == 200


def test_the_admin_has_no_way_in_of_its_own(db: None) -> None:
    """Limits and second factors would end there."""
    get_user_model().objects.create_superuser("root", password="secret")
    client = Client()

    answer = client.post("/admin/login/", {"username": "root", "password": "secret"})
    assert answer.url.startswith(LOGIN)

    assert (
        client.post(LOGIN, {"username": "root", "password": "secret", "next": "/admin/"}).url
        == "/admin/"
    )
    assert client.get("/admin/auth/user/").status_code == 200
    assert client.get("/admin/mfa/authenticator/").status_code == 200


def test_no_survey_hides_behind_a_page_of_ours(db: None) -> None:
    """Under such a slug its pages would never be found; whoever publishes it is told."""
    firsts = {str(route.pattern).strip("^").partition("/")[0] for route in urls.staff}
    assert {first for first in firsts if first and not first.startswith("<")} <= TAKEN

    with pytest.raises(AddressTaken, match="account-survey"):
        build.survey(slug="account")
    assert not Survey.objects.exists()
