"""Who comes to the pages of several files of tests, and with what."""

from typing import Any

import pytest
from django.test import Client

from feedback.models import Code, Survey
from feedback.open_text import code_frame
from tests import build
from tests.web.sent import FORM


@pytest.fixture
def desk(reviewer: Any) -> Client:
    return build.signed_in(reviewer)


@pytest.fixture
def owners_desk(owner: Any) -> Client:
    return build.signed_in(owner)


@pytest.fixture
def ticket(client: Client, town: Survey) -> str:
    """Of a form just fetched; like a bot's own client, ours shows a 500 as a 500."""
    client.raise_request_exception = False
    return build.ticket_in(client.get(FORM).content)


@pytest.fixture
def trees(town: Survey, owner: Any) -> Code:
    return code_frame.add(town, "wish", {"name": "Trees"}, actor=owner)


@pytest.fixture
def benches(town: Survey, trees: Code, owner: Any) -> Code:
    return code_frame.add(town, "wish", {"name": "Benches"}, actor=owner)
