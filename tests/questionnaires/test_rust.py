"""Two real surveys of sixty questions: each path asks exactly what their documents say."""

import re
from random import Random

import pytest
from django.utils.datastructures import MultiValueDict

from feedback.authoring.publish import publish
from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.definition import Questionnaire, check
from tests.questionnaires.paths import covering, paths
from tests.questionnaires.rust import read
from tests.questionnaires.rust_conditions import BadDocument
from tests.questionnaires.rust_surveys import SURVEYS, Survey

each_survey = pytest.mark.parametrize("survey", SURVEYS, ids=str)
GARDEN = """\
# The garden

Hello *gardener*, see [the map](https://example.org/map).

## You

### Do you garden?

Type: select one

- Every day
- Now and then [`NEXT`](#tools)
- Never [`NEXT`](#anything-else)

> **justification**
>
> It is the `### Do you garden?` of last year.

### What do you grow?

**Note**: flowers count.
So do weeds.

Type: select all that apply (optional)

- Beans
- Beans!
- Something else (please specify)

> **SURVEY FLOW**
>
> Skip to `### Anything else?`

## Tools

Some pages say a word first.

### How good are these?

Type: matrix

Tools:

- Spade
- [Rake](https://example.org/rake) (new)

Verdict:

- Good
- Bad

### Which version of the almanac is yours?

Type: select one (optional)

1.9 (draft), and then every version from 1.3 to 1.0 in descending order, and "an older one"

### Where is your garden?

Type: select one (optional)

- List of countries [`NEXT`](#anything-else)
- Other

### As you selected "Other", where is that?

Type: free form

### Anything else?

Type: free form (optional)
"""


def test_every_construct_of_a_document_becomes_part_of_a_questionnaire() -> None:
    """The reader itself, on a document of our own that has each construct once."""
    definition = read(GARDEN, slug="garden")
    questionnaire, problems = check(definition)

    assert problems == [] and questionnaire is not None
    assert questionnaire.introduction == "Hello gardener, see the map."
    assert [page.introduction for page in questionnaire.pages] == [
        "",
        "Some pages say a word first.",
    ]
    garden, grow, tools, almanac, where, elsewhere, last = (
        definition["pages"][0]["items"] + (definition["pages"][1]["items"])
    )
    assert garden["required"] and garden["choices"][0]["text"] == "Every day"
    assert grow["help"] == "Note: flowers count. So do weeds."
    assert [c["code"] for c in grow["choices"]] == ["beans", "beans_2"]
    assert grow["other"] == "Something else" and "required" not in grow
    assert grow["show_if"] == 'do_you_garden = "every_day"'
    assert [row["text"] for row in tools["rows"]] == ["Spade", "Rake (new)"]
    assert [choice["text"] for choice in tools["choices"]] == ["Good", "Bad"]
    assert tools["show_if"] == almanac["show_if"] == 'do_you_garden = "now_and_then"'
    versions = ["1.9 (draft)", "1.3", "1.2", "1.1", "1.0", "an older one"]
    assert [choice["text"] for choice in almanac["choices"]] == versions
    assert len(where["choices"]) > 200 and where["choices"][-1]["text"] == "Other"
    assert elsewhere["show_if"] == 'where_is_your_garden = "other"'
    assert "show_if" not in last


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("matrix", "ranking", r"line 40: there is no such type: 'Type: ranking'"),
        ("#tools", "#toolz", r"line 12: leads to 'toolz', and there is no such heading"),
        ("(#tools)", "(#do-you-garden)", r"line 12: leads back"),
        ("(#tools)", "tools", r"line 12: a NEXT that is no link"),
        ("- Bad\n", "- Bad [`NEXT`](#anything-else)\n", r"line 50: a NEXT in a grid"),
        ("- Something else (please specify)", "- Else (open response)\n- Beet", r"line 28: .*last"),
        ("**SURVEY FLOW**", "**INTERLUDE**", r"line 30: neither a justification nor"),
        ("Skip to `", "Come back to `", r"line 30: neither a justification nor"),
        ("`### Anything else?`\n", "`### Anything?`\n", r"line 30: leads to '### Anything\?'"),
        ("\n\nVerdict:\n\n", "\n", r"line 38: a grid with 1 lists"),
        ("Verdict:", "Tell us: which?", r"line 47: a paragraph is not expected"),
        ("Type: matrix\n", "", r"line 43: a list is not expected"),
        ("Type: free form\n", "", r"line 65: a question without a type"),
        ("# The garden\n", "The garden\n", r"line 1: a paragraph is not expected"),
        ("## Tools", "#### Tools", r"line 34: a heading is not expected"),
        ("## Tools\n", "## Sheds\n\n## Tools\n", r"line 34: a page without a question"),
        ('selected "Other"', 'selected "None"', r"line 65: names no option .* None"),
        ("Every day", "Daily [`NEXT`](#tools)", r"line 19: no path leads here"),
    ],
)
def test_what_is_not_understood_is_told_with_its_line(old: str, new: str, message: str) -> None:
    """A question or a jump that is lost without a word makes every test on it worthless."""
    with pytest.raises(BadDocument, match=message):
        read(GARDEN.replace(old, new, 1), slug="garden")


