"""``make hostile``: a corpus against the real server, on a database that goes with it.

HOSTILE=n is how many, SEED=n which ones; REPLAY=file sends again what a run wrote down.
Exit 1 where a rule was broken, with the request that broke it in a file.
"""

import base64
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.results import FILE, Result, table, write
from survey_site.embedded import start_postgres, start_redis
from survey_site.processes import say

MOST_TOLD = 12
KEPT = FILE.with_name("hostile-request.json")


@contextmanager
def instance() -> Iterator[Path]:
    """PostgreSQL, Redis and Django's settings in a folder that goes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="soundings-hostile-"))
    os.environ |= {
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "IDENTITY_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DEBUG": "0",
        "ALLOW_DATA_LOSS": "1",
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
    }
    try:
        with start_postgres(folder, durable=False) as postgres, start_redis(folder) as redis:
            os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
            yield folder
    finally:
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def prepare() -> None:
    """Tables, static files and languages, as the first start makes them."""
    import django
    from django.core.management import call_command

    from survey_site.catalogues import compile_all

    django.setup()
    compile_all()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def main() -> int:
    with instance() as folder:
        prepare()
        return attack(folder)


def attack(folder: Path) -> int:
    from django.conf import settings

    from tests.hostile.corpus import corpus
    from tests.hostile.endpoints import endpoints
    from tests.hostile.run import hear
    from tests.hostile.scene import Scene
    from tests.web.server import serving

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]  # for our own client alone
    scene = Scene.built()
    places = endpoints(scene.town.slug, scene.desk.slug, scene.things)
    n, seed = (
        int(os.environ.get(name) or known) for name, known in (("HOSTILE", 25_000), ("SEED", 1))
    )
    replayed = os.environ.get("REPLAY")
    requests = (
        kept(Path(replayed))
        if replayed
        else corpus(n, seed=seed, town=scene.town.slug, places=places)
    )
    say(f"… {len(requests):,} requests to {len(places)} addresses, seed {seed}")
    begun = time.perf_counter()
    with serving(folder, ALLOWED_HOSTS="127.0.0.1,localhost") as (port, _server):
        outcome = hear(requests, scene, port, progress=bar)
    seconds = time.perf_counter() - begun
    results = figures(outcome, len(places), seconds=seconds, seed=seed)
    if not replayed:
        write(results, FILE.with_name("hostile.json"))
    say(table(results))
    say("statuses: " + ", ".join(f"{s}: {k:,}" for s, k in sorted(outcome.statuses.items())))
    return verdict(outcome)


def figures(outcome: Any, places: int, *, seconds: float, seed: int) -> dict[str, Result]:
    sent, families = outcome.sent, len(outcome.families)
    faults = len(outcome.faults) + len(outcome.afterwards)
    slowest = "of one answer; limit: the second time it is asked"
    return {
        "requests": Result(sent, "requests", sent, f"{families} families, seed {seed}"),
        "addresses": Result(places, "addresses", places, "all of the URL configuration"),
        "accepted": Result(outcome.accepted, "responses", sent, "stored exactly as they were sent"),
        "rules_broken": Result(faults, "answers", sent, "limit: answers looked at"),
        "slowest": Result(round(outcome.slowest, 2), "s", 2, slowest),
        "time": Result(round(seconds, 1), "s", seconds, "with all checks"),
    }


def verdict(outcome: Any) -> int:
    """What was found, the most frequent first; the first of it is written down."""
    from tests.hostile.run import by_kind

    kinds = by_kind(outcome.faults)
    for sentence in outcome.afterwards:
        say(f"FOUND afterwards: {sentence}")
    for kind, found in list(kinds.items())[:MOST_TOLD]:
        one = found[0].request
        say(f"FOUND {len(found)} × {kind} (no. {one.number}: {one.what})")
    if kinds:
        keep([found[0].request for found in kinds.values()])
        say(f"One request of each kind is in {KEPT}: make hostile REPLAY={KEPT}")
    return int(bool(kinds or outcome.afterwards))


def keep(requests: Sequence[Any]) -> None:
    def plain(value: Any) -> Any:
        return value.decode("latin-1") if isinstance(value, bytes) else sorted(value)

    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps([asdict(one) for one in requests], default=plain, indent=1))


def kept(file: Path) -> list[Any]:
    """Requests as ``keep`` wrote them."""
    from tests.hostile.drafts import Hostile

    def one(told: dict[str, Any]) -> Hostile:
        raw = {name: told[name].encode("latin-1") for name in ("raw", "mark")}
        return Hostile(**{**told, **raw, "statuses": frozenset(told["statuses"])})

    return [one(told) for told in json.loads(file.read_text())]


def bar(done: int, of: int) -> None:
    wide = 40 * done // of
    end = "\n" if done == of else "\r"
    say(f"  [{'#' * wide}{'.' * (40 - wide)}] {done:,} of {of:,}", end=end)


if __name__ == "__main__":
    sys.exit(main())
