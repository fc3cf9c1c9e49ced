"""Settings from the environment: what is wrong is told by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from survey_site.environment import number
from tests.survey_site.settings_of import python


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


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"VECTORS_MODEL": "m", "ENDPOINT_URL": ""}, "ENDPOINT_URL is no address"),
        ({"NAMES_MODEL": "m", "ENDPOINT_URL": "localhost:11434"}, "ENDPOINT_URL is no address"),
        (
            {"VECTORS_MODEL": "m", "ENDPOINT_URL": "http://localhost/v1", "VECTORS_FOLDER": "/x"},
            "VECTORS_FOLDER and VECTORS_MODEL are both set",
        ),
    ],
)
def test_a_model_without_its_server_is_told_at_the_start(given: dict[str, str], told: str) -> None:
    """Not when themes are looked for, hours later, on a worker."""
    started = python("-c", "import django; django.setup()", **given)
    assert started.returncode and told in started.stderr


def test_a_model_with_its_server_starts() -> None:
    """The control."""
    given = {"VECTORS_MODEL": "m", "NAMES_MODEL": "n", "ENDPOINT_URL": "http://localhost:11434/v1"}
    started = python("-c", "import django; django.setup()", **given)
    assert started.returncode == 0, started.stderr
