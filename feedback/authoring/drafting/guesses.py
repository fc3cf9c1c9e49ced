"""What one column may be, the likeliest first; the last idea takes whatever it holds."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.authoring.drafting.ideas import (
    LONGEST_TEXT,
    Definition,
    Idea,
    Subject,
    choices_of,
    lines_for,
    parted_by_other,
    says_other,
    wording,
)
from feedback.authoring.drafting.options import Options, one_of, several_of
from feedback.authoring.drafting.scores import RATED, scores
from feedback.authoring.drafting.seen import Seen
from feedback.questionnaire.readers import moments

EMAIL = re.compile(r"\be-?mail|courriel|correo|mail ?adresse", re.I)
PERSON = re.compile(
    r"^(your |full |first |last |given |family |sur|contact |vor|nach)?name\b|^(nom|prénom|nombre|"
    r"apellidos?|nachname|vorname|username)\b|\b(phone|telephone|mobile|telefon|handynummer|"
    r"téléphone|teléfono|postal address|street address|anschrift|ip address)\b",
    re.I,
)
COUNTED = re.compile(
    r"\bhow (many|much|old|long)\b|\b(percent|percentage|number of|year)\b|^age\b|\bcombien\b|"
    r"\bwie ?viele?\b|\balter\b|\banzahl\b|\bcu[áa]nt[oa]s?\b|\baño\b|\bedad\b|\bannée\b|\bjahr\b",
    re.I,
)
WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")
DECIMAL = re.compile(r"-?\d{1,9}[.,](\d{1,6})|-?\d{1,15}")
THOUSANDS = re.compile(r"\d{1,3},\d{3}")
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
OTHER = "other"


def ideas(subject: Subject) -> Iterator[Idea]:
    """Every idea for a question of one column, and perhaps one for what is typed in."""
    heading, seen = subject.columns[0]
    if not seen.filled:
        yield idea(subject, {"type": "long_text"}, _("no cell is filled"))
    elif heading.role == "person" or EMAIL.search(subject.text) or PERSON.search(subject.text):
        yield from personal(subject, seen)
    else:
        yield from closed(subject, seen)
    yield open_text(subject)


def idea(subject: Subject, item: Definition, why: str, column: Definition | None = None) -> Idea:
    """One item of this column; what was typed in as other is asked behind it, by itself."""
    heading, seen = subject.columns[0]
    whole = {"key": subject.key, "text": wording(subject.text)} | item
    items, columns = [whole], {heading.place: {"item": subject.key, **(column or {})}}
    told = "; ".join(part for part in (why, seen.summary if seen.filled else "") if part)
    if subject.typed and "other" not in item:
        typed, cells = subject.typed
        key = subject.keys[-1]
        items.append(
            lines_for(typed.text if typed.text != subject.text else typed.header, cells, key)
        )
        columns[typed.place] = {"item": key}
    elif subject.typed:
        columns[subject.typed[0].place] = {"item": subject.key, "other": True}
    return Idea(items, columns, told)


def open_text(subject: Subject) -> Idea:
    _heading, seen = subject.columns[0]
    item = lines_for(subject.text, seen, subject.key)
    too_long = seen.longest > LONGEST_TEXT
    why = _("text: its cells are too many different ones for options")
    if not too_long:
        return idea(subject, item, why)
    whole = idea(subject, item, "")
    columns = dict(whole.columns) | {subject.columns[0][0].place: {"ignored": True}}
    told = _("left out of the import: a cell has %(n)d characters, too many for an answer")
    return Idea(whole.items, columns, told % {"n": seen.longest})


def personal(subject: Subject, seen: Seen) -> Iterator[Idea]:
    """Kept apart and encrypted, as it tells who somebody is."""
    if subject.columns[0][0].role == "person" or EMAIL.search(subject.text):
        yield idea(subject, {"type": "email", "personal": True}, _("e-mail addresses: personal"))
    if seen.longest <= 255:
        item = {"type": "short_text", "personal": True}
        yield idea(subject, item, _("its header asks for who somebody is: personal"))
    long = lines_for(subject.text, seen, subject.key) | {"personal": True}
    yield idea(subject, long, _("its header asks for who somebody is: personal"))


def closed(subject: Subject, seen: Seen) -> Iterator[Idea]:
    different = len(seen.counts)
    small = {text.casefold() for text in seen.counts}
    if seen.longest <= 12 and len(small) <= 2 and (small == {"0", "1"} or has_letters(small)):
        yield idea(subject, {"type": "yes_no"}, _("every cell says yes or no"))
    if all("@" in text for text in seen.texts[:50]):
        yield idea(subject, {"type": "email", "personal": True}, _("e-mail addresses: personal"))
    if not seen.more:
        yield from numbers(subject, seen)
        yield from days(subject, seen)
    if all("." in text and " " not in text for text in seen.texts[:50]):
        yield idea(subject, {"type": "url"}, _("every cell is a web address"))
    if has_letters(small) and seen.longest <= 80 and (different > 2 or "ountry" in subject.text):
        yield idea(subject, {"type": "country"}, _("every cell is a country"))
    yield from choices(subject, seen)


def has_letters(texts: set[str]) -> bool:
    return any(sign.isalpha() for text in texts for sign in text)


def numbers(subject: Subject, seen: Seen) -> Iterator[Idea]:
    counted = bool(COUNTED.search(subject.text)) and not RATED.search(subject.text)
    whole = all(WHOLE.fullmatch(text) for text in seen.counts)
    if not (counted and whole):
        for item, why, means in scores(subject.text, seen):
            yield idea(subject, item, why, {"means": means} if means else {})
    coded = whole and {int(text) for text in seen.counts} <= {1, 2} and not counted
    if whole and not coded:
        yield idea(subject, {"type": "number"}, _("whole numbers"))
    told = [DECIMAL.fullmatch(text) for text in seen.counts]
    grouped = all(THOUSANDS.fullmatch(text) or text.isdigit() for text in seen.counts)
    padded = any(len(text) > 1 and text[0] == "0" and text[1].isdigit() for text in seen.counts)
    if all(told) and not whole and not grouped and not padded:
        places = max(len(match[1] or "") for match in told if match)
        if places:
            yield idea(subject, {"type": "number", "places": places}, _("numbers with decimals"))


def days(subject: Subject, seen: Seen) -> Iterator[Idea]:
    if not all(text[-1].isalnum() and any(s.isdigit() for s in text) for text in seen.texts[:20]):
        return
    times = moments.formats_of(seen.texts, CLOCKS)
    if times and all(":" in text for text in seen.texts):
        yield idea(subject, {"type": "time"}, _("times of day"), {"format": times[0]})
    forms = moments.formats_of(seen.texts, tuple(dict.fromkeys((*moments.DAYS, *moments.MOMENTS))))
    if forms:
        why = _("days, read as %(format)s") % {"format": forms[0]}
        if len({form[:2] for form in forms}) > 1:
            why += _("; look whether day and month are in their places")
        yield idea(subject, {"type": "date"}, why, {"format": forms[0]})


# -- choices ---------------------------------------------------------------------------


def choices(subject: Subject, seen: Seen) -> Iterator[Idea]:
    """One or several of a list, whichever explains the cells with fewer options."""
    one, several = one_of(seen), several_of(seen)
    if several and not (one and not one.besides and len(one.texts) <= len(several.texts)):
        if several.besides and one and not one.besides:
            yield of_options(subject, seen, one, "single_choice")
        yield of_options(subject, seen, several, "multiple_choice")
    if one:
        yield of_options(subject, seen, one, "single_choice")


def of_options(subject: Subject, seen: Seen, found: Options, kind: str) -> Idea:
    texts, other = parted_by_other(found.texts)
    typed_in = subject.typed is not None and bool(other)
    item: Definition = {"type": kind}
    column: Definition = {"separator": found.separator} if found.separator else {}
    if other and (found.besides or typed_in):
        item["other"] = wording(other)[:200]
    elif found.besides:
        item["other"] = _("Other")
    else:
        texts = found.texts
    if not texts:
        texts, item = found.texts, {"type": kind}
    item["choices"] = choices_of(texts, *([OTHER] if "other" in item else []))
    if other and "other" in item and squeezed_other(other):
        column["means"] = [{"cell": other, "code": OTHER}]
    what = ngettext("%(n)d option", "%(n)d options", len(texts)) % {"n": len(texts)}
    if found.separator:
        between = _("several options in a cell, between “%(sign)s”: %(what)s")
        what = between % {"sign": shown(found.separator), "what": what}
    if found.besides:
        more = _("; %(n)d different answers besides are read as “%(other)s”")
        what += more % {"n": found.besides, "other": item.get("other", "")}
    return idea(subject, item, what, column)


def squeezed_other(other: str) -> bool:
    """Whether the cell that means other is none that people would read, such as "-oth-"."""
    return says_other(other) and not other[:1].isalpha()


def shown(separator: str) -> str:
    return {"\n": _("line end")}.get(separator, separator)
