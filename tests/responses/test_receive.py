"""The one way in: what is stored, what is encrypted, what counts as the same, what fails."""

import base64
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.test import override_settings
from django.utils.datastructures import MultiValueDict

from feedback.models import Change, Response, Survey
from feedback.models.identity import UnreadableIdentity, decrypt, encrypt
from feedback.responses import receipts, tickets
from feedback.responses.in_field import in_field
from feedback.responses.receive import Conflict, DatabaseAway, Outcome, Stored, ToMend, receive
from feedback.responses.screening import Arrival
from tests import build
from tests.outages import cut_connections, database_away

Queries = Callable[[int], AbstractContextManager[Any]]
NONCE = UUID("01234567-89ab-cdef-0123-456789abcdef")
ANSWERS = {"name": ["Ada"], "wish": ["Benches"], "stars": ["4"]}


BREAKS_DOWN = """
    CREATE FUNCTION breaks_down() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'XX000'; END $$;
    CREATE TRIGGER breaks_down BEFORE INSERT ON feedback_response
        FOR EACH ROW EXECUTE FUNCTION breaks_down()
"""


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def take(town: Survey, nonce: UUID = NONCE, source: str = "", **answers: list[str]) -> Outcome:
    """One attempt to answer, as the page sends it."""
    field = in_field(town.slug)
    ticket = tickets.issue(survey=field.id, revision=field.revision, nonce=nonce)
    posted = MultiValueDict({"ticket": [ticket], **(answers or ANSWERS)})
    return receive(posted, survey=field, damaged={}, arrival=Arrival(source=source))


def stored() -> Response:
    return Response.with_identity.get()


# -- personal answers ----------------------------------------------------------------------


def test_a_personal_answer_is_stored_encrypted_only(town: Survey) -> None:
    """Whoever copies the table learns that a name was given, and not which."""
    take(town)

    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM feedback_response r")
        (row,) = cursor.fetchone()
    assert "Benches" in row
    assert "Ada" not in row and b"Ada".hex() not in row
    assert stored().answers["name"] is True
    assert decrypt(stored().identity, nonce=NONCE) == {"name": "Ada"}


def test_personal_answers_are_not_selected_unless_asked_for(town: Survey) -> None:
    """What is not fetched cannot be shown by mistake."""
    take(town)

    assert "identity" in Response.objects.get().get_deferred_fields()
    assert "identity" not in stored().get_deferred_fields()


def test_nothing_is_encrypted_where_nothing_personal_was_given(town: Survey) -> None:
    """A column that is there tells that there is something in it."""
    take(town, name=[""], wish=["Benches"])

    assert stored().identity is None
    assert stored().answers["name"] is None
    assert decrypt(None, nonce=NONCE) == {}


def test_one_persons_identity_cannot_be_moved_to_another_row(town: Survey) -> None:
    """The nonce is authenticated with it, so a swap in the database is found out."""
    take(town)

    with pytest.raises(UnreadableIdentity):
        decrypt(stored().identity, nonce=uuid4())


def test_an_identity_that_was_tampered_with_is_not_read(town: Survey) -> None:
    """Encryption alone would give back some other text."""
    take(town)
    column = bytes(stored().identity or b"")

    for at in (0, 4, 16, len(column) - 1):
        changed = bytearray(column)
        changed[at] ^= 1
        with pytest.raises(UnreadableIdentity):
            decrypt(bytes(changed), nonce=NONCE)


def test_the_same_name_is_never_the_same_ciphertext() -> None:
    """Equal columns would tell which two people gave one answer."""
    assert len({encrypt({"name": "Ada"}, nonce=NONCE) for _ in range(50)}) == 50


def test_old_keys_read_and_the_newest_writes(town: Survey, settings: Any) -> None:
    """Keys rotate without touching a row, and rows written since need only the new one."""
    old, new = settings.IDENTITY_KEYS[0], new_key()
    take(town)

    settings.IDENTITY_KEYS = [new, old]
    assert decrypt(stored().identity, nonce=NONCE) == {"name": "Ada"}
    second = encrypt({"name": "Grace"}, nonce=NONCE)
    settings.IDENTITY_KEYS = [new]
    assert decrypt(second, nonce=NONCE) == {"name": "Grace"}
    settings.IDENTITY_KEYS = [old]
    with pytest.raises(UnreadableIdentity, match="of IDENTITY_KEYS is missing"):
        decrypt(second, nonce=NONCE)


def test_a_retry_after_a_key_rotation_is_still_the_same_response(
    town: Survey, settings: Any
) -> None:
    """Ciphertexts always differ, so what is compared is what they say."""
    first = take(town)
    settings.IDENTITY_KEYS = [new_key(), *settings.IDENTITY_KEYS]

    assert take(town) == first
    assert Response.objects.count() == 1


# -- the same, or other answers ------------------------------------------------------------


def test_the_receipt_is_computed_from_the_attempt(town: Survey) -> None:
    """A retry gets it without asking the database, and the row keeps only its hash."""
    outcome = take(town)

    assert outcome == Stored(receipts.code_for(NONCE))
    assert stored().receipt == receipts.hash_of(outcome.receipt)
    assert receipts.find(outcome.receipt) == stored()
    assert outcome.receipt not in str(stored().receipt)


def test_line_ends_and_the_source_make_no_other_answers(town: Survey) -> None:
    """Browsers differ in both, and the person said the same."""
    first = take(town, wish=["a\r\nb"], source="poster")

    assert take(town, wish=["a\nb"], source="") == first
    assert stored().source == "poster"


