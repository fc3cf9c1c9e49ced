"""Networks and devices: hashed so that alike is told from unlike, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from feedback.models import DailySalt, Survey
from feedback.refresh import refresh
from feedback.responses.in_field import forget, in_field
from feedback.responses.networks import device_hash, network_hash, network_of, renew_salts

TODAY, SALT = date(2026, 5, 31), b"sixteen of salt."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", " 192.0.2.1 "),
        ("192.0.2.1", "192.0.2.1:4711"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"),
        ("2001:db8:0:1::1", "[2001:db8:0:1::2]:4711"),
        ("2001:db8:0:1::1", "[2001:db8:0:1::2]"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_addresses_of_one_network_are_the_same(one: str, other: str) -> None:
    """A telephone has a new IPv6 address every hour, always in the same /64."""
    assert network_of(one) == network_of(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("192.0.2.1", "192.0.2.2"), ("2001:db8:0:1::1", "2001:db8:0:2::1"), ("::1", "127.0.0.1")],
)
def test_addresses_of_two_networks_differ(one: str, other: str) -> None:
    """An IPv4 address counts as a whole: half of a town may share its first three numbers."""
    assert network_of(one) != network_of(other)


@pytest.mark.parametrize("text", ["", "unknown", "unix:", "192.0.2", "1.2.3.4.5", "[", "%", "_x"])
def test_what_is_no_address_is_no_network(text: str) -> None:
    """Then nothing is known, and nothing is guessed."""
    assert network_of(text) is None
    assert network_hash(text, survey=1, salt=SALT) is None


def test_a_hash_depends_on_the_salt_and_on_the_survey() -> None:
    """So nobody is followed from day to day, nor from one survey to another."""
    hashes = {
        network_hash("192.0.2.1", survey=survey, salt=salt)
        for survey in (1, 2)
        for salt in (SALT, b"another day salt")
    }

    assert len(hashes) == 4
    assert {len(found or b"") for found in hashes} == {8}
    assert network_hash("192.0.2.1", survey=1, salt=None) is None


@pytest.mark.django_db
def test_salts_of_past_days_are_deleted_by_refresh() -> None:
    """Without the salt nobody can try addresses against a hash."""
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    DailySalt.objects.create(day=yesterday, salt=SALT)

    refresh()

    days = list(DailySalt.objects.order_by("day").values_list("day", flat=True))
    assert days == [yesterday + timedelta(days=1), yesterday + timedelta(days=2)]


@pytest.mark.django_db
def test_a_salt_is_random_and_stays_for_its_day() -> None:
    """Another in the middle of the day would part one network in two."""
    renew_salts(TODAY)
    before = {salt.day: bytes(salt.salt) for salt in DailySalt.objects.all()}
    renew_salts(TODAY)
    assert {salt.day: bytes(salt.salt) for salt in DailySalt.objects.all()} == before
    assert len(set(before.values())) == 2

    renew_salts(TODAY + timedelta(days=1))
    after = {salt.day: bytes(salt.salt) for salt in DailySalt.objects.all()}
    tomorrow = TODAY + timedelta(days=1)
    assert after[tomorrow] == before[tomorrow] and TODAY not in after


def test_a_process_knows_the_salt_of_the_day_with_the_survey(town: Survey) -> None:
    """It comes by the one query that asks for the survey; before the first refresh it is not."""
    forget()
    assert in_field("town").salt is None
    refresh()
    forget()

    today = DailySalt.objects.get(day=datetime.now(tz=UTC).date())
    assert in_field("town").salt == bytes(today.salt)


def test_a_device_is_known_by_what_our_script_makes_up_only() -> None:
    """Anything else would let whoever likes choose what is hashed."""
    ours = "0123456789abcdef" * 2

    assert device_hash(ours, survey=1) == device_hash(ours, survey=1) is not None
    assert device_hash(ours, survey=1) != device_hash(ours, survey=2)
    for other in ("", ours[1:], ours + "0", ours.upper(), ours[:-1] + "g", ours + "\n", "٠" * 32):
        assert device_hash(other, survey=1) is None
