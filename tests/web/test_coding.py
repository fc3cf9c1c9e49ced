"""Coding open answers: the screen, the code frame, agreement, shares."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from feedback.models import (
    AuditEntry,
    Code,
    Coded,
    Read,
    Response,
    Role,
    Status,
    Survey,
)
from feedback.open_text import code_frame
from feedback.open_text.agreement import cohens_kappa, krippendorffs_alpha, overall_alpha
from feedback.open_text.questions import digest_of
from feedback.refresh import refresh
from feedback.responses.coding import set_status
from feedback.responses.receipts import hash_of
from feedback.responses.withdrawal import withdraw
from tests import build
from tests.pages import Page
from tests.web.coding_screen import CODING, PAGE, counting, save, shown


def test_an_answer_is_coded_and_the_next_one_comes(
    reviewer: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """One at a time: what was read does not come again."""
    rows = [build.respond(town, wish=text) for text in ("More trees", "Seats, please")]
    desk = build.signed_in(reviewer)
    first = shown(Page.read(desk.get(CODING).content))
    row = next(one for one in rows if one.pk == first)
    other = next(one for one in rows if one.pk != first)

    page = Page.read(save(desk, row, trees, passage=row.answers["wish"][:4]).content)

    assert counting(row) == {"Trees"}
    mark = Coded.objects.get()
    assert (mark.start, mark.end) == (0, 4)
    assert shown(page) == other.pk
    assert "1 of 2 answers are read: 50 % of 2 different ones" in page.text


def test_no_code_is_a_reading_too(reviewer: Any, town: Survey, trees: Code) -> None:
    """Else what fits nothing would come again and again, and shares would be too high."""
    row = build.respond(town, wish="Nothing")

    save(build.signed_in(reviewer), row, trees, none="1")

    assert Read.objects.get().response_id == row.pk
    assert not Coded.objects.exists()


@pytest.mark.parametrize("fields", [{"passage": "Elsewhere"}, {"seen": "00"}, {"code": "77"}])
def test_what_cannot_be_is_told_and_nothing_kept(
    reviewer: Any, town: Survey, trees: Code, fields: dict[str, str]
) -> None:
    """A passage of no answer, a text that was changed meanwhile, a code that there is not."""
    row = build.respond(town, wish="More trees")

    page = save(build.signed_in(reviewer), row, trees, **fields)

    assert b'role="alert"' in page.content
    assert not Read.objects.exists() and not AuditEntry.objects.filter(action="coded").exists()


def test_the_log_has_numbers_and_no_words(reviewer: Any, town: Survey, trees: Code) -> None:
    """An answer is nobody's to read in a log."""
    row = build.respond(town, wish="More trees")

    save(build.signed_in(reviewer), row, trees, passage="trees")

    entry = AuditEntry.objects.get(action="coded")
    assert entry.response_id == row.pk
    assert entry.details == {"part": "wish", "codes": [trees.number]}


def test_a_viewer_reads_figures_and_is_offered_nothing_to_code(
    viewer: Any, town: Survey, trees: Code
) -> None:
    """Whoever only looks judges nothing."""
    build.respond(town, wish="More trees")
    desk = build.signed_in(viewer)

    assert b"coding/save" not in desk.get(CODING).content
    assert b"codes/add" not in desk.get(f"{PAGE}codes/").content
    for page in ("coding/agreement/", "coding/shares/", "codes.csv"):
        assert desk.get(PAGE + page).status_code == 200


@pytest.mark.parametrize("key", ["name", "visit", "nothing"])
def test_what_is_personal_or_closed_has_no_such_page(owner: Any, town: Survey, key: str) -> None:
    """Personal answers stay encrypted where they are."""
    assert build.signed_in(owner).get(f"/staff/town/text/{key}/coding/").status_code == 404


