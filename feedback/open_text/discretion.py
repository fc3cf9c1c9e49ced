"""Answers as somebody may read them who is not to see what is personal.

Nothing is changed but what is shown: pages, lists and quotes of whoever lacks the permission
have a word in brackets where a text gives away its writer or somebody else.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from uuid import UUID

from feedback.models import Response
from feedback.models.identity import UnreadableIdentity, decrypt
from feedback.open_text.masking import masked, personal, words_of
from feedback.question_types.base import Answers, Item
from feedback.responses.search import text_parts


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

    def over(self, rows: Iterable[Response]) -> Callable[[Response], Answers]:
        """What is shown of the answers of each of these responses; asks for all names at once."""
        words = self.words_by([row.pk for row in rows])
        return lambda row: self.shown(row.answers, words.get(row.pk, ()))

    def words_by(self, pks: Collection[int]) -> dict[int, set[str]]:
        """The words of what respondents go by, by response.

        Looked at by the program alone: no object that a template is given holds them.
        """
        if not self.naming:
            return {}
        rows = Response.objects.filter(pk__in=pks, identity__isnull=False)
        return {
            pk: words_of(self.names_in(column, nonce))
            for pk, column, nonce in rows.values_list("pk", "identity", "nonce")
        }

    def names_in(self, column: bytes | memoryview | None, nonce: UUID) -> list[str]:
        try:
            identity = decrypt(column, nonce=nonce)
        except UnreadableIdentity:
            return []
        return [name for key in self.naming if isinstance(name := identity.get(key), str)]

    def told(self, text: str, words: Collection[str]) -> str:
        """One text as this reader may read it."""
        return covered(text, words) if self.covers else text

    def shown(self, answers: Answers, words: Collection[str]) -> Answers:
        """The same with personal data covered wherever people typed."""
        typed = {part: answers[part] for part in self.parts if isinstance(answers.get(part), str)}
        return answers | {part: covered(str(text), words) for part, text in typed.items()}


def covered(text: str, words: Collection[str] = ()) -> str:
    return masked(text, personal(text, words=words))
