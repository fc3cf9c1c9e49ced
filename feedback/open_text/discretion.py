"""Answers as somebody may read them who is not to see what is personal.

Nothing is changed but what is shown: pages, lists and quotes of whoever lacks the permission
have a word in brackets where a text gives away its writer or somebody else.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.db import connection

from feedback.models.identity import UnreadableIdentity, decrypt
from feedback.open_text.masking import masked, personal, words_of
from feedback.question_types.base import Answers, Item
from feedback.responses.search import text_parts

# Every page of a list asks this, so it is written out: the ORM would make it anew each time.
SEALED = """
    SELECT id, identity, nonce FROM feedback_response
    WHERE id = ANY(%s) AND identity IS NOT NULL
"""


@dataclass(frozen=True)
class Discretion:
    """Args: covers: whether anything is to be covered for this reader at all."""

    items: Sequence[Item]
    covers: bool

    @classmethod
    def towards(cls, items: Sequence[Item], *, sees_personal: bool) -> Self:
        return cls(items, covers=not sees_personal)

    @cached_property
    def parts(self) -> list[str]:
        """The parts of answers that hold what people typed."""
        return text_parts(self.items) if self.covers else []

    @cached_property
    def naming(self) -> list[str]:
        """The questions whose answers say who the respondent is."""
        return [item.key for item in self.items if item.names_somebody] if self.covers else []

    def over(self, rows: Iterable[Any], parts: Collection[str]) -> Callable[[Any], Answers]:
        """What is shown of the answers of each of these responses; asks for all names at once.

        Args:
            rows: with ``pk`` and ``answers``.
            parts: those of answers that will be looked at; the others are as they were typed.
        """
        words = self.words_by([row.pk for row in rows])
        return lambda row: self.shown(row.answers, words.get(row.pk, ()), parts=parts)

    def words_by(self, pks: Collection[int]) -> dict[int, set[str]]:
        """The words of what respondents go by, by response.

        Looked at by the program alone: no object that a template is given holds them.
        """
        if not self.naming:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(SEALED, [list(pks)])
            sealed = cursor.fetchall()
        return {pk: words_of(self.names_in(column, nonce)) for pk, column, nonce in sealed}

    def names_in(self, column: bytes | memoryview | None, nonce: UUID) -> list[str]:
        try:
            identity = decrypt(column, nonce=nonce)
        except UnreadableIdentity:
            return []
        return [name for key in self.naming if isinstance(name := identity.get(key), str)]

    def told(self, text: str, words: Collection[str]) -> str:
        """One text as this reader may read it."""
        return covered(text, words) if self.covers else text

    def shown(
        self, answers: Answers, words: Collection[str], *, parts: Collection[str] | None = None
    ) -> Answers:
        """The same with personal data covered wherever people typed.

        Args:
            parts: those that will be looked at; the others are as they were typed. None: all.
        """
        looked_at = self.parts if parts is None else [part for part in self.parts if part in parts]
        typed = {part: answers[part] for part in looked_at if isinstance(answers.get(part), str)}
        return answers | {part: covered(str(text), words) for part, text in typed.items()}


def covered(text: str, words: Collection[str] = ()) -> str:
    return masked(text, personal(text, words=words))
