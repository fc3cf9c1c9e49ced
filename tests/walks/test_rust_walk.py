"""Two real surveys of fifty questions in the browser: along each path, just what it asks."""

from collections.abc import Iterable
from itertools import count
from random import Random

import pytest

from feedback.authoring.publish import publish
from feedback.models import Response
from feedback.question_types.base import Answers
from feedback.questionnaire.definition import Questionnaire
from tests.questionnaires.paths import Path, covering, paths
from tests.questionnaires.rust_surveys import SURVEYS, Fields, Survey
from tests.walks import filler
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
each_survey = pytest.mark.parametrize("survey", SURVEYS, ids=str)
numbers = count(1)

# Each time one blank page on which only the given choices are made; the items then asked.
ASKED_AFTER = """([every, keys]) => {
  const form = document.querySelector("form:has(input[name=ticket])");
  const controls = Map.groupBy(form.elements, (control) => control.name);
  return every.map((choices) => {
    form.reset();
    for (const [name, value] of Object.entries(choices)) {
      for (const control of controls.get(name)) {
        if (control.type === "radio") control.checked = control.value === value;
        else control.value = value;
      }
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    const asked = [...form.elements].filter((c) => !c.closest("[data-item][hidden]"));
    const named = new Set(asked.map((control) => control.name.split("__")[0]));
    return keys.filter((key) => named.has(key));
  });
}"""


@pytest.fixture
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether this test's visitor has them."""
    return bool(request.node.callspec.params["visitor"])


def published(survey: Survey) -> Questionnaire:
    """Under a name of its own: the server keeps what it knows of a name for two seconds."""
    questionnaire = Questionnaire.parse(survey.definition(f"community-{next(numbers)}"))
    return publish(questionnaire)[0].questionnaire


def asked_keys(survey: Survey, questionnaire: Questionnaire, path: Path) -> list[str]:
    items = survey.items(questionnaire)
    return [items[line].key for line in path.asked]


def same(stored: Answers, fields: Fields, questionnaire: Questionnaire) -> bool:
    """Whether just what was filled in is stored, and the other fields as left blank."""
    plain = {
        name: sorted(answer) if isinstance(answer, list) else [answer]
        for name, answer in stored.items()
        if answer is not None and name in questionnaire.field_names
    }
    return plain == {name: sorted(values) for name, values in fields.items()}


def keys_of(names: Iterable[str]) -> set[str]:
    """The keys of the items whose fields or parts have these names."""
    return {name.split("__")[0] for name in names}


@each_survey
def test_each_way_is_answered_and_stored(visitor: Visitor, scripts: bool, survey: Survey) -> None:
    """On these few paths every choice that decides anything is made, the blank one too."""
    questionnaire = published(survey)

    for number, path in enumerate(covering(list(paths(survey.text, survey.mended)))):
        seen = walk(visitor, survey, questionnaire, path, seed=number)

        everything = {item.key for item in questionnaire.items}
        assert seen == (set(asked_keys(survey, questionnaire, path)) if scripts else everything)


def test_a_path_is_answered_by_hand(visitor: Visitor) -> None:
    """By real clicks and keys: the shortest path, on which each type of question occurs."""
    survey = SURVEYS[-1]
    questionnaire = published(survey)
    shortest = min(paths(survey.text, survey.mended), key=lambda path: len(path.asked))
    asked = asked_keys(survey, questionnaire, shortest)
    every = {item.type for item in questionnaire.items}
    assert {questionnaire.by_key[key].type for key in asked} == every

    walk(visitor, survey, questionnaire, shortest, seed=1, fill=filler.by_hand)


def walk(
    visitor: Visitor,
    survey: Survey,
    questionnaire: Questionnaire,
    path: Path,
    *,
    seed: int,
    fill: filler.Fill = filler.at_once,
) -> set[str]:
    """Go one path, see that just its answers are stored; the items that could be seen."""
    asked = set(asked_keys(survey, questionnaire, path))
    fields = survey.filled(path, questionnaire, Random(seed))
    before = set(Response.objects.values_list("pk", flat=True))
    visitor.page.goto(f"/s/{questionnaire.slug}/")

    seen = filler.send(visitor.page, fields, fill=fill)

    (response,) = Response.objects.exclude(pk__in=before)
    assert keys_of(response.answers) == asked
    assert same(response.answers, fields, questionnaire), (response.answers, fields)
    return keys_of(seen)


@each_survey
def test_the_page_shows_what_each_path_asks(scripted: Visitor, survey: Survey) -> None:
    """To wherever one can go, one after the other on one page: what was shown must go again."""
    questionnaire = published(survey)
    found = list(paths(survey.text, survey.mended, each_option=False))
    items = survey.items(questionnaire)
    deciding = {items[line].key for path in found for line in path.chosen}
    choices = [
        {name: values[0] for name, values in fields.items() if name in deciding}
        for fields in (survey.filled(path, questionnaire, Random(1)) for path in found)
    ]
    scripted.page.goto(f"/s/{questionnaire.slug}/")
    filler.wait_for_scripts(scripted.page)

    keys = [item.key for item in questionnaire.items]
    shown = scripted.page.evaluate(ASKED_AFTER, [choices, keys])

    assert shown == [asked_keys(survey, questionnaire, path) for path in found]
