"""Made-up responses, for demonstrations and for measuring: many, fast, the same each time.

A pool of answers to each item is made up and cleaned as the form would clean them; then
each response draws one answer from every pool. So no row passes the form's fields, and
a million take a minute or two, yet none holds what the form would have refused.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from random import Random
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.datastructures import MultiValueDict

from feedback.models import Revision
from feedback.models.identity import encrypt
from feedback.question_types.base import Answers, Item
from feedback.questionnaire.answers import Cleaned, answer_to, asked, broken_rules, keep
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.expressions import Tree, holds
from feedback.responses import receipts

RESPONSES_TRIED, ANSWERS_TRIED = 200, 20
POOL = 20_000  # answers to each item, at most
BATCH = 100_000  # responses in one transaction
BLOCK = 500  # responses in one piece of a COPY
HOURS = 14 * 24  # over which they are spread, until now
SOURCES = ("demo newsletter", "demo social", "demo forum", "demo poster", "demo talk")
MARK = "demo"  # the source of every other: nobody takes them for real ones
COPY = """
    COPY feedback_response (survey_id, revision_id, nonce, receipt, received_at, language,
        source, seconds, answers, identity, status) FROM STDIN
"""


class CannotMakeUp(Exception):
    """Chance finds no answers that this questionnaire takes."""


@dataclass(frozen=True)
class Piece:
    """One item's part of a response: JSON without its braces, ready for COPY."""

    key: str
    answers: str
    identity: Answers
    values: Answers  # by which later items are asked or not


