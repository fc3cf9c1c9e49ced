"""Surveys of several files of tests."""

import pytest

from feedback.models import Survey
from tests import build
from tests.exports.codebooks import FIRST, SECOND


@pytest.fixture
def twice(db: None) -> Survey:
    """A survey that was reworded, translated and made to depend on an answer."""
    build.survey(FIRST)
    return build.survey(SECOND, languages=["ar"])
