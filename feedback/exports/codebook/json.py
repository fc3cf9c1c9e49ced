"""The codebook as JSON, for programs: everything that is known. docs/codebook.md has its shape."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.exports.codebook.entries import Code, Codebook, Described
from feedback.exports.codebook.wordings import Wording

VERSION = 1  # of the shape; raised where something is renamed or means something else


def written(book: Codebook) -> bytes:
    return json.dumps(as_data(book), indent=1, ensure_ascii=False).encode() + b"\n"


def as_data(book: Codebook) -> dict[str, Any]:
    return {
        "codebook": VERSION,
        "survey": book.survey,
        "title": book.titles,
        "language": book.language,
        "languages": book.languages,
        "selection": book.selection,
        "responses": book.responses,
        "withdrawn": book.withdrawn,
        "revisions": [
            {
                "revision": one.number,
                "published": one.published_at.isoformat(),
                "sha256": one.digest,
            }
            for one in book.revisions
        ],
        "variables": [of_variable(one) for one in book.variables],
    }


def of_variable(one: Described) -> dict[str, Any]:
    return {
        "name": one.name,
        "question": one.question or None,
        "type": one.kind,
        "label": one.label,
        "texts": one.texts,
        "holds": str(one.dtype),
        "codes": [of_code(code) for code in one.codes],
        "codes_are_written_in_words": one.in_words,
        "several_codes_in_a_cell": one.several,
        "missing": [of_code(code) for code in one.missing],
        "answered": one.answered,
        "unknown_codes": one.unknown,
        "personal": one.personal,
        "required": one.required,
        "unit": one.unit or None,
        "least": one.least,
        "most": one.most,
        "asked_of": one.asked_of,
        "worked_out": one.formula or None,
        "from_address": one.address_part or None,
        "wordings": [of_wording(numbers, wording) for numbers, wording in one.wordings],
        "changes": [{"revision": told.revision, "what": told.what} for told in one.changes],
    }


def of_code(code: Code) -> dict[str, Any]:
    return {"code": code.code, "label": code.label, "texts": code.texts, "count": code.count}


def of_wording(numbers: Sequence[int], wording: Wording) -> Mapping[str, Any]:
    return {
        "revisions": numbers,
        "texts": wording.texts,
        "codes": wording.codes,
        "asked_of": wording.asked_of,
        "required": wording.required,
        "required_if": wording.needed_if,
        "options_offered_if": wording.options_if,
        "may_be_declined": wording.ways,
        "personal": wording.personal,
        "least": wording.least,
        "most": wording.most,
        "unit": wording.unit,
    }