def seed(
    revision: Revision,
    *,
    responses: int,
    seed: int,
    now: datetime,
    stored: Callable[[int], None] = lambda count: None,
) -> None:
    """Store made-up responses to a published revision.

    Args:
        seed: the same gives the same answers, sources, times before ``now`` and receipts.
        stored: called with the number of responses of each piece that was sent.

    Raises:
        IntegrityError: this survey was given responses from the same seed before.
    """
    rows = lines(revision, responses=responses, seed=seed, now=now)
    blocks = iter(lambda: list(islice(rows, BLOCK)), [])
    while first := next(blocks, None):
        # What goes wrong in a COPY reaches Django only if it is told to look.
        with transaction.atomic(), connection.wrap_database_errors, connection.cursor() as cursor:
            # The index on answers takes entries in bulk far better than one by one.
            cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
            with cursor.copy(COPY) as copy:
                for block in chain([first], islice(blocks, BATCH // BLOCK - 1)):
                    copy.write("".join(block).encode())
                    stored(len(block))


def lines(revision: Revision, *, responses: int, seed: int, now: datetime) -> Iterator[str]:
    """Responses as lines of COPY's text format, in the order of their arrival."""
    questionnaire, chance = revision.questionnaire, Random(f"{seed} rows")
    draw = (
        walks(questionnaire, chance)
        if depends(questionnaire)
        else draws(questionnaire, chance, seed=seed, size=min(POOL, max(responses, 1)))
    )
    start = f"{revision.survey_id}\t{revision.pk}"
    for arrived in arrivals(responses, Random(f"{seed} times"), now=now):
        pieces = next(draw)
        nonce = UUID(int=chance.getrandbits(128), version=4)
        receipt = receipts.hash_of(receipts.code_for(nonce))
        seconds = int(chance.lognormvariate(5.3, 0.7)) + 8
        source = chance.choice(SOURCES) if chance.random() < 0.3 else MARK
        yield (
            f"{start}\t{nonce}\t{receipt}\t{arrived}\t{questionnaire.language}\t{source}"
            f"\t{seconds}\t{answers(pieces)}\t{identity(pieces, nonce)}\t0\n"
        )


def depends(questionnaire: Questionnaire) -> bool:
    """Whether what is a fitting answer hangs on the answers before it."""
    return bool(
        questionnaire.offers
        or questionnaire.demands
        or questionnaire.formulas
        or questionnaire.rules
    )


def draws(
    questionnaire: Questionnaire, chance: Random, *, seed: int, size: int
) -> Iterator[Sequence[Piece]]:
    """Responses whose every answer is drawn from a pool of its own: the quick way."""
    pools = [
        pool(item, Random(f"{seed} {item.key}"), size=size) for item in questionnaire.questions
    ]
    while True:
        pieces = [pieces[int(chance.random() * size)] for pieces in pools]
        if questionnaire.conditions:
            pieces = list(asked_of(pieces, questionnaire.conditions))
        yield pieces


def walks(questionnaire: Questionnaire, chance: Random) -> Iterator[Sequence[Piece]]:
    """Responses answered item by item, each answer fitting those before it.

    Raises:
        CannotMakeUp: no response was found that the form would take.
    """
    while True:
        tries = (walk(questionnaire, chance) for _try in range(RESPONSES_TRIED))
        found = next((pieces for pieces in tries if pieces is not None), None)
        if found is None:
            raise CannotMakeUp(f"{questionnaire.slug} asks for answers that chance does not give")
        yield found


def walk(questionnaire: Questionnaire, chance: Random) -> Sequence[Piece] | None:
    """One response, or None where chance came to an item that it could not answer."""
    values: Answers = {}
    pieces = []
    for item in questionnaire.questions:
        if not asked(item, questionnaire, values):
            continue
        for fields in (*(item.made_up(chance) for _try in range(ANSWERS_TRIED)), {}):
            try:
                stored = answer_to(item, questionnaire, MultiValueDict(fields), values)
            except ValidationError:
                continue
            values |= stored
            pieces.append(piece(item, stored))
            break
        else:
            return None
    return None if broken_rules(questionnaire, values, besides={}) else pieces


def pool(item: Item, chance: Random, *, size: int) -> Sequence[Piece]:
    """Answers to one item, each as the form would have cleaned it."""
    made = (MultiValueDict(item.made_up(chance)) for _ in range(size))
    return [piece(item, item.clean(fields)) for fields in made]


def piece(item: Item, values: Answers) -> Piece:
    cleaned = Cleaned()
    keep(cleaned, values, personal=item.personal)
    inside = json.dumps(cleaned.answers, ensure_ascii=False)[1:-1]
    # JSON has no raw tab or line end, so a backslash is all that COPY would misread.
    return Piece(item.key, inside.replace("\\", "\\\\"), cleaned.identity, values)


def asked_of(pieces: Sequence[Piece], conditions: Mapping[str, Tree]) -> Iterator[Piece]:
    """The pieces of the items that are asked after the answers before them."""
    values: Answers = {}
    for piece in pieces:
        if piece.key not in conditions or holds(conditions[piece.key], values):
            values |= piece.values
            yield piece


def answers(pieces: Sequence[Piece]) -> str:
    return "{" + ",".join([piece.answers for piece in pieces if piece.answers]) + "}"


def identity(pieces: Sequence[Piece], nonce: UUID) -> str:
    personal: Answers = {}
    for piece in pieces:
        personal.update(piece.identity)
    column = encrypt(personal, nonce=nonce)
    return r"\N" if column is None else rf"\\x{column.hex()}"


def arrivals(responses: int, chance: Random, *, now: datetime) -> Iterator[str]:
    """Ascending times: many at the launch, fewer later, and hardly any at night (UTC)."""
    begin = now.astimezone(UTC) - timedelta(hours=HOURS)
    due, weights = 0.0, [rush(begin + timedelta(hours=h), hour=h) for h in range(HOURS)]
    stored = 0
    for hour, weight in enumerate(weights):
        due += responses * weight / sum(weights)
        count = (responses if hour == HOURS - 1 else round(due)) - stored
        stored += count
        start = begin + timedelta(hours=hour)
        for second in sorted(3600 * chance.random() for _ in range(count)):
            yield f"{start + timedelta(seconds=second):%Y-%m-%d %H:%M:%S.%f%z}"


def rush(at: datetime, *, hour: int) -> float:
    """How busy one hour is, ``hour`` hours after the launch."""
    by_day = 1.1 - math.cos((at.hour - 3) * math.pi / 12)
    return by_day * (0.25 + math.exp(-hour / 48))
