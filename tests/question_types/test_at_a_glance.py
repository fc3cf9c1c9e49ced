"""What fields take at a glance, without asking validators: never what those would refuse."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedback.question_types import email, url
from feedback.question_types.base import Item

# How long it takes to make up an address is no matter here.
patient = settings(suppress_health_check=[HealthCheck.too_slow])
LONGEST_ADDRESS = ".".join(["a" * 40] * 3) + "@" + "b" * 40 + "." + "c" * 40 + "." + "d" * 10


@patient
@given(st.from_regex(email.PLAIN, fullmatch=True))
@example(LONGEST_ADDRESS)
def test_an_e_mail_address_taken_at_a_glance_is_one(address: str) -> None:
    """The glance saves time; Django's validator and the length still decide what is taken."""
    assert len(address) <= 254

    EmailValidator()(address)


@patient
@given(st.from_regex(url.PLAIN, fullmatch=True))
def test_a_web_address_taken_at_a_glance_is_one(address: str) -> None:
    """As above."""
    assert len(address) <= 2_000

    URLValidator(schemes=["http", "https"])(address)


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        (email.Email(key="it", text="Mail?"), "ada@example.org\n, bob@example.org"),
        (email.Email(key="it", text="Mail?"), "ada@example.org\0"),
        (url.Url(key="it", text="Site?"), "https://example.org/\0"),
        (url.Url(key="it", text="Site?"), "https://example.org/ and more"),
    ],
)
def test_an_address_with_something_behind_it_is_not_fine_at_a_glance(
    item: Item, typed: str
) -> None:
    """A pattern that looks only at the beginning would let all this in."""
    with pytest.raises(ValidationError):
        item.checks["it"].clean(typed)
