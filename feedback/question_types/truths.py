"""What the types whose answer is true or false share: yes/no and consent."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl
from django.db.models import Q

from feedback.question_types.base import JSON, Item, Kind
from feedback.question_types.columns import Column, Dtype, Message, state_of, true_of

YES = "yes y true t 1 ja j oui vrai sí si sim да tak はい 是 예 نعم כן evet kyllä igen ano áno"
NO = "no n false f 0 nein non faux não não нет nie いいえ 否 아니요 لا לא hayır ei nem ne nej nee"


class Truth(Item):
    """Stored as true or false; ``said`` gives the words of both, by the codes yes and no."""

    kind: ClassVar = Kind.TRUTH
    may_be_personal: ClassVar[bool] = False
    said: ClassVar[Mapping[str, Message]]

    def columns(self) -> list[Column]:
        yes = true_of(self.key)
        return [Column(self.key, self.text, self.key, Dtype.BOOLEAN, yes, state_of(self.key))]

    def spellings(self) -> Mapping[str, str]:
        return dict.fromkeys(YES.split(), "1") | dict.fromkeys(NO.split(), "0")

    def words(self, part: str, answer: JSON) -> Message:
        return self.said["yes" if answer else "no"]

    def where(self, code: str) -> Q:
        return Q(answers__contains={self.key: code == "yes"})

    def filters(self) -> Mapping[str, Message]:
        return self.said

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        yes = int(answers[self.key].sum())
        return {"counts": {"yes": yes, "no": answers.height - yes}}

    def one_code(self) -> pl.Expr:
        return pl.when(pl.col(self.key) == 1).then(pl.lit("yes")).otherwise(pl.lit("no"))
