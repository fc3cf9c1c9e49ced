"""Signing in and out: limits, second factors, sessions, and what nobody learns from them."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis import Redis

from feedback.authoring.publish import TAKEN, AddressTaken
from feedback.models import AuditEntry, Letter, Survey
from feedback.models.identity import decrypt
from feedback.web import urls
from feedback.web.account_urls import accounts
from tests import build

LOGIN = "/staff/login/"
SECRET = "JBSWY3DPEHPK3PXP"
NEW = {"oldpassword": "secret", "password1": "quite another", "password2": "quite another"}


def sign_in(client: Client, name: str = "owner", password: str = "secret", **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password}, **more)


def recorded() -> list[str]:
    return [entry.action for entry in AuditEntry.objects.exclude(action="publish")]


def comes_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200


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


@pytest.mark.parametrize("name", ["owner", "OWNER@example.org"])
def test_one_signs_in_by_name_or_by_address(owner: Any, name: str) -> None:
    """Whichever one remembers."""
    get_user_model().objects.filter(pk=owner.pk).update(email="owner@example.org")
    client = Client()

    assert sign_in(client, name).url == "/staff/"
    assert comes_in(client)
    assert recorded() == ["signed_in"]


def test_failing_tells_nobody_which_accounts_there_are(owner: Any) -> None:
    """By name or by address, known or not, switched off or not: the same page."""
    get_user_model().objects.filter(pk=owner.pk).update(email="owner@example.org")
    off = get_user_model().objects.create(username="dormant", is_active=False)
    off.set_password("right")
    off.save()
    names = ["owner", "nobody", "owner@example.org", "nobody@example.org", "dormant"]

    answers = [sign_in(Client(), name, "wrong") for name in names]

    told = {
        (a.status_code, without(a.content, name)) for a, name in zip(answers, names, strict=True)
    }
    assert len(told) == 1
    entries = AuditEntry.objects.filter(action="sign_in_failed")
    assert list(entries.values_list("actor", "details")) == [(None, {})] * 5


def without(page: bytes, name: str) -> bytes:
    """A page without what was typed, and without the tokens that are always new."""
    lines = page.replace(name.encode(), b"").split(b"\n")
    return b"\n".join(
        line for line in lines if b"csrfmiddlewaretoken" not in line and b"nonce=" not in line
    )


def test_a_known_name_costs_as_many_password_checks_as_an_unknown_one(
    owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time of the answer tells; counted instead of timed."""
    get_user_model().objects.filter(pk=owner.pk).update(email="owner@example.org")
    counted: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counting(self: Any, *args: Any, **more: Any) -> str:
        counted.append(1)
        return str(encode(self, *args, **more))

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counting)
    costs = set()
    for name in ("owner", "nobody", "owner@example.org", "nobody@example.org"):
        counted.clear()
        sign_in(Client(), name, "wrong")
        costs.add(len(counted))
    assert costs == {1}


def test_guessing_is_stopped_and_the_owner_comes_in_from_elsewhere(owner: Any) -> None:
    """Who guesses locks out their own network, not the one whose password it is."""
    for _ in range(5):
        assert sign_in(Client(), password="wrong").status_code == 200
    stopped = sign_in(Client())
    assert "Too many failed attempts" in stopped.content.decode()

    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").url == "/staff/"


def test_guessing_from_many_networks_is_stopped_too(owner: Any) -> None:
    """Generously: sixty in an hour, as by then it is no forgotten password."""
    limited = 0
    for n in range(61):
        answer = sign_in(Client(), password="wrong", REMOTE_ADDR=f"192.0.2.{n}")
        limited += b"Too many failed attempts" in answer.content

    assert limited == 1


def test_signing_in_oneself_gives_no_new_guesses_at_somebody_else(owner: Any, viewer: Any) -> None:
    """A success takes back its own attempt, and nothing more."""
    for _ in range(5):
        sign_in(Client(), password="wrong")
    assert sign_in(Client(), "viewer").url == "/staff/"

    assert "Too many failed attempts" in sign_in(Client()).content.decode()


def test_the_network_is_that_which_the_outermost_trusted_proxy_saw(
    owner: Any, settings: Any
) -> None:
    """What a caller writes into the header itself gives no new guesses."""
    settings.TRUSTED_PROXIES = 1
    for n in range(5):
        sign_in(Client(), password="wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 192.0.2.1")

    same = sign_in(Client(), HTTP_X_FORWARDED_FOR="10.9.9.9, 192.0.2.1")
    assert "Too many failed attempts" in same.content.decode()
    assert sign_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.2").url == "/staff/"


def test_no_key_of_the_cache_tells_whom_it_is_about(owner: Any, settings: Any) -> None:
    """Keys are hashes under a secret: neither an address nor a name, nor to be tried out."""
    sign_in(Client(), password="wrong", REMOTE_ADDR="192.0.2.7")
    prefix = settings.CACHES["default"]["KEY_PREFIX"]

    keys = [key.decode() for key in Redis.from_url(settings.REDIS_URL).scan_iter(f"{prefix}*")]

    assert len(keys) >= 3
    assert all(len(key.removeprefix(f"{prefix}:")) == 64 for key in keys), keys
    before = cache.make_key("192.0.2.7")
    settings.SECRET_KEY = "another secret"
    assert cache.make_key("192.0.2.7") != before


def test_with_redis_away_nobody_signs_in_and_whoever_is_in_goes_on(
    owner: Any, settings: Any
) -> None:
    """Uncounted attempts would be free guesses; a desk that stops would be worse than none."""
    inside = build.signed_in(owner)
    gone = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": gone}

    answer = sign_in(Client(raise_request_exception=False))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert inside.get("/staff/town/").status_code == 200
    assert Client().get(LOGIN).status_code == 200


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


def test_a_confirmation_holds_for_a_while_only(owner: Any, settings: Any) -> None:
    """The computer may have been left alone since."""
    client = build.confirmed(owner)
    address = f"{reverse('export_now', args=['town', 'csv'])}?with=personal"
    assert client.get(address).status_code == 200

    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    assert client.get(address).url.startswith(reverse("account_reauthenticate"))


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
