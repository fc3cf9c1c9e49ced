"""``DATA_DIR/environment.json``: the secrets made up here, and the addresses of our servers.

Written by ``make run``, read by ``survey_site/environment.py`` for commands beside it.
Whoever backs up the database backs up this file: it opens the personal answers.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping

from survey_site.site import SettingRefused, Site


def remember_secrets(site: Site) -> None:
    """Make up the secrets that are not given, once; later starts find them again.

    Raises:
        SettingRefused: the keys are gone while the data they open is still here.
    """
    known = remembered(site)
    made: dict[str, Callable[[], str]] = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(50),
        "IDENTITY_KEYS": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    for name, make in made.items():
        if name not in site.environment and name not in known:
            if name == "IDENTITY_KEYS" and (site.data_dir / "postgres").exists():
                raise SettingRefused(
                    "IDENTITY_KEYS is not set, and without it nobody can read the personal "
                    f"answers in {site.data_dir}: set it as before, or bring back "
                    f"{site.data_dir / 'environment.json'}. For a fresh start remove the folder."
                )
            known[name] = make()
        site.environment.setdefault(name, known.get(name, ""))
    remember(site, {name: known[name] for name in made if name in known})


def remembered(site: Site) -> dict[str, str]:
    """What this or an earlier start wrote; see ``survey_site/environment.py``."""
    file = site.data_dir / "environment.json"
    try:
        return dict(json.loads(file.read_text())) if file.exists() else {}
    except (OSError, ValueError) as problem:
        raise SettingRefused(f"{file} cannot be read ({problem}): bring it back.") from problem


def remember(site: Site, values: Mapping[str, str]) -> None:
    """Write the file in one move, for our own eyes: half a key would lose the data."""
    file = site.data_dir / "environment.json"
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(dict(values), output, indent=2)
        output.flush()
        os.fsync(output.fileno())
    unfinished.replace(file)
