"""A survey of three pages in two languages, and what somebody types into it."""

from itertools import count
from typing import Any

from feedback.authoring.publish import publish
from feedback.models import Survey
from feedback.questionnaire.definition import Questionnaire
from tests.walks import filler
from tests.walks.visitor import Visitor

numbers = count(1)
TYPED = {"name": ["Ada Canary"], "visit": ["Every day"], "wish": ["More trees"]}
PAGES: list[dict[str, Any]] = [
    {
        "title": {"en": "You", "de": "Sie"},
        "items": [
            {
                "key": "agree",
                "type": "consent",
                "text": {"en": "Keep what is about me", "de": "Meine Angaben behalten"},
            },
            {
                "key": "name",
                "type": "short_text",
                "text": {"en": "Your name", "de": "Ihr Name"},
                "personal": True,
            },
        ],
    },
    {
        "title": {"en": "Your visits", "de": "Ihre Besuche"},
        "items": [
            {
                "key": "visit",
                "type": "short_text",
                "text": {"en": "How often do you come?", "de": "Wie oft kommen Sie?"},
                "required": True,
            }
        ],
    },
    {
        "title": {"en": "Your wishes", "de": "Ihre Wünsche"},
        "items": [
            {
                "key": "wish",
                "type": "long_text",
                "text": {"en": "What do you wish for?", "de": "Was wünschen Sie sich?"},
            }
        ],
    },
]


def a_survey(pages: list[dict[str, Any]] = PAGES, *, slug: str = "") -> Survey:
    """Under a name of its own: the server keeps what it knows of a name for two seconds."""
    given = {
        "slug": slug or f"paged-{next(numbers)}",
        "title": {"en": "The park", "de": "Der Park"},
        "languages": ["de"],
        "pages": pages,
    }
    return publish(Questionnaire.parse(given))[0].survey


def opened(visitor: Visitor, survey: Survey) -> None:
    visitor.page.goto(f"/s/{survey.slug}/")
    filler.wait_for_scripts(visitor.page)


def typed(visitor: Visitor, answers: filler.Answers) -> None:
    """Fill in what is asked, from page to page as far as the answers go."""
    left = dict(answers)
    while True:
        for name in filler.at_once(visitor.page, left):
            del left[name]
        if not left:
            return
        assert filler.goes_on(visitor.page), f"never asked: {sorted(left)}"
