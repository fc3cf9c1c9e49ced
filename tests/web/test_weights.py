"""Weights: targets are looked at before they are used, and what is wrong is told all at once."""

import csv
import io
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.analysis.raking import ImpossibleTargets
from feedback.analysis.weights import cells_of, parting, use, weighed, weights_of
from feedback.frames.cache import frame_of
from feedback.frames.layout import layout_of
from feedback.models import AuditEntry, Response, Role, Status, Survey, Weighting
from feedback.refresh import refresh
from tests import build
from tests.pages import Page

WEIGHTS, CHANGE = "/staff/town/weights/", "/staff/town/weights/change/"
TARGETS = "item,code,share\nvisit,often,40\nvisit,never,60\n"
LIMITS = {"low": "0.1", "high": "10"}


@pytest.fixture
def editor(town: Survey) -> Client:
    """Of a town where three visit often, one never, and one does not say."""
    for visit in ("often", "often", "often", "never", ""):
        build.respond(town, wish="Benches", visit=visit, stars="4")
    refresh()
    return build.signed_in(build.member(town, Role.EDITOR))


def look(client: Client, targets: str = TARGETS, **more: Any) -> Any:
    return client.post(CHANGE, {"do": "look", "targets": targets, **LIMITS, **more})


def fields_of(answer: Any) -> dict[str, str]:
    """What the form of a page sends when nothing is changed in it."""
    page = answer.context["form"]
    return {name: str(page[name].value()) for name in ("targets", "low", "high", "seen")}


def use_seen(client: Client, targets: str = TARGETS, **more: Any) -> Any:
    return client.post(CHANGE, {**fields_of(look(client, targets)), "do": "use", **more})


def problems(answer: Any) -> list[str]:
    assert answer.status_code == 422
    told: list[str] = answer.context["problems"]
    return told


def whole(survey: Survey) -> tuple[pl.DataFrame, Any]:
    layout = layout_of(survey)
    return frame_of(survey, layout), layout


# -- looking, using, stopping ----------------------------------------------------------


def test_targets_are_shown_beside_what_is_before_they_are_used(
    editor: Client, town: Survey
) -> None:
    """Nothing is changed by looking; what was typed stays."""
    answer = look(editor)
    text = Page.read(answer.content).text

    assert answer.status_code == 200 and not Weighting.objects.exists()
    assert "Often 3 60.0 % 32.0 % 32.0 %" in text
    assert "Never 1 20.0 % 48.0 % 48.0 %" in text
    assert "No answer 1 20.0 % 20.0 % as it is" in text
    assert "0.53 – 2.40" in text and "All targets are met" in text
    assert "people chose by themselves to answer, and that stays so" in text
    assert fields_of(answer)["targets"].split() == TARGETS.split()


def test_what_was_looked_at_is_used_and_told_to_the_log(editor: Client, town: Survey) -> None:
    """Viewers see from then on that and how responses are weighted."""
    assert use_seen(editor).status_code == 302

    kept = Weighting.objects.get()
    assert kept.targets == {"visit": {"often": 0.4, "never": 0.6}}
    assert (kept.low, kept.high, kept.made_by.get_username()) == (0.1, 10, "editor")  # type: ignore[union-attr]
    entry = AuditEntry.objects.get(action="weights_set")
    assert entry.details == {"items": ["visit"], "low": 0.1, "high": 10}
    viewer = build.signed_in(build.member(town, Role.VIEWER))
    page = Page.read(viewer.get(WEIGHTS).content)
    assert "The weights in use" in page.text and "by editor" in page.text
    assert "textarea" not in {tag for tag, _attributes in page.tags}


def test_what_was_changed_since_is_looked_at_first(editor: Client) -> None:
    """Nobody uses weights that they have not seen."""
    answer = use_seen(editor, targets=TARGETS, high="5")

    assert answer.status_code == 422
    assert "not what you looked at last" in Page.read(answer.content).text
    assert not Weighting.objects.exists()
    assert editor.post(CHANGE, {**fields_of(answer), "do": "use"}).status_code == 302
    assert Weighting.objects.get().high == 5


