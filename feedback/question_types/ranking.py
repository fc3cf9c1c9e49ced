"""Ranking: options put in order, the best first; people may rank only some of them.

Stored as the list of ranked codes in order. The form has one field an option,
``<key>__<code>``, with its rank, and the columns have the same names: the rank, or
nothing where an option was not ranked.

Three figures sum it up. *Counts* are of first choices. The *mean rank* of an option is
among those who ranked it. The *Borda* score takes everyone in: with m options, the first
gets m - 1 points, the next m - 2, and so on; the options left unranked share the points
that are left equally, so each gets (m - k - 1) / 2 where k are ranked. It is given as
the mean over respondents, from 0 to m - 1.
Source: averaged scores for truncated ballots in D. Baumeister, P. Faliszewski, J. Lang,
J. Rothe, "Campaigns for Lazy Voters: Truncated Ballots", AAMAS 2012, 577-584.
"""

from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar, Literal, Self

import polars as pl
from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Expression, Func, IntegerField, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from feedback.question_types.base import DECLINED, JSON, REQUIRED, Answers, Choice, Example, Kind
from feedback.question_types.choices import NOT_OFFERED, Listed, OptionField
from feedback.question_types.columns import Column, Dtype, Message, state_of
from feedback.question_types.templated import Templated

UNRANKED = "–"
SAME = _("“%(option)s” has rank %(rank)d, too. Give each option a rank of its own.")
GAP = _("There is no rank %(missing)d before this one. Rank without gaps: 1, 2, 3 and so on.")


def rank_of(part: str, code: str) -> Expression:
    """The place of a code in the list that is the answer, from 1; NULL if it is not there."""
    # A path makes a list of whatever is stored, so that one that is none is no error.
    items = Func(
        KeyTransform(part, "answers"),
        template=(
            "ARRAY(SELECT jsonb_array_elements_text("
            "jsonb_path_query_array(%(expressions)s, '$[*]')))"
        ),
        output_field=TextField(),
    )
    return Func(items, Value(code), function="array_position", output_field=IntegerField())


