"""Numbers as each language writes them, by the short way and by Django's."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from hypothesis import example, given
from hypothesis import strategies as st

from feedback.analysis.drawing.numbers import counted, decimal, plain_number
from feedback.web.percentages import percent

LANGUAGES = sorted({"en", "de", "es", "fr", "hi", "ar", *(code for code, _ in settings.LANGUAGES)})
NUMBERS = st.floats(-2e6, 2e6) | st.floats(-1100, 1100)


@given(language=st.sampled_from(LANGUAGES), n=st.integers(-2_000_000, 2_000_000))
def test_a_count_is_written_as_django_writes_it(language: str, n: int) -> None:
    """The short way, for what has no thousands, is no other way."""
    with translation.override(language):
        assert counted(n) == number_format(n, use_l10n=True, force_grouping=True)


@given(language=st.sampled_from(LANGUAGES), value=NUMBERS, places=st.integers(0, 3))
@example(language="de", value=999.999, places=2)
@example(language="fr", value=-999.96, places=1)
@example(language="en", value=998.9999, places=0)
def test_a_decimal_is_rounded_and_then_written_as_django_writes_it(
    language: str, value: float, places: int
) -> None:
    """Also where rounding makes a thousand of it, which some languages group."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    with translation.override(language):
        expected = number_format(
            str(rounded), decimal_pos=places, use_l10n=True, force_grouping=True
        )
        assert decimal(value, places=places) == expected


def test_a_share_in_a_template_is_rounded_and_not_cut() -> None:
    """Else one page says 0.4 % of what another calls 0.5 %."""
    assert percent(16 / 3332) == "0.5 %"
    assert percent(float("nan")) == "–"


@pytest.mark.parametrize(("value", "written"), [(3, "3"), (2.5, "2,5"), (0.125, "0,12")])
def test_a_plain_number_has_no_more_decimals_than_it_needs(value: float, written: str) -> None:
    """A median of 3 is not 3.00."""
    with translation.override("de"):
        assert plain_number(value) == written