def test_targets_never_looked_at_are_not_used(editor: Client) -> None:
    """A form sent by a program goes the same way as one of a person."""
    assert editor.post(CHANGE, {"do": "use", "targets": TARGETS, **LIMITS}).status_code == 422
    assert not Weighting.objects.exists()


def test_stopping_leaves_nothing_and_one_entry(editor: Client) -> None:
    """Stopping what is not in use is nothing that happened."""
    use_seen(editor)
    for _time in range(2):
        assert editor.post(CHANGE, {"do": "stop"}).status_code == 302

    assert not Weighting.objects.exists()
    assert AuditEntry.objects.filter(action="weights_stopped").count() == 1


def test_other_targets_take_the_place_of_those_in_use(editor: Client) -> None:
    """One weighting a survey; the page comes back with what is in use."""
    use_seen(editor)
    use_seen(editor, "item,code,share\nvisit,often,50\nvisit,never,50")

    assert Weighting.objects.get().targets == {"visit": {"often": 0.5, "never": 0.5}}
    assert fields_of(editor.get(WEIGHTS))["targets"].split() == [
        "item,code,share",
        "visit,often,50",
        "visit,never,50",
    ]


def test_limits_that_keep_the_targets_from_being_met_are_told(editor: Client) -> None:
    """The page says by how much, and what to do about it."""
    answer = look(editor, "item,code,share\nvisit,often,5\nvisit,never,95", high="1.5", low="0.5")

    text = Page.read(answer.content).text
    assert "Within these limits of the weights the targets cannot be met" in text
    assert "stand at a limit" in text


# -- what is wrong ---------------------------------------------------------------------


def test_everything_that_is_wrong_is_told_at_once_with_its_line(editor: Client) -> None:
    """Whoever mends a table wants to do it once; what was sent stays in view."""
    table = (
        "item,code,share\n"
        "visit,often,40\n"
        "visit,sometimes,30\n"
        "visit,other,10\n"
        "visit,often,41\n"
        "stars,4,ten\n"
        "colour,red,50\n"
        "uses,walk,50\n"
    )
    answer = look(editor, table)
    told = problems(answer)

    expected = [
        ("Line 3:", "How often do you visit?", "sometimes", "It has: Often; Never; Otherwise"),
        ("Line 4:", "How often do you visit?", "Otherwise", "Leave the item out, or"),
        ("Line 5:", "often", "stands in line 2 already"),
        ("Line 6:", "How good is it?", "ten", "such as 12.5"),
        ("Line 7:", "no item “colour”"),
        ("Line 8:", "no item “uses”"),
    ]
    assert len(told) == len(expected)
    for one, pieces in zip(told, expected, strict=True):
        assert all(piece in one for piece in pieces), one
    assert "visit,sometimes,30" in fields_of(answer)["targets"]
    assert "visit,sometimes,30" in Page.read(answer.content).text


@pytest.mark.parametrize(
    ("rows", "pieces"),
    [
        ("visit,often,40\nvisit,never,40", ["Line 2:", "make 80 % in all", "make 100 %"]),
        ("visit,often,110\nvisit,never,-10", ["Line 3:", "Never", "-10 %", "between 0 and 100"]),
        ("visit,often,100", ["Never", "1 respondent gave this answer", "Give it one above 0"]),
        ("visit,often,100\nvisit,never,0", ["Line 3:", "Never", "1 respondent"]),
        ("visit,often,", ["No row has a share"]),
    ],
)
def test_impossible_targets_name_item_category_and_remedy(
    editor: Client, rows: str, pieces: list[str]
) -> None:
    """In the words of the questionnaire, not in those of its codes."""
    (told,) = problems(look(editor, f"item,code,share\n{rows}"))

    assert all(piece in told for piece in pieces), told


@pytest.mark.parametrize(
    ("table", "piece"),
    [
        ("", "no column item, code, share"),
        ("item;code\na;b", "no column"),
        ("item,code,share\nvisit,often", "2 cells"),
        ('item,code,share\nvisit,"often,40', "Check the quotes"),
        ("item,code,share\nvisit,often,nan", "is no share"),
        ("item,code,share\nvisit,often,1e5", "is no share"),
        ("item,code,share\nvisit,<script>x</script>,4", "<script>x</script>"),
    ],
)
def test_what_is_no_table_of_targets_is_refused(editor: Client, table: str, piece: str) -> None:
    """Whatever it is, it is text on the page and no error of ours."""
    answer = look(editor, table)

    assert piece in " ".join(problems(answer))
    assert not {tag for tag, a in Page.read(answer.content).tags if tag == "script" and not a}


