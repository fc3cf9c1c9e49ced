"""What is special to a ranking: partial orders, and the figures that sum them up."""

import pytest
from django.utils import timezone

from feedback.analysis.compile import figures
from feedback.models import Response, Role, Survey
from feedback.question_types.ranking import Ranking
from feedback.questionnaire.form import AnswerForm
from feedback.refresh import refresh
from feedback.responses.made_up import seed
from tests import build

ORDERS = (("tea", "coffee", "water"), ("tea",), ("coffee", "tea"), ())


def drinks(**settings: object) -> Ranking:
    example = Ranking.example().item.model_dump(exclude_defaults=True)
    return Ranking.model_validate({**example, **settings})


@pytest.fixture
def ranked(db: None) -> Survey:
    survey = build.survey([drinks()])
    for order in ORDERS:
        build.respond(survey, **{f"drinks__{code}": str(n) for n, code in enumerate(order, 1)})
    refresh()
    return survey


def test_partial_rankings_share_the_points_that_are_left(ranked: Survey) -> None:
    """By hand: tea 2 + 2 + 1, coffee 1 + 0.5 + 2, water 0 + 0.5 + 0, over three who answered."""
    found = figures(ranked)["items"]["drinks"]

    assert (found["answered"], found["blank"]) == (3, 1)
    assert found["counts"] == {"tea": 2, "coffee": 1, "water": 0}
    assert found["mean_ranks"] == pytest.approx({"tea": 4 / 3, "coffee": 1.5, "water": 3})
    assert found["borda"] == pytest.approx({"tea": 5 / 3, "coffee": 3.5 / 3, "water": 0.5 / 3})


def test_a_filter_finds_those_whom_the_report_counts(ranked: Survey) -> None:
    """A figure links to the responses behind it: those with the option in the first place."""
    item = ranked.live.questionnaire.by_key["drinks"]  # type: ignore[union-attr]

    first = Response.objects.filter(item.where("tea"))

    assert [row.answers["drinks"] for row in first.order_by("pk")] == [
        ["tea", "coffee", "water"],
        ["tea"],
    ]


def test_the_report_shows_ranks_and_scores(ranked: Survey) -> None:
    """The best first, with the words of the options."""
    staff = build.signed_in(build.member(ranked, Role.VIEWER))

    page = staff.get(f"/staff/{ranked.slug}/summary/").content.decode()

    assert page.index("Borda score") < page.rindex("Tea") < page.rindex("Water")
    assert "1.33" in page and "1.67" in page


def test_only_so_many_can_be_ranked() -> None:
    """The list of ranks ends there, so no message is needed for it."""
    item = drinks(most=1)

    assert [len(check.choices) for check in item.checks.values()] == [2, 2, 2]  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="above the number of options"):
        drinks(most=4)


def test_a_code_that_a_field_of_every_item_has_is_refused() -> None:
    """``<key>__declined`` says how an answer was declined."""
    with pytest.raises(ValueError, match="'declined' is taken"):
        drinks(choices=[{"code": code, "text": code} for code in ("tea", "declined")])


def test_shuffled_options_are_shown_in_the_order_dealt() -> None:
    """Each option has a field of its own, so the page puts the fields in order."""
    item = drinks(shuffle=True)
    form = AnswerForm(build.questionnaire([item]))
    order = item.orders(1)
    item.arranged(form.fields, order)

    assert [option["code"] for option in item.shown(form)["options"]] == order


@pytest.mark.django_db
def test_made_up_rankings_are_partial_at_times() -> None:
    """A demonstration shows what the figures are for."""
    survey = build.survey([drinks()])
    assert survey.live is not None
    seed(survey.live, responses=100, seed=1, now=timezone.now())

    lengths = {len(row.answers["drinks"] or ()) for row in Response.objects.all()}
    assert lengths == {0, 1, 2, 3}


def test_more_options_than_one_revision_may_offer_can_be_pooled() -> None:
    """A report covers all revisions, however much the options changed."""
    newer, older = (
        drinks(choices=[{"code": f"{letter}{n}", "text": "?"} for n in range(50)])
        for letter in "ab"
    )

    assert len(newer.pool(older).columns()) == 100
