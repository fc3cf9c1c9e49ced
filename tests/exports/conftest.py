"""Surveys of several files of tests."""

from typing import Any

import pytest

from feedback.models import Role, Survey
from tests import build
from tests.exports.codebooks import FIRST, SECOND


@pytest.fixture
def twice(db: None) -> Survey:
    """A survey that was reworded, translated and made to depend on an answer."""
    build.survey(FIRST)
    return build.survey(SECOND, languages=["ar"])


@pytest.fixture
def grown() -> Survey:
    """A survey with some responses."""
    town = build.survey()
    for number in range(30):
        build.respond(town, wish=f"wish {number}", name="Ada")
    return town


@pytest.fixture
def analyst(grown: Survey) -> Any:
    return build.member(grown, Role.ANALYST, may_export=True, sees_personal=True)