def test_a_code_frame_goes_out_and_comes_back(owner: Any, town: Survey, trees: Code) -> None:
    """As a spreadsheet changes it: known numbers are reworded, others are new."""
    desk = build.signed_in(owner)
    fields = {"name": "=Oaks", "parent": trees.number, "definition": "a, “b”\nc"}
    desk.post(f"{PAGE}codes/add/", fields)
    file = desk.get(f"{PAGE}codes.csv").content.decode()
    file = file.replace("Trees", "All trees") + ",2,Old oaks,,,\r\n"

    upload = SimpleUploadedFile("codes.csv", file.encode())
    desk.post(f"{PAGE}codes/upload/", {"file": upload})

    told = Code.objects.order_by("number").values_list("number", "name", "parent__number")
    assert list(told) == [(1, "All trees", None), (2, "=Oaks", 1), (3, "Old oaks", 2)]
    assert Code.objects.get(number=2).definition == "a, “b”\nc"


@pytest.mark.parametrize(
    "file",
    ["number\r\n1\r\n", "name,parent\r\nA,9\r\n", "number,name\r\nx,A\r\n", "name\r\n\r\n,\r\n"],
)
def test_a_frame_with_a_mistake_is_not_taken_in_part(owner: Any, town: Survey, file: str) -> None:
    """Whoever mends the file sends it again whole."""
    upload = SimpleUploadedFile("codes.csv", file.encode())

    build.signed_in(owner).post(f"{PAGE}codes/upload/", {"file": upload})

    assert not Code.objects.exists()


def test_a_code_stands_below_no_code_of_its_own(owner: Any, town: Survey, trees: Code) -> None:
    """A circle would never be drawn to its end."""
    oaks = code_frame.add(town, "wish", {"name": "Oaks", "parent": trees.number}, actor=owner)

    fields = {"name": "Trees", "parent": oaks.number}
    page = build.signed_in(owner).post(f"{PAGE}codes/{trees.pk}/", fields, follow=True)

    assert b"below itself" in page.content
    assert Code.objects.get(pk=trees.pk).parent_id is None


