"""Screening: what each reason finds, whom it leaves alone, and that nobody is kept out."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from feedback import refresh as outbox
from feedback.models import Change, Response, Survey
from feedback.questionnaire.answers import Cleaned
from feedback.refresh import refresh
from feedback.responses import screening, tickets
from feedback.responses.in_field import in_field
from feedback.responses.receive import Outcome, Stored, receive
from feedback.responses.screening import MOST_AN_HOUR, Arrival, at_once, judge, one_key, too_fast
from feedback.responses.selection import Selection
from tests import build
from tests.eventually import eventually

Queries = Callable[[int], AbstractContextManager[Any]]
HOME, SCHOOL = b"home....", b"school.."


def arrive(of: Survey, arrival: Arrival, *, took: int = 600, **answers: str) -> Outcome:
    """One attempt that came in like this, so many seconds after its form was delivered."""
    field = in_field(of.slug)
    begun = int(timezone.now().timestamp()) - took
    ticket = tickets.issue(survey=field.id, revision=field.revision, at=begun)
    given = {"wish": "Benches", **answers}
    posted = MultiValueDict({"ticket": [ticket]} | {name: [text] for name, text in given.items()})
    return receive(posted, survey=field, damaged={}, arrival=arrival)


def put(of: Survey, *, at: Any = None, **columns: Any) -> Response:
    """A response as it is stored, with just these columns of its own."""
    return Response.objects.create(
        survey=of,
        revision_id=of.live_id,
        nonce=uuid4(),
        receipt=uuid4(),
        language="en",
        answers={"wish": "Benches"},
        received_at=at or timezone.now(),
        **columns,
    )


def flagged(reason: str) -> list[int]:
    rows = Response.objects.filter(reasons__contains=[reason]).order_by("pk")
    return list(rows.values_list("pk", flat=True))


# -- known at once ---------------------------------------------------------------------


def test_a_response_with_every_reason_is_stored_by_one_statement(
    town: Survey, django_assert_num_queries: Queries
) -> None:
    """Screening must cost neither a query nor a response."""
    arrive(town, Arrival())
    caught = Arrival(honeypot=True, network=HOME)

    with django_assert_num_queries(1):
        outcome = arrive(town, caught, took=0, wish="aaaaaaaaaaaa")

    assert isinstance(outcome, Stored)
    row = Response.objects.order_by("pk").last()
    assert row is not None
    assert row.reasons == ["honeypot", "fast", "held_key"]
    assert (bytes(row.network), row.device) == (HOME, None)


def test_a_response_of_somebody_who_took_their_time_has_no_reason(town: Survey) -> None:
    """The flag is worth something only if most have none."""
    arrive(town, Arrival(network=HOME))
    refresh()

    assert Response.objects.get().reasons == []


@pytest.mark.parametrize(
    ("answered", "took", "fast"),
    [(0, 0, True), (0, 1, False), (1, 1, True), (1, 2, False), (10, 5, True), (10, 6, False)],
)
def test_fast_is_what_nobody_can_read(answered: int, took: int, fast: bool) -> None:
    """A second for the page and half a second for each answer."""
    assert too_fast(["yes"] * answered, took=took) is fast


def test_what_was_left_empty_takes_no_time_to_read() -> None:
    """Who answers one question of forty is not forty times too fast."""
    assert not too_fast([None, False] * 20 + ["yes"], took=2)
    assert too_fast(["yes"] * 41, took=2)  # control: were they answers


HELD = [
    "aaaaaaaa",
    "a a a a aaaa",
    " \n........\t",
    "ああああああああ",
    "ааааааааааа",
    "ᄀᄀᄀᄀᄀᄀᄀᄀ",
]
HELD += ["कि" * 8, "e\u0301" * 9, "\N{GRINNING FACE}" * 8, "00000000", "--------"]
TYPED = ["", "aaaaaaa", "hahahaha", "aaaaaaab", "baaaaaaa", "Aaaaaaaaa", "a" * 8 + "!", "कि" * 7]
TYPED += ["abababababab", "कि" * 8 + "क", "a" * 400 + "b", "no no no no no no", "\u0301" * 9]


@pytest.mark.parametrize("text", HELD)
def test_one_key_held_down_is_found_in_every_script(text: str) -> None:
    """An accent or a vowel sign belongs to its letter, and spaces change nothing."""
    assert one_key(text)


@pytest.mark.parametrize("text", TYPED)
def test_whoever_types_two_keys_is_left_alone(text: str) -> None:
    """Laughing eight times is an opinion."""
    assert not one_key(text)


def test_a_key_held_down_in_a_personal_answer_counts_as_well() -> None:
    """It is looked at before it is encrypted, and only the reason is kept."""
    cleaned = Cleaned({"name": True}, {"name": "xxxxxxxxxx"})

    assert at_once(Arrival(), cleaned, took=600) == ["held_key"]


def test_a_list_of_codes_is_no_text() -> None:
    """Nor is a number, however often its digit stands in it."""
    cleaned = Cleaned({"uses": ["aaaaaaaa"], "stars": 11111111, "wish": None})

    assert at_once(Arrival(), cleaned, took=600) == []


def test_the_same_answers_with_another_arrival_are_the_same_response(town: Survey) -> None:
    """A retry from another network, or by then slow enough, is no conflict."""
    field, nonce = in_field("town"), uuid4()
    ticket = tickets.issue(survey=field.id, revision=field.revision, nonce=nonce)
    posted = MultiValueDict({"ticket": [ticket], "wish": ["Benches"]})
    first, again = (
        receive(posted, survey=field, damaged={}, arrival=arrival)
        for arrival in (Arrival(network=HOME, honeypot=True), Arrival(network=SCHOOL))
    )

    assert first == again
    assert Response.objects.get().reasons == ["honeypot", "fast"]


def test_the_previous_release_goes_on_storing(town: Survey) -> None:
    """While a new release starts, the old one inserts without the columns it does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feedback_response (survey_id, revision_id, nonce, receipt, language,"
            " source, seconds, answers, identity) VALUES (%s, %s, %s, %s, 'en', '', 9, '{}', NULL)",
            [town.pk, town.live_id, uuid4(), uuid4()],
        )
        cursor.execute(
            "INSERT INTO feedback_survey (slug, title, created_at) VALUES ('old', 'Old', now())"
        )

    row, survey = Response.objects.get(), Survey.objects.get(slug="old")
    assert (row.reasons, row.network, row.device, row.paradata) == ([], None, None, None)
    assert (survey.zone, survey.cap, survey.closed_text, survey.notice_days) == ("", None, "", None)
    assert survey.one_per_device is False


