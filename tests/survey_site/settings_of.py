"""Our programs started with settings of a test's own, and what they say to them."""

import base64
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from survey_site.site import ROOT

GOOD = {
    "DATA_DIR": str(Path(tempfile.gettempdir(), "soundings-settings-of-tests")),
    "SECRET_KEY": secrets.token_urlsafe(50),
    "IDENTITY_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1",
    "DJANGO_SETTINGS_MODULE": "survey_site.settings",
    "ALLOW_DATA_LOSS": "",
}


def environment(**given: str) -> dict[str, str]:
    """A good environment but for what is given."""
    return {**os.environ, **GOOD, **given}


def python(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run Python on these words in that environment."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment(**given),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