def test_a_retired_code_is_offered_no_more_and_stays_where_it_was_given(
    reviewer: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """Its number means the same for good."""
    row, _other = build.respond(town, wish="More trees"), build.respond(town, wish="More seats")
    desk = build.signed_in(reviewer)
    save(desk, row, trees)

    desk.post(f"{PAGE}codes/{trees.pk}/", {"name": "Trees", "retired": "1"})

    assert counting(row) == {"Trees"}
    page = desk.get(CODING).content.decode()
    assert 'id="code-2"' in page and 'id="code-1"' not in page


@pytest.fixture
def second(town: Survey) -> Any:
    return build.member(town, Role.REVIEWER, name="second")


def test_figures_of_agreement_are_the_engine_s(
    reviewer: Any, second: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """By hand: over four answers and two codes they differ once."""
    rows = [build.respond(town, wish=f"wish {n}") for n in range(4)]
    one, two = build.signed_in(reviewer), build.signed_in(second)
    for row, codes in zip(rows, ([trees], [trees, benches], [], [benches]), strict=True):
        save(one, row, *codes)
    for row, codes in zip(rows, ([trees], [trees], [], [benches]), strict=True):
        save(two, row, *codes)

    page = Page.read(one.get(f"{CODING}agreement/").content).text

    first, other = [1, 1, 0, 0, 0, 1, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1]
    kappa = cohens_kappa(first, other)
    given = [[{"1"}, {"1", "2"}, set(), {"2"}], [{"1"}, {"1"}, set(), {"2"}]]
    assert overall_alpha(given) == krippendorffs_alpha([first, other])
    assert f"All codes 87.5 % {kappa.value:.2f} {kappa.low:.2f} … {kappa.high:.2f}" in page
    assert f"{overall_alpha(given):.2f}" in page
    assert "1 answer was given different codes." in page


def test_who_does_not_code_reads_what_is_to_be_settled_covered(
    reviewer: Any, second: Any, viewer: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """Coders read answers as they were written; a look at their agreement is not coding."""
    row = build.respond(town, wish="More trees, says Ada, ada@example.org", name="Ada Berg")
    save(build.signed_in(reviewer), row, trees)
    save(build.signed_in(second), row, benches)

    seen = build.signed_in(viewer).get(f"{CODING}agreement/").content.decode()

    assert "More trees, says [name], [e-mail]" in seen and "Ada" not in seen
    assert "ada@example.org" in build.signed_in(second).get(f"{CODING}agreement/").content.decode()


def test_the_second_coder_sees_nothing_of_the_first(
    reviewer: Any, second: Any, town: Survey, trees: Code
) -> None:
    """Agreement of people who saw each other's codes would tell nothing."""
    row = build.respond(town, wish="More trees")
    save(build.signed_in(reviewer), row, trees)

    page = build.signed_in(second).get(f"{CODING}?order=second").content.decode()

    assert "More trees" in page and " checked" not in page and "reviewer" not in page


def test_the_first_reading_counts_until_somebody_settles_it(
    reviewer: Any, second: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """And then it is no longer in the queue."""
    row = build.respond(town, wish="More trees")
    save(build.signed_in(reviewer), row, trees)
    desk = build.signed_in(second)
    save(desk, row, benches)
    assert counting(row) == {"Trees"}

    seen = digest_of("More trees").hex()
    fields = {"response": row.pk, "seen": seen, "code": [trees.number, benches.number]}
    page = desk.post(f"{CODING}settle/", fields, follow=True)

    assert counting(row) == {"Trees", "Benches"}
    assert b"To settle" not in page.content


def test_what_was_edited_is_read_anew_and_what_was_withdrawn_is_gone(
    reviewer: Any, town: Survey, trees: Code
) -> None:
    """A code belongs to the words that somebody read."""
    same, edited, gone = (build.respond(town, wish=f"More trees {n}") for n in range(3))
    desk = build.signed_in(reviewer)
    for row in (same, edited, gone):
        save(desk, row, trees)
    code = "withdraw-this-one"
    Response.objects.filter(pk=gone.pk).update(receipt=hash_of(code))
    Response.objects.filter(pk=edited.pk).update(answers={"wish": "No trees"}, edits=1)

    withdraw(code)
    refresh()

    assert [read.response_id for read in Read.objects.all()] == [same.pk]
    assert [mark.response_id for mark in Coded.objects.all()] == [same.pk]


def test_codes_are_filters_of_lists_and_columns_of_exports(
    owner: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """What was coded is found, counted and taken away like any other answer."""
    row, other = build.respond(town, wish="More trees"), build.respond(town, wish="No idea")
    desk = build.signed_in(owner)
    save(desk, row, trees, benches)
    refresh()

    listed = desk.get(f"/staff/town/responses/?code.wish={trees.number}").content.decode()
    assert f"responses/{row.pk}/" in listed and f"responses/{other.pk}/" not in listed
    assert "code: Trees" in listed
    assert desk.get("/staff/town/responses/?code.visit=1").status_code == 400
    assert desk.get("/staff/town/responses/?code.wish=x").status_code == 400

    told = desk.get("/staff/town/summary.json").json()["open_text"]["wish"]
    assert told == {"read": 1, "codes": {"1": 1, "2": 1}, "names": {}}
    head, first, second = build.exported(town).decode().splitlines()
    column = head.split(",").index("wish__codes")
    assert [line.split(",")[column] for line in (first, second)] == ["1 | 2", ""]
    assert "wish__codes" not in build.exported(town, choices="without=review").decode()
    book = desk.get("/staff/town/codebook.md").content.decode()
    assert "wish__codes" in book and "Benches" in book


def test_reports_tell_how_many_of_those_read_have_a_code(
    owner: Any, town: Survey, trees: Code, benches: Code
) -> None:
    """On the summary, in a selection of it, and printed; spam is none of them."""
    rows = [build.respond(town, wish=text, visit="often") for text in ("Oaks", "Seats", "Buy!")]
    build.respond(town, wish="Not read", visit="often")
    desk = build.signed_in(owner)
    save(desk, rows[0], trees, benches)
    save(desk, rows[1], benches)
    save(desk, rows[2], benches)
    set_status(rows[2], Status.SPAM, actor=owner)
    refresh()

    pages = [
        Page.read(desk.get(f"/staff/town/{page}").content)
        for page in ("summary/", "summary/?answer.visit=often", "report/")
    ]
    nobody = Page.read(desk.get("/staff/town/summary/?answer.visit=never").content)

    for page in pages:
        assert re.search(r"Benches 2 100(\.0)? %.*Trees 1 50(\.0)? %", page.text)
    assert pages[0].links(rf"code\.wish={benches.number}$")
    assert not re.search(r"Benches \d", nobody.text)
