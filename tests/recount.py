"""The report of the town in plain Python over plain rows, to hold the product's against."""

from collections import Counter
from random import Random
from typing import Any

from feedback.models import Response, Status, Survey
from tests import build

Figures = dict[str, Any]
REFUSED, UNKNOWN = {"state": "refused"}, {"state": "dont_know"}


def made_up(chance: Random) -> Figures:
    """Answers in all four states, with everything that may be stored."""
    kinds: Figures = {
        "name": [True, None, REFUSED],
        "visit": ["often", "never", "other", None, REFUSED, UNKNOWN],
        "visit__other": ["on skis", None],
        "uses": [["walk"], ["rest"], ["walk", "rest"], [], None, UNKNOWN],
        "stars": [1, 2, 3, 4, 5, None, REFUSED],
        "wish": ["=1+1", "trees", None],
    }
    return {key: chance.choice(of) for key, of in kinds.items() if chance.random() < 0.8}


def fill(survey: Survey, number: int, chance: Random) -> None:
    first = build.respond(survey, wish="first")
    rows = [
        Response(
            survey=survey,
            revision_id=first.revision_id,
            nonce=f"00000000-0000-4000-8000-{chance.getrandbits(48):012x}",
            receipt=first.receipt,
            language="en",
            status=chance.choice(list(Status)),
            received_at=f"2026-05-{chance.randint(1, 9):02d}T{chance.randint(0, 23):02d}:59:59Z",
            answers=made_up(chance),
        )
        for _ in range(number - 1)
    ]
    Response.objects.bulk_create(rows)


def recount(survey: Survey) -> Figures:
    """The report in plain Python over plain rows; knows nothing of frames."""
    rows = list(Response.objects.filter(survey=survey))
    kept = [row for row in rows if row.status != Status.SPAM]
    answers = [row.answers for row in kept]

    def states(key: str) -> Figures:
        names = Counter(
            "not_shown"
            if key not in given
            else "blank"
            if given[key] is None
            else "declined"
            if isinstance(given[key], dict)
            else "answered"
            for given in answers
        )
        return {name: names[name] for name in ("answered", "blank", "not_shown", "declined")}

    def chosen(key: str, codes: list[Any]) -> dict[str, int]:
        of = [given.get(key) for given in answers]
        return {
            str(c): sum((c in one) if isinstance(one, list) else (one == c) for one in of)
            for c in codes
        }

    days = Counter(row.received_at.date().isoformat() for row in kept)
    return {
        "responses": len(kept),
        "spam": len(rows) - len(kept),
        "by_day": dict(sorted(days.items())),
        "states": {key: states(key) for key in ("name", "visit", "uses", "stars", "wish")},
        "visit": chosen("visit", ["often", "never", "other"]),
        "uses": chosen("uses", ["walk", "rest"]),
        "stars": chosen("stars", [1, 2, 3, 4, 5]),
        "visit__other": sum(isinstance(given.get("visit__other"), str) for given in answers),
    }


def reported(found: Figures) -> Figures:
    """The same from what the product says."""
    items = found["items"]
    kinds = ("answered", "blank", "not_shown", "declined")
    return {
        "responses": found["responses"],
        "spam": found["spam"],
        "by_day": found["by_day"],
        "states": {key: {kind: item[kind] for kind in kinds} for key, item in items.items()},
        "visit": items["visit"]["counts"],
        "uses": items["uses"]["counts"],
        "stars": items["stars"]["counts"],
        "visit__other": items["visit"]["written"]["visit__other"],
    }
