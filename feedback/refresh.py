"""Everything derived from responses, brought up to date from the outbox.

Change is the truth and a task only the messenger: changes are taken out in the very
transaction that derives from them, so whatever is killed, nothing is skipped and nothing
half-made is seen. Any number of these may run at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import Sum

from feedback import chain
from feedback.analysis import publishing
from feedback.analysis.compile import NEVER, compile_survey
from feedback.frames.build import chunk_number, rebuild
from feedback.frames.layout import Layout, layout_of
from feedback.models import FrameChunk, Summary, Survey
from feedback.open_text import deriving
from feedback.responses import networks, partials, screening, search
from feedback.theming import placing

BATCH = 16_384  # changes in one transaction

# ARRAY, as it is asked once. Behind IN, a plan that asks again for each change gets those that
# are not locked yet, and the batch has no limit.
CLAIM = """
    DELETE FROM feedback_change WHERE id = ANY(ARRAY(
        SELECT id FROM feedback_change ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING survey_id, response_id
"""


def refresh() -> int:
    """Work off the outbox, then bring each summary up to date. Returns the changes done."""
    chain.seal()  # first, as it is quick and whatever follows may fail
    networks.renew_salts(datetime.now(tz=UTC).date())
    done = 0
    while batch := refresh_batch():
        done += batch
    rebuild_outdated()
    compile_outdated()
    partials.empty_expired()
    publishing.release_due()
    return done


@transaction.atomic
def refresh_batch() -> int:
    """Claim some changes and derive what follows from them."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [BATCH])
        claimed = cursor.fetchall()
    by_survey: dict[int, set[int]] = defaultdict(set)
    for survey_id, response_id in claimed:
        by_survey[survey_id].add(response_id)
    for survey in Survey.objects.filter(pk__in=by_survey).order_by("pk"):
        ids, layout = sorted(by_survey[survey.pk]), layout_of(survey)
        screening.judge(survey, ids)
        rebuild_chunks(survey, by_chunk(ids), layout)
        search.index(survey, ids, layout.items)
        deriving.derive(survey, ids, layout.items)
        placing.assign(survey, ids, layout.items)
        partials.forget_sent(ids)
    return len(claimed)


def by_chunk(ids: Iterable[int]) -> dict[int, list[int]]:
    """Which chunks have changed, and which of their responses."""
    changed: dict[int, list[int]] = defaultdict(list)
    for pk in ids:
        changed[chunk_number(pk)].append(pk)
    return changed


def rebuild_chunks(survey: Survey, changed: Mapping[int, Collection[int]], layout: Layout) -> None:
    """Rebuild these chunks, each locked before its responses are read.

    Without the lock two refreshers overwrite a newer frame with an older one, and the
    outbox is empty. In order of number, so that two of them never wait in a circle.
    """
    FrameChunk.objects.bulk_create(
        [FrameChunk(survey=survey, number=number) for number in sorted(changed)],
        ignore_conflicts=True,
    )
    for number in sorted(changed):
        chunk = FrameChunk.objects.select_for_update().get(survey=survey, number=number)
        rebuild(chunk, layout, changed[number])


def rebuild_outdated() -> None:
    """Bring chunks of before the latest revision, which ``publish`` marked, into its layout."""
    marked = FrameChunk.objects.filter(layout="", version__gt=0).select_related("survey")
    for chunk in list(marked.defer("data")):
        with transaction.atomic():
            rebuild_chunks(chunk.survey, {chunk.number: ()}, layout_of(chunk.survey))


def compile_outdated() -> None:
    """Compile each survey whose frames moved on since its summary was made."""
    made = dict(Summary.objects.values_list("survey_id", "frames"))
    moved_to = dict(FrameChunk.objects.values_list("survey_id").annotate(Sum("version")))
    for survey in Survey.objects.filter(live__isnull=False):
        if made.get(survey.pk) != moved_to.get(survey.pk, 0):
            compile_survey(survey)


def rebuild_everything() -> int:
    """Derive all from the responses alone, as if nothing had been derived before.

    Each chunk stands until it is made anew, so that no page and no release counts a part.
    """
    # In one: killed between the two, it would leave no word of what to make.
    with transaction.atomic(), connection.cursor() as cursor:
        FrameChunk.objects.update(layout="")
        Summary.objects.update(frames=NEVER)
        cursor.execute(
            "INSERT INTO feedback_change (survey_id, response_id)"
            " SELECT survey_id, id FROM feedback_response"
        )
    return refresh()
