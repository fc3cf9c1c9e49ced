"""What the reader of an export asked for, besides which responses: it stands in the address.

Names of choices are none of a selection's, so that one query string holds both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from feedback.questionnaire.zones import zones
from feedback.responses.selection import BadSelection

CODES, LABELS, BOTH = "codes", "labels", "both"
TEXTS = (CODES, LABELS, BOTH)
PERSONAL, PARADATA, WITHDRAWN, BOM = "personal", "paradata", "withdrawn", "bom"
OPEN_TEXT, REVIEW = "open_text", "review"
ADDED = (PERSONAL, PARADATA, WITHDRAWN, BOM, OPEN_TEXT)
LEFT_OUT = (OPEN_TEXT, REVIEW)


class BadChoice(BadSelection):
    """An export was asked for in a way that there is not."""


@dataclass(frozen=True)
class Choices:
    """How the file is to be.

    Attributes:
        texts: whether coded answers are codes, the options' texts, or both beside each other.
        language: of those texts and of the codebook; "" for the questionnaire's main one.
        joined: multiple choice as one column of codes, not as one column an option.
        revision: the number of the one whose questions and responses are wanted; None for
            all of them, harmonised.
        only: keys of questions and names of the response's own columns; empty for all.
        zone: IANA name of the time zone that moments are told in.
        added: personal, paradata, withdrawn, bom; open_text, where a format leaves that out.
        left_out: open_text, review.
    """

    texts: str = CODES
    language: str = ""
    joined: bool = False
    revision: int | None = None
    only: Sequence[str] = ()
    zone: str = "UTC"
    added: Collection[str] = field(default=frozenset())
    left_out: Collection[str] = field(default=frozenset())

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Raises: BadChoice: something is asked for that there is not."""
        return cls(
            texts=one_of(query, "texts", TEXTS) or CODES,
            language=query.get("texts_in", ""),
            joined=one_of(query, "multiple", ("columns", "joined")) == "joined",
            revision=number(query.get("of_revision", "")),
            only=tuple(dict.fromkeys(filter(None, query.getlist("only")))),
            zone=zone(query.get("zone", "") or "UTC"),
            added=some_of(query, "with", ADDED),
            left_out=some_of(query, "without", LEFT_OUT),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """As names and values of an address; ``from_query`` reads them back."""
        given = [
            ("texts", "" if self.texts == CODES else self.texts),
            ("texts_in", self.language),
            ("multiple", "joined" if self.joined else ""),
            ("of_revision", str(self.revision or "")),
            *(("only", name) for name in self.only),
            ("zone", "" if self.zone == "UTC" else self.zone),
            *(("with", name) for name in ADDED if name in self.added),
            *(("without", name) for name in LEFT_OUT if name in self.left_out),
        ]
        return [(name, value) for name, value in given if value]

    def to_query(self) -> str:
        return urlencode(self.pairs())

    @property
    def personal(self) -> bool:
        """Only for who may see them; whoever calls has checked."""
        return PERSONAL in self.added

    @property
    def leaves_out_questions(self) -> bool:
        return bool(self.only) or OPEN_TEXT in self.left_out

    def for_statistics(self) -> Self:
        """Codes, whose texts go beside them as labels; open text only if it is asked for."""
        dropped = frozenset() if OPEN_TEXT in self.added else frozenset({OPEN_TEXT})
        return replace(self, texts=CODES, left_out=frozenset(self.left_out) | dropped)

    @property
    def at(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def one_of(query: QueryDict, name: str, known: Sequence[str]) -> str:
    value = query.get(name, "")
    if value and value not in known:
        raise BadChoice(unknown(name, value, known))
    return value


def some_of(query: QueryDict, name: str, known: Sequence[str]) -> frozenset[str]:
    values = frozenset(filter(None, query.getlist(name)))
    if odd := sorted(values - set(known)):
        raise BadChoice(unknown(name, odd[0], known))
    return values


def unknown(name: str, value: str, known: Sequence[str]) -> str:
    return _("%(name)s cannot be “%(value)s”. Use one of: %(known)s.") % {
        "name": name,
        "value": value[:60],
        "known": ", ".join(known),
    }


def number(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadChoice(_("“%(text)s” is no number of a revision.") % {"text": text[:60]})
    return int(text) if text else None


def zone(name: str) -> str:
    if name not in zones():
        raise BadChoice(
            _("“%(name)s” is no time zone. Write one as in Europe/Paris.") % {"name": name[:60]}
        )
    return name
