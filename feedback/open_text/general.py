"""Words that say nothing of a theme, for surveys in English too small to show which they are.

Larger ones show it in any language: see `phrases.general_words`.
"""

from functools import cache

# Words of scikit-learn's list that can be the very point of an answer.
POINTED = "bill call computer cry describe detail fire interest move system top"

LISTED = """
don't doesn't didn't isn't aren't wasn't won't can't couldn't shouldn't wouldn't haven't
it's i'm i've i'd i'll that's there's they're you're we're you've what's let's dont cant
just like really lot lots lack make makes making made use used using uses able want need
needs would things thing way ways does doing did having get gets getting got good better
best bad worse people etc eg ie also still especially sometimes usually probably maybe
actually quite pretty bit much more most many know think feel going go say s t m re ve d ll
hard difficult easier easy work works working today ones one don
"""


@cache
def general() -> frozenset[str]:
    # Takes a second and 60 MB to import: web servers, which import this room, need none of it.
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS - set(POINTED.split()) | set(LISTED.split()))