# -- judged by refresh: networks -------------------------------------------------------


def test_five_hundred_from_one_school_are_all_stored_and_those_beyond_the_limit_flagged(
    town: Survey,
) -> None:
    """They are honest people behind one address: staff see why, and nobody is lost."""
    rows = [put(town, network=SCHOOL) for _ in range(500)]
    alone = put(town, network=HOME)

    refresh()

    assert Response.objects.count() == 501
    assert flagged("network") == [row.pk for row in rows[MOST_AN_HOUR:]]
    alone.refresh_from_db()
    assert alone.reasons == []
    town.refresh_from_db()
    assert town.summary.figures["responses"] == 501


def test_a_network_is_judged_by_the_hour(town: Survey) -> None:
    """A household in which one more answers each evening is no crowd."""
    now = timezone.now()
    for _ in range(MOST_AN_HOUR):
        put(town, network=HOME, at=now - timedelta(hours=1))
    put(town, network=HOME, at=now)
    refresh()
    assert flagged("network") == []

    for _ in range(MOST_AN_HOUR - 1):
        put(town, network=HOME, at=now)
    last = put(town, network=HOME, at=now)
    refresh()
    assert flagged("network") == [last.pk]


def test_networks_of_other_surveys_and_unknown_ones_do_not_count(town: Survey) -> None:
    """An imported file has no network at all, and is not one."""
    other = build.survey(slug="other")
    for _ in range(MOST_AN_HOUR + 1):
        put(town, network=None)
        put(other, network=HOME)
    put(town, network=HOME)

    refresh()

    rows = Response.objects.filter(survey=town)
    assert not rows.exclude(reasons=[]).exists()
    assert Response.objects.filter(survey=other, reasons=["network"]).count() == 1


def test_reasons_known_at_once_stay_beside_later_ones(town: Survey) -> None:
    """Each speaks for itself."""
    for _ in range(MOST_AN_HOUR):
        put(town, network=HOME)
    row = put(town, network=HOME, reasons=["fast"])

    refresh()

    row.refresh_from_db()
    assert row.reasons == ["fast", "network"]