@pytest.mark.parametrize(
    "limits",
    [{"low": "1.5"}, {"low": "-1"}, {"high": "0.5"}, {"high": "nan"}, {"high": "inf"}, {"low": ""}],
)
def test_limits_that_cannot_be_are_refused(editor: Client, limits: dict[str, str]) -> None:
    """Beside their field, with the table kept."""
    answer = look(editor, **limits)

    assert answer.status_code == 422 and b"invalid-feedback" in answer.content
    assert "visit,often,40" in Page.read(answer.content).text


# -- files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffitem,code,share\r\nvisit,often,40 %\r\nvisit,never,60%\r\n".encode(),
        "item;code;share;note\nvisit;Often;40,0;x\nvisit;NEVER;60,0;\n".encode("cp1252"),
        "Item\tShare\tCode\nHow often do you visit?\t40\toften\nvisit\t60\tnever".encode("utf-16"),
    ],
    ids=["excel", "german", "tabs"],
)
def test_tables_are_taken_as_programs_write_them(editor: Client, content: bytes) -> None:
    """By codes or labels, with commas or points; the text stays in view, and can be used."""
    answer = look(editor, "", file=SimpleUploadedFile("t.csv", content))

    assert answer.status_code == 200
    assert "Often" in fields_of(answer)["targets"].title()
    assert editor.post(CHANGE, {**fields_of(answer), "do": "use"}).status_code == 302
    assert Weighting.objects.get().targets == {"visit": {"often": 0.4, "never": 0.6}}


@pytest.mark.parametrize("content", [b"\0\1\2", b"item,code,share\n" + b"x,y,1\n" * 20_000])
def test_a_file_that_is_no_table_is_refused(editor: Client, content: bytes) -> None:
    """At its field."""
    answer = look(editor, "", file=SimpleUploadedFile("t.csv", content))

    assert answer.status_code == 422 and b"invalid-feedback" in answer.content


