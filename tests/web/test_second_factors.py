"""Second factors: nothing opens without one, each code opens once, none is guessed or skipped."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from feedback.models import Letter
from feedback.models.identity import decrypt
from tests import build
from tests.web.signing_in import LOGIN, comes_in, recorded, sign_in

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def guarded(owner: Any) -> Any:
    """An owner with an app and recovery codes."""
    TOTP.activate(owner, SECRET)
    RecoveryCodes.activate(owner)
    return owner


def digits() -> str:
    """What the app shows just now."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def recovery_codes(person: Any) -> list[str]:
    kept = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    return list(RecoveryCodes(kept).get_unused_codes())


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(guarded: Any) -> None:
    """Not the first page, not any other, and not by asking for them without the code."""
    client = Client()
    assert sign_in(client).url == reverse("mfa_authenticate")

    assert not comes_in(client)
    assert client.get("/staff/town/").url.startswith(LOGIN)
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert client.post(reverse("account_reauthenticate"), {"password": "secret"}).url.startswith(
        LOGIN
    )
    assert client.get(reverse("mfa_deactivate_totp")).url.startswith(LOGIN)
    assert client.post(reverse("mfa_authenticate"), {"code": ""}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert not comes_in(client)
    assert "signed_in" not in recorded()


def test_the_codes_of_the_app_open_once(guarded: Any) -> None:
    """Whoever looks over a shoulder must not use the same six digits."""
    code, first, second = digits(), Client(), Client()
    sign_in(first)
    sign_in(second)

    assert first.post(reverse("mfa_authenticate"), {"code": code}).url == "/staff/"
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200

    assert comes_in(first) and not comes_in(second)
    assert recorded() == ["signed_in", "second_factor_failed"]


def test_a_recovery_code_opens_once(guarded: Any) -> None:
    """Each is for one lost day."""
    code, first, second = recovery_codes(guarded)[0], Client(), Client()
    sign_in(first)
    sign_in(second)

    assert first.post(reverse("mfa_authenticate"), {"code": code}).url == "/staff/"
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert comes_in(first) and not comes_in(second)


def test_digits_are_not_guessed(guarded: Any) -> None:
    """Five in five minutes, whoever has the password."""
    client = Client()
    sign_in(client)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    page = client.post(reverse("mfa_authenticate"), {"code": recovery_codes(guarded)[0]})
    assert "Too many failed attempts" in page.content.decode()
    assert not comes_in(client)


def test_secrets_of_second_factors_lie_encrypted(guarded: Any) -> None:
    """A stolen database must not show codes for ever."""
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert SECRET not in kept
    assert not any(code in kept for code in recovery_codes(guarded))


def test_an_app_is_set_up_with_its_first_code(
    owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Every account may, also one without an e-mail address; codes for a lost device come along."""
    client = build.signed_in(owner)
    page = reverse("mfa_activate_totp")
    assert client.get(page).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": "secret"})

    shown = client.get(page)
    secret = shown.context["form"].secret
    assert secret in shown.content.decode()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page, {"code": code})
    assert answer.url == reverse("mfa_view_recovery_codes")

    assert "mfa_added" in recorded()
    assert len(recovery_codes(owner)) == 10


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "1", '"x"', '{"response": 1}', "{"])
def test_a_damaged_passkey_is_refused(db: None, credential: str) -> None:
    """Anybody may send anything there."""
    client = Client()
    client.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")

    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})

    assert answer.status_code == 302 and answer.url == LOGIN
    assert not comes_in(client)


def test_the_link_for_a_forgotten_password_works_once_and_skips_no_second_factor(
    guarded: Any, settings: Any
) -> None:
    """A mailbox alone must not open an account that has more than a password."""
    settings.EMAIL_HOST = "mail.example.org"
    get_user_model().objects.filter(pk=guarded.pk).update(email="owner@example.org")
    elsewhere, client = build.signed_in(guarded), Client()
    client.post(reverse("account_reset_password"), {"email": "owner@example.org"})
    letter = Letter.objects.get()
    text = str(decrypt(letter.sealed, nonce=letter.nonce)["text"])
    link = re.search(r"http://testserver(/staff/account/password/reset/\S+)", text)
    assert link

    form = client.get(link[1]).url
    assert link[1] not in form  # the key is out of the address before anything is shown
    new = {"password1": "quite another", "password2": "quite another"}
    assert client.post(form, new).url == reverse("mfa_authenticate")

    assert not comes_in(client) and not comes_in(elsewhere)
    assert "This link does not work" in Client().get(link[1]).content.decode()
