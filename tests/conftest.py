"""The cast: a survey of a town, and the people around it."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.test import override_settings
from hypothesis import settings as hypothesis
from whitenoise import WhiteNoise

from feedback.frames import cache
from feedback.models import Role, Survey
from feedback.responses import in_field
from feedback.web import prepared
from tests import build

# How long one example takes is the machine's matter: no test here is timed.
hypothesis.register_profile("untimed", hypothesis(), deadline=None)
hypothesis.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Collected once for a whole run, hashed as in production: pages name them by hash."""
    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_name("static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "staticfiles.json").exists():
            call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once(static_files: None) -> Iterator[None]:
    """Each new client starts the site's middleware, and WhiteNoise then looks at every file.

    A server does so once in its life. Here it would be 0.1 s of nearly every test.
    """
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    look = WhiteNoise.update_files_dictionary

    def remember(whitenoise: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            look(whitenoise, root, prefix)
            listed[root, prefix] = dict(whitenoise.files)
        whitenoise.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", remember)
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_checked_quickly() -> Iterator[None]:
    """Checking one is slow on purpose, 0.3 s against who guesses; here nobody does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)
        yield


@pytest.fixture(autouse=True)
def a_new_process() -> None:
    """Each test begins as a process does that knows nothing of any survey yet."""
    in_field.forget()
    prepared.page_of.cache_clear()
    cache.forget()


@pytest.fixture(autouse=True)
def exports_of_ones_own() -> Iterator[None]:
    """What one test builds, the sweeping of another must not find."""
    folder = Path(settings.EXPORTS_DIR, uuid4().hex)
    with override_settings(EXPORTS_DIR=folder):
        yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def limits_of_ones_own() -> Iterator[None]:
    """No test is counted against the limits of another: they share one Redis."""
    own = {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid4().hex}"}
    with override_settings(CACHES={"default": own}):
        yield


@pytest.fixture
def town(db: None) -> Survey:
    """A survey in the field: name (personal), visit, uses, stars, wish (required)."""
    return build.survey()


@pytest.fixture
def owner(town: Survey) -> Any:
    return build.member(town, Role.OWNER, sees_personal=True, may_export=True)


@pytest.fixture
def reviewer(town: Survey) -> Any:
    """May tag and note, not export, and sees no personal answers."""
    return build.member(town, Role.REVIEWER)


@pytest.fixture
def viewer(town: Survey) -> Any:
    return build.member(town, Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> Any:
    """Owns another survey, and has no part in the town's."""
    elsewhere = build.survey(slug="elsewhere", title="Elsewhere")
    return build.member(elsewhere, Role.OWNER, name="stranger", sees_personal=True, may_export=True)