def test_refresh_comes_to_an_end_and_changes_nothing_twice(town: Survey) -> None:
    """A flag is a change of the row, which is in the outbox again."""
    for _ in range(MOST_AN_HOUR + 5):
        put(town, network=HOME)

    assert refresh() == MOST_AN_HOUR + 5 + 5
    assert not Change.objects.exists()
    before = list(Response.objects.order_by("pk").values_list("reasons", flat=True))

    Response.objects.update(source="touched")
    assert refresh() == MOST_AN_HOUR + 5
    assert list(Response.objects.order_by("pk").values_list("reasons", flat=True)) == before


# -- judged by refresh: devices --------------------------------------------------------


@pytest.fixture
def one_each(town: Survey) -> Survey:
    """The town's survey, asking for one response per device."""
    town.one_per_device = True
    town.save()
    return town


def test_the_second_and_later_from_one_device_are_flagged(one_each: Survey) -> None:
    """The first is as good as any other's; who has no identifier is nobody's second."""
    first, second, third = (put(one_each, device=b"mine....") for _ in range(3))
    other, unknown, unknown_too = put(one_each, device=b"yours..."), put(one_each), put(one_each)

    refresh()

    assert flagged("device") == [second.pk, third.pk]
    assert not {first.pk, other.pk, unknown.pk, unknown_too.pk} & set(flagged("device"))


def test_a_survey_that_does_not_ask_for_one_per_device_flags_nobody(town: Survey) -> None:
    """Whoever fills in a form for each day of the week does as they were told."""
    put(town, device=b"mine....")
    put(town, device=b"mine....")

    refresh()

    assert flagged("device") == []


def test_the_earlier_of_two_that_is_seen_later_still_settles_which_is_second(
    one_each: Survey,
) -> None:
    """Its transaction was slower: the one that was judged alone is judged again."""
    early, late, latest = (put(one_each, device=b"mine....") for _ in range(3))
    early_number = early.pk
    early.delete()
    refresh()
    assert flagged("device") == [latest.pk]

    early.pk = early_number
    early.save(force_insert=True)
    refresh()

    assert flagged("device") == [late.pk, latest.pk]


def test_nothing_is_flagged_again_once_the_first_is_withdrawn(one_each: Survey) -> None:
    """What was once true of a response is not taken back, and refresh settles."""
    first, second = (put(one_each, device=b"mine....") for _ in range(2))
    refresh()
    first.delete()

    assert refresh() == 1
    assert flagged("device") == [second.pk]


@pytest.mark.django_db(transaction=True)
def test_two_refreshers_flag_one_of_two_from_a_device_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each has claimed one of the two; the slower waits for the row and adds nothing."""
    town = build.survey()
    Survey.objects.update(one_per_device=True)
    town.refresh_from_db()
    _first, second = (put(town, device=b"mine....") for _ in range(2))
    monkeypatch.setattr(outbox, "BATCH", 1)
    failed: list[BaseException] = []

    def judge_too() -> None:
        try:
            with transaction.atomic():
                judge(town, [second.pk])
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        judge(town, [second.pk])
        other = threading.Thread(target=judge_too)
        other.start()
        assert eventually(waits_for_a_lock)
    other.join(20)

    assert failed == []
    second.refresh_from_db()
    assert second.reasons == ["device"]
    refresh()
    assert not Change.objects.exists()


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


# -- finding them ----------------------------------------------------------------------


def test_a_selection_finds_those_flagged_and_by_the_index(town: Survey) -> None:
    """Of a million responses a few are flagged: nobody should wait for the others."""
    put(town)
    fast, caught = put(town, reasons=["fast"]), put(town, reasons=["honeypot", "fast"])
    held = put(town, reasons=["held_key"])

    def found(*reasons: str) -> set[int]:
        rows = Selection(screened=reasons).responses(town, [])
        return set(rows.values_list("pk", flat=True))

    assert found("fast") == {fast.pk, caught.pk}
    assert found("honeypot", "held_key") == {caught.pk, held.pk}
    assert found("device") == set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Selection(screened=["fast"]).responses(town, []).order_by("-received_at", "-id")
    assert "response_flagged" in rows.explain()


def test_a_reason_is_kept_in_words_for_every_code() -> None:
    """Staff read words, and the codes of exports are those of the model."""
    row = Response(reasons=list(screening.Reason.values))

    assert len(set(row.reasons_in_words)) == len(screening.Reason.values) == 5
