"""A made-up questionnaire of a hundred items on ten pages, forty of them under conditions.

A long form of a town, to be measured beside the sample survey: does what it costs grow
with what it asks? Its wording is ours; it asks nobody anything.
"""

from collections.abc import Sequence
from typing import Any

SLUG = "hundred"
# What each page is about: a name for its keys, the words for it, and what people do there.
PLACES: Sequence[tuple[str, str, Sequence[str]]] = (
    ("library", "the library", ("borrow books", "read papers", "study", "meet others")),
    ("bus", "the bus", ("get to work", "go shopping", "visit friends", "get to school")),
    ("park", "the park", ("walk", "play", "rest in the shade", "run")),
    ("pool", "the swimming pool", ("swim lengths", "learn to swim", "cool down", "dive")),
    ("market", "the weekly market", ("buy vegetables", "buy bread", "eat", "chat")),
    ("hall", "the town hall", ("renew a passport", "ask a question", "vote", "complain")),
    ("paths", "the bicycle paths", ("commute", "train", "ride with children", "tour")),
    ("theatre", "the theatre", ("see plays", "hear concerts", "act myself", "see films")),
    ("clinic", "the clinic", ("see a doctor", "be vaccinated", "visit others", "give blood")),
    ("depot", "the recycling depot", ("bring glass", "bring garden waste", "find things", "ask")),
)
OFTEN = ("Every day", "Every week", "Every month", "Every year", "Less often")
FIRST = ("Longer hours", "Lower prices", "More staff", "Better signs", "Fewer steps", "Nothing")


def hundred() -> dict[str, Any]:
    """Its definition, the same each time."""
    return {
        "slug": SLUG,
        "title": "A hundred questions about the town",
        "introduction": "Answer what you know; what you have never used is not asked about.",
        "pages": [
            {"title": about.capitalize(), "items": items(key, about, uses)}
            for key, about, uses in PLACES
        ],
    }


def items(key: str, about: str, uses: Sequence[str]) -> list[dict[str, Any]]:
    """Ten items about one place, four of them only for those who use it or are unhappy."""

    def item(part: str, kind: str, text: str, **settings: Any) -> dict[str, Any]:
        return {"key": f"{key}_{part}", "type": kind, "text": text, **settings}

    used, unhappy = f"{key}_used", f"{key}_good <= 2 or count({key}_for) >= 3"
    return [
        item("used", "yes_no", f"Have you used {about} in the last year?", required=True),
        item("often", "single_choice", "How often?", choices=options(OFTEN), show_if=used),
        item(
            "for",
            "multiple_choice",
            f"What do you use {about} for?",
            choices=options([f"To {use}" for use in uses]),
            other="For something else",
            show_if=used,
        ),
        item("good", "rating", f"How good is {about}?", low="Bad", high="Good", show_if=used),
        item("wrong", "long_text", f"What is wrong with {about}?", show_if=unhappy),
        item("far", "number", f"How far is it to {about}?", unit="minutes", least=0, most=240),
        item("first", "single_choice", "What should come first?", choices=options(FIRST)),
        item("name", "short_text", f"What do you call {about} at home?", max_length=100),
        item("money", "yes_no", f"Should {about} get more money?"),
        item("trust", "rating", f"Will {about} be better in ten years?", highest=7),
    ]


def options(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"code": text.lower().replace(" ", "_"), "text": text} for text in texts]