def test_the_template_has_all_that_can_be_used_and_reads_back(editor: Client, town: Survey) -> None:
    """Filled in with what was observed it gives everybody the weight 1."""
    content = editor.get(f"{WEIGHTS}targets.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))

    assert {row["item"] for row in rows} == {"visit", "stars"}
    often = next(row for row in rows if row["code"] == "often")
    assert (often["observed share"], often["respondents"]) == ("75", "3")
    assert (often["question"], often["answer"], often["share"]) == (
        "How often do you visit?",
        "Often",
        "",
    )
    filled = [[row["item"], row["code"], row["observed share"]] for row in rows]
    table = "\n".join(",".join(cells) for cells in [["item", "code", "share"], *filled])
    answer = look(editor, table)
    assert answer.status_code == 200
    assert answer.context["result"].ends == pytest.approx((1, 1))


def test_no_cell_of_the_template_starts_a_formula(db: None) -> None:
    """It is opened in a spreadsheet; and the guarded text is still found as a label."""
    text = '=HYPERLINK("http://example.org")'
    choices = [{"code": "a", "text": text}, {"code": "b", "text": "+1"}]
    item = {"key": "pick", "type": "single_choice", "text": "@pick", "choices": choices}
    survey = build.survey([item])
    build.respond(survey, pick="a")
    build.respond(survey, pick="b")
    refresh()
    client = build.signed_in(build.member(survey, Role.EDITOR))
    content = client.get(f"{WEIGHTS}targets.csv").content.decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
    assert cells and not [cell for cell in cells if cell[:1] in "=+-@" and cell]
    assert look(client, "item,code,share\n'@pick,'+1,30\npick,a,70").status_code == 200


# -- weights over the frame ------------------------------------------------------------


def test_every_row_has_the_weight_of_its_cell_and_spam_has_none(
    editor: Client, town: Survey
) -> None:
    """Spam is not counted, so neither does it move anybody's weight."""
    spam = build.respond(town, wish="Buy", visit="never")
    Response.objects.filter(pk=spam.pk).update(status=Status.SPAM)
    refresh()
    use_seen(editor)
    frame, layout = whole(town)
    found = weights_of(town, frame, layout)

    assert found is not None
    assert found.to_list() == pytest.approx([0.4 * 4 / 3] * 3 + [0.6 * 4, 1, 0])


def test_a_survey_without_targets_has_no_weights(editor: Client, town: Survey) -> None:
    """Not weights of 1: whoever makes figures then takes the plain way."""
    assert weights_of(town, *whole(town)) is None


def test_targets_that_can_no_longer_be_met_stop_no_report(
    editor: Client, town: Survey, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody chose what has no share: figures are plain again, and the page says why."""
    use_seen(editor)
    build.respond(town, wish="Trees", visit="other", visit__other="on skis")
    refresh()

    assert weights_of(town, *whole(town)) is None
    assert "visit" not in caplog.text and "other" not in caplog.text
    answer = editor.get(WEIGHTS)
    text = Page.read(answer.content).text
    assert answer.status_code == 200
    assert "can no longer be met" in text and "“Otherwise”: 1 respondent" in text


def test_targets_of_an_item_that_parts_nobody_are_impossible(town: Survey) -> None:
    """Kept from elsewhere, or by hand: told, not crashed on."""
    frame, layout = whole(town)
    with pytest.raises(ImpossibleTargets, match="uses"):
        weighed(frame, layout, {"uses": {"walk": 1.0}}, low=0.2, high=5)
    use(town, {"uses": {"walk": 1.0}}, low=0.2, high=5, actor=None)
    assert weights_of(town, frame, layout) is None
    page = build.signed_in(build.member(town, Role.VIEWER)).get(WEIGHTS)
    assert page.status_code == 200 and b"uses" in page.content


def test_rows_of_a_grid_part_respondents_too(db: None) -> None:
    """Each is a single choice; the grid itself, ticks and texts are not."""
    grid = {
        "key": "speed",
        "type": "grid",
        "text": "How fast?",
        "rows": [{"code": "day", "text": "By day"}, {"code": "night", "text": "At night"}],
        "choices": [{"code": "good", "text": "Fast"}, {"code": "bad", "text": "Slow"}],
    }
    secret = {"key": "who", "type": "single_choice", "text": "Who?", "personal": True}
    secret["choices"] = [{"code": "a", "text": "A"}]  # type: ignore[assignment]
    survey = build.survey([grid, secret, {"key": "own", "type": "yes_no", "text": "Own?"}])
    for day, own in (("good", "yes"), ("bad", "no"), ("bad", "no")):
        build.respond(survey, speed__day=day, own=own)
    refresh()
    frame, layout = whole(survey)

    assert list(parting(layout)) == ["speed__day", "speed__night", "own"]
    targets = {"speed__day": {"good": 0.5, "bad": 0.5}}
    found = weighed(frame, layout, targets, low=0.1, high=5).series.to_list()
    assert found == pytest.approx([1.5, 0.75, 0.75])
    own = cells_of(frame, [parting(layout)["own"]])
    assert sorted(zip(own.numbers[:, 0], own.counts, strict=True)) == [(0, 1), (1, 2)]


@pytest.mark.parametrize("address", [WEIGHTS, f"{WEIGHTS}targets.csv"])
def test_the_page_stands_before_the_first_response(town: Survey, address: str) -> None:
    """Targets are often known before anybody answers."""
    client = build.signed_in(build.member(town, Role.EDITOR))

    assert client.get(address).status_code == 200
    assert any("nobody gave this answer" in told for told in problems(look(client)))


def test_a_survey_with_nothing_to_weight_by_says_so(db: None) -> None:
    """Instead of a form that refuses whatever one types."""
    survey = build.survey([{"key": "wish", "type": "long_text", "text": "What?"}])
    page = build.signed_in(build.member(survey, Role.EDITOR)).get(WEIGHTS)

    assert "Nothing to weight by" in Page.read(page.content).text
    assert b"textarea" not in page.content
