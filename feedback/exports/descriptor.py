"""The descriptor of a data package: which files are tables, and what their columns hold.

Tabular Data Package 1, https://specs.frictionlessdata.io/tabular-data-package/; beside
each constraint ``categories`` has the labels of codes, as version 2 of the standard does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from feedback.exports.choices import BOM
from feedback.exports.codebook import Codebook
from feedback.exports.codebook.entries import Described
from feedback.exports.parcel import Parcel
from feedback.exports.table import Table
from feedback.question_types.columns import Dtype
from feedback.questionnaire.codebook import BLANK, MISSING_CODES

MOMENT = {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S.%f%z"}
TYPES: Mapping[Dtype, Mapping[str, Any]] = {
    Dtype.TEXT: {"type": "string"},
    Dtype.CODE: {"type": "string"},
    Dtype.INTEGER: {"type": "integer"},
    Dtype.DECIMAL: {"type": "number"},
    Dtype.DATE: {"type": "date"},
    Dtype.TIME: {"type": "time", "format": "%H:%M"},
    Dtype.BOOLEAN: {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]},
    Dtype.MOMENT: MOMENT,
}
WHOLE = {"type": "integer"}
TEXT = {"type": "string"}
NUMBER = {"required": True, "unique": True}


def descriptor(parcel: Parcel, table: Table, book: Codebook) -> dict[str, Any]:
    """Args: parcel: with the tables in it already."""
    encoding = "utf-8-sig" if BOM in table.choices.added else "utf-8"
    return {
        "profile": "tabular-data-package",
        "name": book.survey,
        "title": book.title,
        "created": parcel.at.isoformat(),
        "resources": [
            resource(parcel, "data", [field(one) for one in book.variables], "response", encoding),
            resource(parcel, "begun", begun(), "begun"),
            resource(parcel, "withdrawn", withdrawn(), "response"),
        ],
    }


def resource(
    parcel: Parcel, name: str, fields: Sequence[Any], key: str, encoding: str = "utf-8"
) -> dict[str, Any]:
    file = parcel.file(f"{name}.csv")
    missing = MISSING_CODES if name == "data" else (BLANK,)
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": file.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": encoding,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "schema": {"fields": fields, "missingValues": [*missing], "primaryKey": [key]},
    }


def field(one: Described) -> dict[str, Any]:
    """A column of the data. What it cannot promise of every cell is no constraint."""
    told: dict[str, Any] = {"name": one.name, "title": one.label}
    told |= TYPES[Dtype.TEXT if one.in_words or one.several else one.dtype]
    coded = bool(one.codes) and one.dtype in (Dtype.CODE, Dtype.INTEGER)
    coded = coded and not (one.in_words or one.several)
    if coded:
        told["categories"] = [
            {"value": valued(one, code.code), "label": code.label} for code in one.codes
        ]
    if limits := constraints(one, coded=coded):
        told["constraints"] = limits
    if one.asked_of:
        told["description"] = next(iter(one.asked_of.values()))
    return told


def valued(one: Described, code: str) -> str | int:
    return int(code) if one.dtype is Dtype.INTEGER else code


def constraints(one: Described, *, coded: bool) -> dict[str, Any]:
    if one.name == "response":
        return NUMBER
    if one.several or one.in_words or one.unknown:
        return {}
    if coded:
        return {"enum": [valued(one, code.code) for code in one.codes]}
    ends = {"minimum": one.least, "maximum": one.most}
    return {name: end for name, end in ends.items() if end is not None}


def begun() -> list[dict[str, Any]]:
    titles: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "begun": (_("Number of what was begun"), {**WHOLE, "constraints": NUMBER}),
        "revision": (_("Revision of the questionnaire that was begun"), WHOLE),
        "language": (_("Language it was last seen in"), TEXT),
        "source": (_("Where the respondent came from: ?source= of the form’s address"), TEXT),
        "page": (_("The furthest page reached, from 1"), WHOLE),
        "kept_at_their_wish": (
            _("Whether the respondent asked for it to be kept"),
            TYPES[Dtype.BOOLEAN],
        ),
        "begun_at": (_("When the form was opened"), MOMENT),
        "saved_at": (_("When it was last saved"), MOMENT),
        "expires_at": (_("Until when what was typed is kept"), MOMENT),
    }
    return [{"name": name, "title": title, **kind} for name, (title, kind) in titles.items()]


def withdrawn() -> list[dict[str, Any]]:
    return [
        {"name": "response", "title": _("Number of the response"), **WHOLE, "constraints": NUMBER},
        {"name": "withdrawn_at", "title": _("When the respondent took it back"), **MOMENT},
    ]