@pytest.mark.parametrize(
    "others",
    [
        {"name": ["Grace"]},
        {"name": [""]},
        {"wish": ["Benches "]},
        {"stars": ["5"]},
        {"uses": ["walk"]},
    ],
    ids=["personal", "personal blank", "space", "rating", "one more"],
)
def test_any_other_answer_is_a_conflict_and_the_first_are_kept(
    town: Survey, others: dict[str, list[str]]
) -> None:
    """A ticket is one attempt of one person; what was stored under it is a fact."""
    take(town)
    before = Response.with_identity.values().get()

    outcome = take(town, **{**ANSWERS, **others})

    assert isinstance(outcome, Conflict)
    assert outcome.revision == town.live_id
    assert tickets.read(outcome.ticket, survey=town.pk).nonce != NONCE
    assert Response.with_identity.values().get() == before


def test_one_nonce_in_two_surveys_is_two_responses(town: Survey) -> None:
    """The nonce is unique within the survey, so that the table can be split by it."""
    elsewhere = build.survey(slug="elsewhere")

    assert isinstance(take(town), Stored) and isinstance(take(elsewhere), Stored)
    assert Response.objects.count() == 2


def test_a_first_response_costs_one_statement_and_a_repeated_one_two(
    town: Survey, django_assert_num_queries: Queries
) -> None:
    """Only who sends twice pays for the look at what was stored."""
    take(town, nonce=uuid4())

    with django_assert_num_queries(1):
        take(town)
    with django_assert_num_queries(2):
        take(town)


def test_a_stored_response_is_in_the_outbox_and_a_refused_one_is_not(town: Survey) -> None:
    """What is derived later is derived from exactly what is stored."""
    take(town, wish=[""])
    assert not Change.objects.exists()
    take(town)
    take(town)
    take(town, wish=["Another"])

    assert [change.response_id for change in Change.objects.all()] == [stored().pk]


# -- refusals ------------------------------------------------------------------------------


def test_every_error_comes_at_once(town: Survey) -> None:
    """Damaged, wrong and missing together: one round of mending, not three."""
    field = in_field("town")
    ticket = tickets.issue(survey=field.id, revision=field.revision, nonce=NONCE)
    posted = MultiValueDict({"ticket": [ticket], "name": ["\ufffd"], "stars": ["9"], "odd": ["1"]})

    outcome = receive(posted, survey=field, damaged={"name": ValidationError("damaged")})

    assert isinstance(outcome, ToMend)
    assert set(outcome.error.message_dict) == {NON_FIELD_ERRORS, "name", "stars", "wish"}
    assert tickets.read(outcome.ticket, survey=town.pk).nonce == NONCE
    assert not Response.objects.exists()


def test_an_expired_ticket_is_told_only_once_nothing_else_is_wrong(town: Survey) -> None:
    """Two refusals in a row for one page would be one too many."""
    field = in_field("town")
    old = tickets.issue(survey=field.id, revision=field.revision, nonce=NONCE, at=1_700_000_000)
    wrong = receive(MultiValueDict({"ticket": [old]}), survey=field, damaged={})
    right = receive(MultiValueDict({"ticket": [old], **ANSWERS}), survey=field, damaged={})

    assert isinstance(wrong, ToMend) and set(wrong.error.message_dict) == {"wish"}
    assert isinstance(right, ToMend) and set(right.error.message_dict) == {NON_FIELD_ERRORS}
    again = MultiValueDict({"ticket": [wrong.ticket], **ANSWERS})
    assert isinstance(receive(again, survey=field, damaged={}), Stored)


def test_a_ticket_signed_before_the_secret_changed_is_signed_anew(town: Survey) -> None:
    """A rotation of the secret must not cost those their text who are writing."""
    field = in_field("town")
    with override_settings(SECRET_KEY="the secret of yesterday " * 3):
        old = tickets.issue(survey=field.id, revision=field.revision)

    outcome = receive(MultiValueDict({"ticket": [old], **ANSWERS}), survey=field, damaged={})

    assert isinstance(outcome, ToMend)
    again = MultiValueDict({"ticket": [outcome.ticket], **ANSWERS})
    assert isinstance(receive(again, survey=field, damaged={}), Stored)


# -- the database --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_connection_cut_meanwhile_is_made_again() -> None:
    """After a restart of the database every process holds a connection that is dead."""
    town = build.survey()
    take(town, nonce=uuid4())

    assert cut_connections() >= 1

    assert isinstance(take(town), Stored)
    assert Response.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_is_told_by_name_and_stores_nothing() -> None:
    """The page can then keep the text, and the same ticket makes the second try safe."""
    town = build.survey()
    first = take(town, nonce=uuid4())
    assert isinstance(first, Stored)

    with database_away(), pytest.raises(DatabaseAway) as away:
        take(town)

    assert away.value.revision == town.live_id
    assert Response.objects.count() == 1
    assert isinstance(take(town), Stored)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_breaks_down_in_the_insert_is_away_as_well() -> None:
    """It then speaks of an internal error (XX000): for the respondent that is no other matter."""
    town = build.survey()
    connection.cursor().execute(BREAKS_DOWN)
    try:
        with pytest.raises(DatabaseAway):
            take(town)
    finally:
        connection.cursor().execute("DROP FUNCTION breaks_down() CASCADE")

    assert not Response.objects.exists()
    assert isinstance(take(town), Stored)
