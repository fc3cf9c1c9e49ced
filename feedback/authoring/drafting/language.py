"""The language that questions are asked in, by the small words in them."""

from collections import Counter

from feedback.authoring.drafting.draft import Draft
from feedback.authoring.drafting.naming import words_in

SMALL_WORDS = {
    "en": "the of what how you your do is are which in to and for with any would",
    "de": "der die das und wie sie ihr ihre ist welche was haben wurden fur mit nicht",
    "fr": "le la les des vous votre quel quelle est que avez pour dans une comment",
    "es": "el los las que como su usted cual es para una con del tu has",
    "it": "il che di come la quale per una sono hai gli con del suo",
    "pt": "o os que como voce qual para uma com do da seu sua quais",
    "nl": "het een wat hoe uw je van welke is voor met hebt niet zijn",
    "pl": "jak czy jest co dla nie jaki jakie sie na przez",
    "sv": "hur du vad ar det och av for med har vilken din",
}


def language_of(draft: Draft) -> str:
    """English unless another language's words are more than English ones."""
    words = Counter(
        word for heading in draft.layout.headings if not heading.role
        for word in words_in(heading.text)
    )  # fmt: skip
    counts = {
        language: sum(words[word] for word in small.split())
        for language, small in SMALL_WORDS.items()
    }
    return max(counts, key=lambda language: (counts[language], language == "en"))
