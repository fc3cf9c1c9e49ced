"""Settings from the environment: what is wrong is told by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from survey_site.environment import number


def test_a_number_is_read_and_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable counts as not set, as everywhere."""
    assert number("TRUSTED_PROXIES", 0) == 0
    monkeypatch.setenv("TRUSTED_PROXIES", "2")
    assert number("TRUSTED_PROXIES", 0) == 2
    monkeypatch.setenv("TRUSTED_PROXIES", "")
    assert number("TRUSTED_PROXIES", 0) == 0


@pytest.mark.parametrize("text", ["-1", "one", "1.5", "٢"])
def test_what_is_no_number_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A slip in it would have everybody's header believed, or nobody's."""
    monkeypatch.setenv("TRUSTED_PROXIES", text)

    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES is no number"):
        number("TRUSTED_PROXIES", 0)