def test_a_link_that_leads_nowhere_is_told_with_its_line() -> None:
    """The second document has one; we say by lines which heading it means."""
    survey = SURVEYS[1]
    ((line, meant),) = survey.mended.items()
    assert survey.text.splitlines()[meant - 1].startswith("## ")

    with pytest.raises(BadDocument, match=rf"^line {line}: leads to .* no such heading"):
        read(survey.text, slug="community")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("survey", "pages", "items", "conditional", "required"),
    [(SURVEYS[0], 10, 50, 38, 15), (SURVEYS[1], 10, 50, 38, 11)],
    ids=str,
)
def test_a_real_survey_is_published_without_a_problem(
    survey: Survey, pages: int, items: int, conditional: int, required: int
) -> None:
    """Everything the document asks is there, and as required as it says."""
    questionnaire, problems = check(survey.definition())
    assert problems == [] and questionnaire is not None
    revision, is_new = publish(questionnaire)

    asked = revision.questionnaire
    assert is_new and Questionnaire.parse(revision.definition).digest == revision.digest
    headings = [line for line in survey.text.splitlines() if line.startswith("## ")]
    assert len(asked.pages) == len(headings) == pages
    assert len(asked.items) == len(survey.asking) == items
    always = set.intersection(*(set(p.asked) for p in paths(survey.text, survey.mended)))
    assert len(asked.conditions) == items - len(always) == conditional
    types = re.findall(r"^Type: (.*)$", survey.text, re.MULTILINE)
    assert [item.required for item in asked.items] == ["(optional)" not in each for each in types]
    assert sum(item.required for item in asked.items) == required


@each_survey
def test_every_path_asks_what_the_document_says(survey: Survey) -> None:
    """Followed from heading to heading there, by conditions here; nothing else is stored."""
    questionnaire = Questionnaire.parse(survey.definition())
    items = survey.items(questionnaire)
    found = list(paths(survey.text, survey.mended))

    for number, path in enumerate(found):
        chance = Random(number)
        fields = survey.filled(path, questionnaire, chance)
        # Without scripts everything can be filled in, also what is not asked.
        besides = {
            name: values
            for line, item in items.items()
            if line not in path.asked
            for name, values in item.made_up(chance).items()
        }

        stored = clean_answers(questionnaire, MultiValueDict(fields)).answers
        stored_of_all = clean_answers(questionnaire, MultiValueDict(besides | fields)).answers

        asked = {items[line].key for line in path.asked}
        assert {name.split("__")[0] for name in stored} == asked, path
        assert stored_of_all == stored
        assert {name: values for name, values in fields.items() if name not in stored} == {}


@each_survey
def test_the_paths_reach_every_question_of_the_document(survey: Survey) -> None:
    """The control: no question is out of reach, and the few paths make every choice."""
    found = list(paths(survey.text, survey.mended))
    few = covering(found)

    asked = {line for path in found for line in path.asked}
    assert asked == {stop.line for stop in survey.asking}
    assert len(found) == {2023: 945, 2024: 567}[survey.year]
    assert len({(path.asked, *path.chosen.items()) for path in found}) == len(found)
    assert {c for p in few for c in p.chosen.items()} == {
        c for p in found for c in p.chosen.items()
    }
    assert len(few) < 30
