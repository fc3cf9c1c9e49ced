"""What coded answers add up to: how far coders agree, and how many answers have each code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feedback.models import Code, Coded, OpenQuestion, Read
from feedback.open_text.agreement import (
    CodeAgreement,
    Kappa,
    cohens_kappa,
    overall_alpha,
    per_code,
    percent_agreement,
    yes_or_no,
)
from feedback.open_text.code_frame import codes_of
from feedback.open_text.coding import codes_by_response, text_of_one
from feedback.open_text.prevalence import NothingCoded, Prevalence, by_prediction
from feedback.open_text.questions import digest_of, ids_of, sample_of, texts_of
from feedback.question_types.columns import Column

Given = dict[int, dict[str, frozenset[str]]]  # response, coder, numbers of codes


def given(question: OpenQuestion) -> Given:
    """What each coder by themselves gave each response that two or more have read."""
    about = {"survey": question.survey, "part": question.part}
    reads = Read.objects.filter(settles=False, **about).select_related("coder")
    found: dict[int, dict[str, set[str]]] = {}
    names: dict[int, tuple[int, str]] = {}
    for read in reads:
        name = read.coder.get_username()
        names[read.pk] = (read.response_id, name)
        found.setdefault(read.response_id, {})[name] = set()
    codes = Coded.objects.filter(read__in=[*names]).values_list("read_id", "code__number")
    for pk, number in codes:
        response, name = names[pk]
        found[response][name].add(str(number))
    return {
        response: {name: frozenset(codes) for name, codes in by_coder.items()}
        for response, by_coder in sorted(found.items())
        if len(by_coder) > 1
    }


@dataclass(frozen=True)
class Agreement:
    """How coders agree; ``percent`` and ``alpha`` over every code of every answer."""

    coders: tuple[str, ...]
    answers: int
    percent: float
    kappa: Kappa | None  # of exactly two coders
    alpha: float
    codes: tuple[tuple[Code, CodeAgreement], ...]


def agreement(question: OpenQuestion) -> Agreement | None:
    """None where no answer was read twice."""
    both = given(question)
    if not both:
        return None
    coders = sorted({name for by_coder in both.values() for name in by_coder})
    codings = [[by_coder.get(name) for by_coder in both.values()] for name in coders]
    told = per_code(codings)
    every = [yes_or_no(codings, code=one.code) for one in told]
    units = [[value for ratings in every for value in ratings[at]] for at in range(len(coders))]
    known = {str(code.number): code for code in codes_of(question.survey, question.part)}
    return Agreement(
        coders=tuple(coders),
        answers=len(both),
        percent=percent_agreement(units),
        kappa=cohens_kappa(*units) if len(coders) == 2 else None,
        alpha=overall_alpha(codings),
        codes=tuple(
            sorted(
                ((known[one.code], one) for one in told if one.code in known),
                key=lambda pair: pair[0].number,
            )
        ),
    )


@dataclass(frozen=True)
class Disagreement:
    """An answer to which coders gave different codes, and nobody has settled it.

    The text is as it was written, for whoever codes; pages cover it for others.
    """

    response: int
    text: str
    digest: str
    given: tuple[tuple[str, tuple[Code, ...]], ...]  # by coder
    all: frozenset[int]  # numbers that anybody gave


def disagreements(question: OpenQuestion, column: Column) -> list[int]:
    """The responses, in order."""
    settled = Read.objects.filter(survey=question.survey, part=question.part, settles=True)
    done = set(settled.values_list("response_id", flat=True))
    differ = [
        pk for pk, by in given(question).items() if len({*by.values()}) > 1 and pk not in done
    ]
    there = {pk for pk, _text in texts_of(question.survey, column, differ)}
    return [pk for pk in differ if pk in there]


def disagreement(question: OpenQuestion, column: Column, pk: int) -> Disagreement:
    text = text_of_one(question.survey, column, pk)
    known = {str(code.number): code for code in codes_of(question.survey, question.part)}
    told = given(question)[pk]
    return Disagreement(
        response=pk,
        text=text,
        digest=digest_of(text).hex(),
        given=tuple(
            (name, tuple(known[n] for n in sorted(codes, key=int) if n in known))
            for name, codes in sorted(told.items())
        ),
        all=frozenset(int(number) for codes in told.values() for number in codes),
    )


@dataclass(frozen=True)
class Share:
    """How many answers have one code: by hand, by the classifier, and corrected."""

    code: Code
    by_hand: Prevalence
    corrected: Prevalence | None  # None where the classifier was not tried on this code


@dataclass(frozen=True)
class Shares:
    answers: int
    coded: int  # of the random sample, by people
    codes: tuple[Share, ...]


def shares(question: OpenQuestion, column: Column) -> Shares:
    """By code; none where fewer than two of the random sample were read."""
    ids = ids_of(question.survey, column)
    read = codes_by_response(question)
    coded = [pk for pk in sample_of(question, ids) if pk in read]
    rest = [pk for pk in ids if pk not in {*coded}]
    codes = codes_of(question.survey, question.part)
    tried = {*question.learnt.get("codes", [])}

    def told() -> Iterator[Share]:
        for code in codes:
            truth = [code.number in read[pk] for pk in coded]
            hand = by_prediction(truth, [0.0] * len(coded), [0.0] * len(rest))
            corrected = None
            if code.number in tried:
                said = machine(code)
                of_coded = [float(pk in said) for pk in coded]
                corrected = by_prediction(truth, of_coded, [float(pk in said) for pk in rest])
            yield Share(code, hand, corrected)

    try:
        return Shares(len(ids), len(coded), tuple(told()))
    except NothingCoded:
        return Shares(len(ids), len(coded), ())


def machine(code: Code) -> set[int]:
    """The responses that the classifier gives the code."""
    rows: Any = Coded.objects.filter(code=code, read__isnull=True)
    return set(rows.values_list("response_id", flat=True))
