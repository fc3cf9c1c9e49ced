"""What the columns of one question may be together: options, a grid, a ranking, or each alone."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from feedback.authoring.drafting.guesses import OTHER
from feedback.authoring.drafting.ideas import (
    Definition,
    Idea,
    Subject,
    choices_of,
    lines_for,
    says_other,
    wording,
)
from feedback.authoring.drafting.options import Options, ordered, several_of
from feedback.authoring.drafting.seen import Seen
from feedback.questionnaire.foreign import UNTICKED, squeezed

TICKS = {"1", "yes", "y", "true", "x", "checked", "selected", "ja", "oui", "sí", "si", "✓", "✔"}
MOST_ROWS, MOST_RANKED = 100, 50


def ideas(subject: Subject) -> Iterator[Idea]:
    """Every idea that puts the columns together; none where they hold unlike things."""
    filled = [seen for _heading, seen in subject.columns if seen.filled]
    if not filled or any(seen.more for seen in filled):
        return
    if are_ticks(subject):
        yield ticked(subject)
    together: Counter[str] = Counter()
    for seen in filled:
        together.update(seen.counts)
    if are_ranks(subject, together):
        yield ranking(subject)
    if len(subject.columns) > MOST_ROWS:
        return
    if is_one_scale(filled, together):
        yield grid(subject, Options(ordered(together), 0), several=False)
    elif (found := several_of(Seen(together, together.total()))) and not found.besides:
        yield grid(subject, found, several=True)


def are_ticks(subject: Subject) -> bool:
    """Whether each column only ever tells that its option was chosen."""
    both = False
    for heading, seen in subject.columns:
        texts = {text.casefold() for text in seen.counts}
        said = texts - UNTICKED
        if len(said) > 1 or not said <= {*TICKS, squeezed(heading.part).casefold()}:
            return False
        both = both or bool(texts & UNTICKED and said & {"yes", "ja", "oui", "sí", "si"})
    # A grid of yes and no looks alike; only some tools have options so.
    return not both or subject.tool in ("LimeSurvey", "Qualtrics", "SurveyMonkey")


def ticked(subject: Subject) -> Idea:
    """A multiple choice; of the columns one may be the tick of what is typed in as other."""
    parts = [heading.part for heading, _seen in subject.columns]
    other = next((part for part in parts if subject.typed and says_other(part)), None)
    options = choices_of([part for part in parts if part != other], OTHER)
    codes = iter([option["code"] for option in options])
    columns: dict[int, Definition] = {
        heading.place: {
            "item": subject.key,
            "option": OTHER if heading.part == other else next(codes),
        }
        for heading, _seen in subject.columns
    }
    item: Definition = {
        "key": subject.key, "type": "multiple_choice", "text": wording(subject.text)
    }  # fmt: skip
    if subject.typed:
        item["other"] = wording(other or subject.typed[0].part or _("Other"))[:200]
        columns[subject.typed[0].place] = {"item": subject.key, "other": True}
    item["choices"] = options
    return Idea([item], columns, _("a column an option: %(what)s") % {"what": told(subject)})


def told(subject: Subject) -> str:
    most = max(seen.filled for _heading, seen in subject.columns)
    counts = {"columns": len(subject.columns), "n": most}
    return _("%(columns)d columns, at most %(n)d cells of one filled") % counts


def are_ranks(subject: Subject, together: Counter[str]) -> bool:
    count = len(subject.columns)
    if not 2 < count <= MOST_RANKED or subject.typed:
        return False
    ranks = {text for text in together if text.isascii() and text.isdigit()}
    return len(ranks) == len(together) and {int(text) for text in ranks} <= set(range(1, count + 1))


def ranking(subject: Subject) -> Idea:
    options = choices_of([heading.part for heading, _seen in subject.columns], "declined")
    item = {
        "key": subject.key, "type": "ranking", "text": wording(subject.text), "choices": options
    }  # fmt: skip
    columns = {
        heading.place: {"item": subject.key, "option": option["code"]}
        for (heading, _seen), option in zip(subject.columns, options, strict=True)
    }
    return Idea([item], columns, _("ranks without gaps: %(what)s") % {"what": told(subject)})


def is_one_scale(filled: list[Seen], together: Counter[str]) -> bool:
    """Whether the columns share one short set of cells."""
    most = max(len(seen.counts) for seen in filled)
    short = all(len(text) <= 100 for text in together)
    ranks = len(together) > 11 and all(text.isdigit() for text in together)
    return short and not ranks and len(together) <= 15 and len(together) <= most + 4


def grid(subject: Subject, found: Options, *, several: bool) -> Idea:
    rows = choices_of([heading.part for heading, _seen in subject.columns], "declined")
    item: Definition = {"key": subject.key, "type": "grid", "text": wording(subject.text)}
    if several:
        item["several"] = True
    item |= {"rows": rows, "choices": choices_of(found.texts)}
    more = {"separator": found.separator} if found.separator else {}
    columns: dict[int, Definition] = {
        heading.place: {"item": subject.key, "row": row["code"], **more}
        for (heading, _seen), row in zip(subject.columns, rows, strict=True)
    }
    items = [item]
    if subject.typed:
        typed, cells = subject.typed
        items.append(lines_for(f"{subject.text} – {typed.part}", cells, subject.keys[-1]))
        columns[typed.place] = {"item": subject.keys[-1]}
    why = _("the same %(n)d answers in each row: %(what)s")
    return Idea(items, columns, why % {"n": len(found.texts), "what": told(subject)})