class Ranking(Listed):
    type: Literal["ranking"] = "ranking"
    kind: ClassVar = Kind.CODES
    may_be_personal: ClassVar[bool] = False
    # Each option has a list of all ranks: a page grows with the square of their number.
    choices: list[Choice] = Field(min_length=2, max_length=50)
    most: int | None = Field(None, ge=1, description="At most so many are ranked; null for all")

    @model_validator(mode="after")
    def can_be_ranked(self) -> Self:
        if self.most is not None and self.most > len(self.choices):
            raise ValueError(f"most {self.most} is above the number of options")
        if DECLINED in dict(self.options()):
            raise ValueError(f"the code '{DECLINED}' is taken; use another")
        return self

    @property
    def last(self) -> int:
        """The highest rank there is."""
        return self.most or len(self.choices)

    # -- answering ---------------------------------------------------------------------

    def fields(self) -> dict[str, forms.Field]:
        ranks = [("", UNRANKED), *((str(n), str(n)) for n in range(1, self.last + 1))]
        return {
            self.name_of(code): OptionField(
                label=f"{self.text} – {text}",
                required=False,
                choices=ranks,
                coerce=int,
                empty_value=None,
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"invalid_choice": NOT_OFFERED},
            )
            for code, text in self.options()
        }

    def layout(self) -> LayoutObject:
        return Templated(self, self.shown)

    def stored(self, cleaned: dict[str, Any]) -> Answers:
        ranks = {code: cleaned[self.name_of(code)] for code, _text in self.options()}
        given = [(rank, code) for code, rank in ranks.items() if rank is not None]
        ranked = sorted(given, key=lambda pair: pair[0])
        errors: dict[str, ValidationError] = {}
        taken: dict[int, str] = {}
        for rank, code in ranked:
            if rank in taken:
                option = dict(self.options())[taken[rank]]
                same = ValidationError(SAME, params={"option": option, "rank": rank})
                errors[self.name_of(code)] = same
            elif rank > 1 and rank - 1 not in taken:
                gap = ValidationError(GAP, params={"missing": rank - 1})
                errors[self.name_of(code)] = gap
            taken.setdefault(rank, code)
        if self.required and not ranked:
            errors[next(iter(self.checks))] = ValidationError(REQUIRED)
        if errors:
            raise ValidationError(errors)
        return {self.key: [code for _rank, code in ranked] or None}

    def refilled(self, answers: Answers) -> dict[str, list[str]]:
        return {self.name_of(code): [str(n)] for n, code in enumerate(self.chosen(answers), 1)}

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        codes = list(dict(self.options()))
        order = sorted(codes, key=lambda code: chance.random() * (1 + codes.index(code)))
        count = self.last if chance.random() < 0.6 else chance.randint(1, self.last)
        return self.refilled({self.key: [*order[:count]]})

    # -- reading -----------------------------------------------------------------------

    def parts(self) -> list[str]:
        return [self.key]

    def columns(self) -> list[Column]:
        return [
            Column(
                self.name_of(code),
                f"{self.text} – {text}",
                self.key,
                Dtype.INTEGER,
                rank_of(self.key, code),
                state_of(self.key),
            )
            for code, text in self.options()
        ]

    @property
    def limits(self) -> tuple[JSON, JSON]:
        return 1, self.last

    def words(self, part: str, answer: JSON) -> Message:
        texts = dict(self.options())
        codes = answer if isinstance(answer, list) else []
        return "\n".join(f"{n}. {texts.get(code, code)}" for n, code in enumerate(codes, 1))

    def where(self, code: str) -> Q:
        """Those who put it first, as these are counted."""
        first = KeyTextTransform("0", KeyTransform(self.key, "answers"))
        return Q(Exact(first, Value(code)), answers__contains={self.key: [code]})

    def marks(self) -> Mapping[str, pl.Expr]:
        return {code: pl.col(self.name_of(code)) == 1 for code, _text in self.options()}

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """First choices, and the mean rank and the Borda score of each option."""
        ranks = {code: pl.col(self.name_of(code)) for code, _text in self.options()}
        most = len(ranks)

        def borda(code: str) -> pl.Expr:
            """In halves: an option left out shares a point with each that is left out with it."""
            rank, out = ranks[code], ranks[code].is_null()
            halves = 2 * (most * rank.count() - rank.sum())
            for other in ranks.keys() - {code}:
                halves += (out & ranks[other].is_null()).sum()
            return pl.when(pl.len() > 0).then(halves / (2 * pl.len()))

        told = {
            "counts": {code: (rank == 1).sum() for code, rank in ranks.items()},
            "mean_ranks": {code: rank.mean() for code, rank in ranks.items()},
            "borda": {code: borda(code) for code in ranks},
        }
        return {name: answers.select(**each).row(0, named=True) for name, each in told.items()}

    @classmethod
    def example(cls) -> Example:
        item = cls(
            key="drinks",
            text="Which drinks do you like best?",
            choices=[
                Choice(code="tea", text="Tea"),
                Choice(code="coffee", text="Coffee"),
                Choice(code="water", text="Water"),
            ],
        )
        names = ["drinks__tea", "drinks__coffee", "drinks__water"]
        return Example(
            item,
            accepts=[
                (
                    {"drinks__tea": ["2"], "drinks__coffee": ["3"], "drinks__water": ["1"]},
                    {"drinks": ["water", "tea", "coffee"]},
                ),
                (
                    {"drinks__tea": ["1"], "drinks__coffee": [""], "drinks__water": [""]},
                    {"drinks": ["tea"]},
                ),
                ({}, {"drinks": None}),
            ],
            cells=[
                dict(zip(names, (2, 3, 1), strict=True)),
                dict(zip(names, (1, None, None), strict=True)),
                dict.fromkeys(names),
            ],
            refuses=[
                ({"drinks__tea": ["1"], "drinks__water": ["1"]}, "a rank of its own"),
                ({"drinks__tea": ["1"], "drinks__water": ["3"]}, "There is no rank 2"),
                ({"drinks__tea": ["4"]}, "not one of the options"),
            ],
        )
