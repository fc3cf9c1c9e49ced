"""Signing in: by name or address, guessing has its limits, and failing tells nobody anything."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client
from redis import Redis

from feedback.models import AuditEntry
from tests import build
from tests.web.signing_in import LOGIN, comes_in, recorded, sign_in


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
