"""What staff do to many responses at once, while respondents go on sending.

``python -m benchmarks.desk_acts NUMBER`` is the worker: a process of its own, as in the
product, that works off one act on many.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from statistics import median

from benchmarks import load
from benchmarks.results import Result
from benchmarks.servers import SLUG, Web
from survey_site.site import ROOT

TAGGED = 100_000
SECONDS = 2.0  # of one round of submissions
ROUNDS = 4  # before, and as many after
POSTS = 120_000  # made beforehand; more than are sent


def tagging(product: Web) -> dict[str, Result]:
    """Seconds until many responses are tagged, and submissions a second meanwhile."""
    from benchmarks.doors import PATH, posts

    port, _server = product
    waiting = iter([post for _part in range(POSTS // 10_000) for post in posts(PATH, SLUG)])
    one_statement = tagged_by_one_statement()
    number = asked_for()
    rates = submissions(port, waiting)
    idle = list(islice(rates, ROUNDS))
    busy, seconds = [], 0.0
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.desk_acts", str(number)]
    with subprocess.Popen(command, cwd=ROOT) as worker:
        while worker.poll() is None:
            busy.append(next(rates))
        seconds = time.perf_counter() - began
    if worker.returncode:
        raise RuntimeError(f"the worker ended with {worker.returncode}")
    if (tagged := changed_by(number)) != TAGGED:
        raise RuntimeError(f"{tagged:,} were tagged, not {TAGGED:,}")
    idle += islice(rates, ROUNDS)
    about = f"{TAGGED:,} tagged in steps, under submissions, to within {SECONDS:.0f} s"
    return {
        "tagging": Result(
            seconds, "s", one_statement, f"{about}; limit: one INSERT, nothing else running"
        ),
        "tagging_submission": Result(
            median(busy), "requests/s", median(idle), "while tagging; limit: before and after"
        ),
    }


def submissions(port: int, waiting: Iterator[bytes]) -> Iterator[float]:
    """Submissions a second, round after round."""
    load.run(port, islice(waiting, 200), seconds=SECONDS)  # warm
    while True:
        round_ = load.run(port, waiting, seconds=SECONDS)
        if odd := {status: n for status, n in round_.statuses.items() if status != b"303"}:
            raise RuntimeError(f"expected only 303, saw {odd}")
        if not round_.statuses:
            raise RuntimeError("no form was left to be sent")
        yield round_.rate


def tagged_by_one_statement() -> float:
    """Seconds of the same tags put on by the database alone; taken off again."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feedback_tag (survey_id, name) SELECT id, 'bare' FROM feedback_survey"
            " WHERE slug = %s RETURNING id",
            [SLUG],
        )
        (tag,) = cursor.fetchone()
        began = time.perf_counter()
        cursor.execute(
            "INSERT INTO feedback_response_tags (response_id, tag_id)"
            " SELECT id, %s FROM feedback_response ORDER BY id LIMIT %s",
            [tag, TAGGED],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit checks them
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def asked_for() -> int:
    """The number of an act that tags so many responses, not begun yet."""
    from django.contrib.auth import get_user_model

    from feedback.models import Bulk, Membership, Response, Role, Survey
    from feedback.responses import bulk, tags

    survey = Survey.objects.get(slug=SLUG)
    someone, _made = get_user_model().objects.get_or_create(username="benchmark")
    Membership.objects.get_or_create(survey=survey, user=someone, role=Role.REVIEWER)
    tag = tags.create(survey, f"tag {time.time():.0f}", "red", actor=someone)
    asked = bulk.start(survey, "tag", tag.pk, "", actor=someone)
    numbers = Response.objects.filter(survey=survey).order_by("pk").values_list("pk", flat=True)
    last = numbers[min(TAGGED, asked.expected) - 1]
    Bulk.objects.filter(pk=asked.pk).update(up_to=last)
    return asked.pk


def changed_by(number: int) -> int:
    from feedback.models import Bulk

    return Bulk.objects.get(pk=number).changed


def work_off(number: int) -> None:
    import django

    django.setup()
    from feedback.responses import bulk

    bulk.run(number)


if __name__ == "__main__":
    work_off(int(sys.argv[1]))
