"""The codebook as DDI-Codebook 2.5, which archives and statistics programs read.

Data Documentation Initiative, https://ddialliance.org/Specification/DDI-Codebook/2.5/.
Elements stand in the order that its schema wants. What XML 1.0 cannot hold is shown by a
sign that stands for it.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from django.utils.translation import gettext as _

from feedback.exports.codebook.entries import OWN, Code, Codebook, Described
from feedback.exports.codebook.signs import shown
from feedback.question_types.columns import Dtype

DDI = "ddi:codebook:2_5"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FILE = "F1"
NUMBERS = (Dtype.INTEGER, Dtype.DECIMAL, Dtype.BOOLEAN)
CATEGORIES = {Dtype.DATE: "date", Dtype.TIME: "time", Dtype.MOMENT: "date"}


def written(book: Codebook) -> bytes:
    register_namespace("", DDI)
    root = Element(name("codeBook"), {"version": "2.5", LANG: book.language})
    document(root, book)
    study(root, book)
    file(root, book)
    data(root, book)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def name(tag: str) -> str:
    return f"{{{DDI}}}{tag}"


def add(parent: Element, tag: str, text: object = None, **attributes: str) -> Element:
    legal = {key: shown(value) for key, value in attributes.items()}
    element = SubElement(parent, name(tag), legal)
    element.text = None if text is None else shown(str(text))
    return element


def add_texts(parent: Element, tag: str, texts: Mapping[str, str]) -> None:
    """One element for each language."""
    for language, text in texts.items():
        add(parent, tag, text).set(LANG, language)


# -- around the variables ----------------------------------------------------------------


def document(root: Element, book: Codebook) -> None:
    titles = add(add(add(root, "docDscr"), "citation"), "titlStmt")
    add(titles, "titl", f"{_('Codebook')}: {book.title}")
    add(titles, "IDNo", book.survey)


def study(root: Element, book: Codebook) -> None:
    about = add(root, "stdyDscr")
    citation = add(about, "citation")
    titles = add(citation, "titlStmt")
    add(titles, "titl", book.title)
    others = {code: text for code, text in book.titles.items() if text != book.title}
    add_texts(titles, "parTitl", others)
    add(titles, "IDNo", book.survey)
    for one in book.revisions:
        stated = add(citation, "verStmt")
        number, day = str(one.number), f"{one.published_at:%Y-%m-%d}"
        add(stated, "version", f"{_('Revision')} {number}", date=day)
        add(stated, "notes", f"sha256:{one.digest}")
    if book.selection:
        chosen = "; ".join(f"{key}: {', '.join(some)}" for key, some in book.selection.items())
        add(add(add(about, "stdyInfo"), "sumDscr"), "universe", chosen)


def file(root: Element, book: Codebook) -> None:
    about = add(add(root, "fileDscr", ID=FILE), "fileTxt")
    add(about, "fileName", book.survey)
    sizes = add(about, "dimensns")
    if book.responses is not None:
        add(sizes, "caseQnty", book.responses + (book.withdrawn or 0))
    add(sizes, "varQnty", len(book.variables))


# -- variables ---------------------------------------------------------------------------


def data(root: Element, book: Codebook) -> None:
    about = add(root, "dataDscr")
    numbered = [(f"V{number}", one) for number, one in enumerate(book.variables, 1)]
    questions = groupby(numbered, key=lambda pair: pair[1].question)
    for number, (question, some) in enumerate(questions, 1):
        members = list(some)
        if question and len(members) > 1:
            ids = " ".join(own for own, _one in members)
            group = add(about, "varGrp", ID=f"G{number}", name=question, var=ids, type="other")
            add(group, "labl", members[0][1].asks)
    for own, one in numbered:
        variable(about, own, one)


def variable(about: Element, own: str, one: Described) -> None:
    """The children stand in the order of the schema."""
    continuous = not one.codes and one.dtype is not Dtype.TEXT
    kind = "contin" if continuous else "discrete"
    found = add(about, "var", ID=own, name=one.name, files=FILE, intrvl=kind)
    add(found, "labl", one.label)
    if one.personal:
        add(found, "security", _("Personal: kept apart, encrypted"))
    question(found, one)
    valid_range(found, one)
    add_texts(found, "universe", one.asked_of)
    sums(found, one)
    for code in one.codes:
        category(found, code)
    for code in one.missing:
        category(found, code, missing="Y")
    if one.kind != OWN:
        add(found, "concept", one.question)
    if one.formula:
        add(add(found, "derivation"), "drvcmd", one.formula)
    form = {"type": "numeric" if one.dtype in NUMBERS else "character"}
    if one.dtype in CATEGORIES:
        form |= {"category": CATEGORIES[one.dtype], "schema": "ISO"}
    add(found, "varFormat", one.dtype, **form)
    for text in notes(one):
        add(found, "notes", text)
    for numbers, wording in one.wordings[:-1]:
        for language, text in wording.texts.items():
            asked_by = f"{_('Revision')} {', '.join(map(str, numbers))}"
            note = add(found, "notes", text, type="wording", subject=asked_by)
            note.set(LANG, language)


def question(found: Element, one: Described) -> None:
    """As the newest revision asks it; notes have what was asked before."""
    if one.texts:
        add_texts(add(found, "qstn"), "qstnLit", one.texts)


def valid_range(found: Element, one: Described) -> None:
    ends = {"min": one.least, "max": one.most}
    known = {end: str(value) for end, value in ends.items() if value is not None}
    if known:
        add(add(found, "valrng"), "range", UNITS="INT" if one.dtype is Dtype.INTEGER else "REAL",
            **known)  # fmt: skip


def sums(found: Element, one: Described) -> None:
    if one.answered is None:
        return
    missing = sum(code.count or 0 for code in one.missing)
    add(found, "TotlResp", one.answered + missing)
    add(found, "sumStat", one.answered, type="vald")
    add(found, "sumStat", missing, type="invd")


def category(found: Element, code: Code, **attributes: str) -> None:
    option = add(found, "catgry", **attributes)
    add(option, "catValu", code.code)
    add(option, "labl", code.label)
    add_texts(option, "labl", {one: text for one, text in code.texts.items() if text != code.label})
    if code.count is not None:
        add(option, "catStat", code.count, type="freq")


def notes(one: Described) -> Iterator[str]:
    if one.unit:
        yield f"{_('Unit')}: {one.unit}"
    if one.in_words:
        yield _("The file has the labels in place of the codes.")
    if one.several:
        yield _("Several codes may stand in one cell, joined by |.")
    if one.required:
        yield _("Needs an answer.")
    for change in one.changes:
        yield f"{_('Revision')} {change.revision} {change.what}"
