"""Made-up responses: reproducible, sound, and plausible enough to show."""

from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from feedback.authoring.publish import publish
from feedback.models import Change, Response
from feedback.models.identity import decrypt
from feedback.question_types import REGISTRY
from feedback.questionnaire.answers import clean_answers, refilled
from feedback.questionnaire.definition import Questionnaire
from feedback.responses import made_up, receipts
from tests import build

ITEMS = [
    {"key": "name", "type": "short_text", "text": "Name", "required": True, "personal": True},
    {"key": "visits", "type": "rating", "text": "How often?"},
    {"key": "why", "type": "long_text", "text": 'Why the "park"?\tTell \\ us.'},
    {"key": "agree", "type": "consent", "text": "I agree", "required": True},
]


@pytest.fixture
def revision(db):
    questionnaire = Questionnaire.parse(
        {"slug": "park", "title": "The park", "pages": [{"items": ITEMS}]}
    )
    return publish(questionnaire)[0]


def seeded(revision, *, responses=200, seed=1, now=None):
    made_up.seed(revision, responses=responses, seed=seed, now=now or timezone.now())
    return list(Response.with_identity.filter(revision=revision).order_by("id"))


@pytest.mark.parametrize("kind", REGISTRY, ids=lambda kind: kind.model_fields["type"].default)
@pytest.mark.parametrize("required", [False, True])
def test_every_type_makes_up_answers_that_it_accepts(kind, required):
    """A demonstration must not hold what the form would have refused."""
    item = kind.example().item.model_copy(update={"required": required})
    chance = Random(1)
    if item.formula:  # worked out from the others, made up or not
        assert item.made_up(chance) == {}
        return

    stored = [item.clean(MultiValueDict(item.made_up(chance))) for _ in range(300)]

    blanks = sum(answers.get(item.key, "") is None for answers in stored)
    assert len({str(answers) for answers in stored}) > 1 or not item.asks or required
    assert blanks == 0 if required or not item.columns() else blanks < 100


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_responses(revision):
    """Somebody who reports a figure wants another to see the same one."""
    now = timezone.now()
    first = [
        (r.answers, r.source, r.seconds, r.received_at, r.nonce) for r in seeded(revision, now=now)
    ]
    Response.objects.all().delete()

    again = [
        (r.answers, r.source, r.seconds, r.received_at, r.nonce) for r in seeded(revision, now=now)
    ]

    assert again == first
    assert len({nonce for *_rest, nonce in first}) == 200


@pytest.mark.django_db
def test_made_up_responses_are_stored_as_received_ones_are(revision):
    """Receipts, the encrypted column and the outbox must not tell them apart."""
    responses = seeded(revision, responses=30)

    for response in responses:
        assert set(response.answers) == {"name", "visits", "why", "agree"}
        assert response.answers["name"] is True
        assert decrypt(response.identity, nonce=response.nonce)["name"]
        assert receipts.find(receipts.code_for(response.nonce)) == response
    assert Change.objects.filter(survey_id=revision.survey_id).count() == 30


@pytest.mark.django_db
def test_they_arrive_in_order_over_two_weeks_until_now(revision):
    """The newest have the highest numbers, as with real ones."""
    now = timezone.now()
    times = [response.received_at for response in seeded(revision, responses=500, now=now)]

    assert times == sorted(times)
    assert times[-1] <= now
    assert 10 <= (times[-1] - times[0]).days <= 14


@pytest.mark.django_db
@pytest.mark.parametrize("responses", [0, 1, 4, 5, 10, 11, 20, 37])
def test_just_as_many_as_asked_for(revision, responses, monkeypatch):
    """None is lost where one piece or one transaction ends and the next begins."""
    monkeypatch.setattr(made_up, "BLOCK", 5)
    monkeypatch.setattr(made_up, "BATCH", 10)

    assert len(seeded(revision, responses=responses)) == responses


@pytest.mark.django_db
def test_a_seed_used_twice_is_refused(revision):
    """Twice the same people would count double without anybody noticing."""
    call_command("seed_demo", "park", "--responses=10", "--seed=7", verbosity=0)

    with pytest.raises(CommandError, match="another --seed"):
        call_command("seed_demo", "park", "--responses=10", "--seed=7", verbosity=0)

    with pytest.raises(IntegrityError):
        seeded(revision, responses=10, seed=7)


@pytest.mark.django_db
def test_if_empty_leaves_a_survey_with_responses_alone(revision, capsys):
    """Each start of the product asks for a demonstration; only the first gets one."""
    call_command("seed_demo", "park", "--responses=10", "--if-empty")
    call_command("seed_demo", "park", "--responses=10", "--seed=2", "--if-empty")

    assert Response.objects.count() == 10


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nowhere", ""])
def test_a_survey_that_is_not_published_is_named_with_the_remedy(slug):
    with pytest.raises(CommandError, match="load_survey FILE --publish"):
        call_command("seed_demo", slug)


def test_made_up_responses_are_such_as_the_form_would_have_taken(db):
    """Also where options, needs, sums and rules hang on earlier answers."""
    choices = [{"code": code, "text": code} for code in "abc"]
    conditional = [option | {"show_if": f'uses includes "{option["code"]}"'} for option in choices]
    rule = {"holds": "children <= people", "message": "More children than people", "at": "children"}
    survey = build.survey(
        [
            {"key": "uses", "type": "multiple_choice", "text": "?", "choices": choices},
            {"key": "best", "type": "single_choice", "text": "?", "choices": conditional},
            {"key": "people", "type": "number", "text": "?", "least": 1, "most": 9},
            {"key": "children", "type": "number", "text": "?", "least": 0, "most": 9},
            {"key": "adults", "type": "computed", "text": "?", "value": "people - children"},
            {"key": "why", "type": "long_text", "text": "?", "required_if": "adults > 4"},
        ],
        rules=[rule],
    )

    seeded(survey.live)

    asked = survey.live.questionnaire
    for response in Response.objects.all():
        fields = MultiValueDict(refilled(asked, response.answers))
        assert clean_answers(asked, fields).answers == response.answers
    assert Response.objects.filter(answers__adults__gt=4).exists()  # control
    assert Response.objects.exclude(answers__has_key="best").exists()
