"""Learning from coded answers: suggestions, the order to read in, a classifier for estimates.

What the classifier says of an answer that was read comes from models that had not seen it:
else an estimate that corrects it by those answers would take it for better than it is
(T. Zrnic and E. J. Candès (2024), PNAS 121(15), e2322083121).
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import transaction
from django.utils import timezone

from feedback.models import Code, Coded, OpenQuestion, Response
from feedback.open_text.coding import codes_by_response
from feedback.open_text.questions import by_lot, locked, texts_of
from feedback.open_text.suggesting import (
    FOLDS,
    LIKELY,
    Floats,
    Suggester,
    TooFewExamples,
    Vectors,
    learn,
    to_read,
    uncertainty,
)
from feedback.open_text.texts import normalised
from feedback.open_text.vectors import for_codes
from feedback.question_types.columns import Column

SAMPLE = 5_000  # texts that the vectors are learnt from
CHOSEN_FROM = 1_500  # texts that what to read next is chosen from: each is compared with each
NEXT = 200
AT_ONCE = 3_000  # answers that a request learns from by itself; more are for a worker


def learn_codes(question: OpenQuestion, column: Column) -> list[int]:
    """Suggest codes for every answer, and say what to read next.

    Returns:
        The numbers of the codes that had enough examples to be suggested; those among
        them that were tried on unseen answers are kept in ``learnt``.
    """
    began, texts = timezone.now(), texts_of(question.survey, column)
    if not texts:
        return []
    ids, plain = [pk for pk, _text in texts], [normalised(text) for _pk, text in texts]
    of = dict(zip(ids, plain, strict=True))
    fitted = for_codes().fit([of[pk] for pk in by_lot(question, ids, SAMPLE)])
    vectors = fitted.transform(plain)
    place = {pk: at for at, pk in enumerate(ids)}
    read = {pk: codes for pk, codes in codes_by_response(question).items() if pk in place}
    rows = [place[pk] for pk in sorted(read)]
    coded = [frozenset(map(str, read[ids[row]])) for row in rows]
    said: dict[str, Floats] = {}
    tried: list[str] = []
    if rows:
        said, tried = confidences(vectors, rows, coded)
    order = reading_order(ids, plain, vectors, rows, said)
    told: dict[str, object] = {"codes": [int(code) for code in tried], "order": order}
    keep(question, said, ids, told, read_at=began)
    return sorted(map(int, said))


def confidences(
    vectors: Vectors, rows: Sequence[int], coded: Sequence[frozenset[str]]
) -> tuple[dict[str, Floats], list[str]]:
    """By code, how sure it is on each answer; and the codes that were tried on unseen ones."""
    whole = learnt(vectors, rows, coded)
    if whole is None:
        return {}, []
    found = by_code(whole, vectors)
    folds = [[at for at in range(len(rows)) if at % FOLDS == fold] for fold in range(FOLDS)]
    models = []
    for out in folds:
        inside = [at for at in range(len(rows)) if at not in {*out}]
        models.append(learnt(vectors, [rows[at] for at in inside], [coded[at] for at in inside]))
    said = [by_code(model, vectors) if model else {} for model in models]
    tried = [code for code in found if all(code in one for one in said)]
    for code in tried:
        found[code] = np.mean([one[code] for one in said], axis=0)
        for out, one in zip(folds, said, strict=True):
            own = [rows[at] for at in out]
            found[code][own] = one[code][own]
    return found, tried


def learnt(
    vectors: Vectors, rows: Sequence[int], coded: Sequence[frozenset[str]]
) -> Suggester | None:
    try:
        return learn(vectors[list(rows)], coded)
    except TooFewExamples:
        return None


def by_code(model: Suggester, vectors: Vectors) -> dict[str, Floats]:
    return dict(zip(model.codes, model.confidences(vectors).T.copy(), strict=True))


def reading_order(
    ids: Sequence[int],
    texts: Sequence[str],
    vectors: Vectors,
    read: Sequence[int],
    said: dict[str, Floats],
) -> list[int]:
    """Responses to read next, of the same text one: some hundred of those that tell most.

    Args:
        texts: normalised.
    """
    known = {texts[row] for row in read}
    different: dict[str, int] = {}
    for row, text in enumerate(texts):
        if text not in known:
            different.setdefault(text, row)
    doubt = uncertainty(np.array([*said.values()]).T) if said else None
    # Of many, those that the models doubt most, or without models any.
    fresh = list(different.values())
    if doubt is not None:
        fresh.sort(key=lambda row: -doubt[row])
    chosen = [*read[-CHOSEN_FROM:], *fresh[:CHOSEN_FROM]]
    seen = range(len(chosen) - len(fresh[:CHOSEN_FROM]))
    found = to_read(
        vectors[chosen], read=seen, doubt=None if doubt is None else doubt[chosen], most=NEXT
    )
    return [ids[chosen[at]] for at in found.order]


@transaction.atomic
def keep(
    question: OpenQuestion,
    said: dict[str, Floats],
    ids: Sequence[int],
    learnt: dict[str, object],
    *,
    read_at: datetime,
) -> None:
    """Put what was learnt in the place of what was before.

    Of responses that were withdrawn or changed since they were read nothing is kept: what
    ``refresh`` took away of them must not come back. Behind the lock, on which it waits.
    """
    kept = locked(question.survey, question.part)
    kept.learnt = learnt | {"at": timezone.now().isoformat()}
    kept.save(update_fields=["learnt"])
    question.learnt = kept.learnt
    about = {"survey": question.survey, "part": question.part}
    Coded.objects.filter(read__isnull=True, **about).delete()
    codes = {str(code.number): code for code in Code.objects.filter(**about)}
    rows = Response.objects.filter(survey=question.survey, changed_at__lt=read_at)
    same = set(rows.values_list("pk", flat=True)) if said else set()
    Coded.objects.bulk_create(
        (
            Coded(response_id=ids[row], code=codes[number], confidence=float(sure[row]), **about)
            for number, sure in said.items()
            if number in codes
            for row in np.flatnonzero(sure >= LIKELY).tolist()
            if ids[row] in same
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )
