"""Whole questionnaires in the browser: it asks, offers and demands what the server does."""

from random import Random
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape

from feedback.questionnaire.answers import clean_answers
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.form import AnswerForm
from feedback.questionnaire.logic import logic_of
from tests.random_questionnaires import a_questionnaire, typed_into
from tests.walks.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PURE, DRAWN, ANSWERS = 1_500, 60, 3
# What a page would send, judged without a page: withheld options are not sent, nor is
# what stands in an item that is not asked.
JUDGE = """async ([module, cases]) => {
  const { judge } = await import(module);
  return cases.map(([entries, raw]) => {
    const sent = structuredClone(raw);
    const read = (name, kind, withheld) => {
      const item = name.split("__")[0];
      if (sent[`${item}__declined`]) return null;
      const left = (sent[name] ?? []).filter((value) => !withheld.includes(value));
      sent[name] = left;
      if (!left.length) return null;
      if (kind === "codes") return left;
      if (kind === "number") return Number(left[0].replace(",", "."));
      if (kind === "truth") return left[0] === "yes";
      return left[0];
    };
    const { verdicts, values } = judge(entries, read);
    return { verdicts, values };
  });
}"""
# The page itself: filled in as somebody would, then asked what it shows and would send.
FILL = """async ([module, html, raw]) => {
  const { follow } = await import(module);
  document.body.innerHTML = html;
  const form = document.getElementById("answers");
  for (const [name, values] of Object.entries(raw)) {
    for (const field of form.querySelectorAll(`[name="${name}"]`)) {
      if (/radio|checkbox/.test(field.type)) field.checked = values.includes(field.value);
      else field.value = values[0];
    }
  }
  if (form.dataset.logic) follow(form);
  const blocks = [...form.querySelectorAll("[data-item]")];
  const sent = {};
  for (const [name, value] of new FormData(form)) (sent[name] ??= []).push(value);
  return {
    asked: blocks.filter((block) => !block.hidden).map((block) => block.dataset.item),
    needed: blocks.filter((block) => block.classList.contains("needed")).map((b) => b.dataset.item),
    sent,
  };
}"""


def judged(questionnaire: Questionnaire, sent: dict[str, list[str]]) -> tuple[set[str], set[str]]:
    """The keys that the server stores, and those that it wants an answer to."""
    try:
        cleaned = clean_answers(questionnaire, MultiValueDict(sent))
    except ValidationError as error:
        return set(), {name.split("__")[0] for name in error.error_dict}
    return {name for name in cleaned.answers if "__" not in name}, set()


def without(questionnaire: Questionnaire, raw: dict[str, list[str]], verdicts: Any) -> Any:
    """What is sent: nothing that is withheld."""
    return {
        name: [v for v in values if v not in verdicts.get(name, {}).get("withheld", [])]
        for name, values in raw.items()
    }


def test_browser_and_server_judge_thousands_of_questionnaires_alike(scripted: Visitor) -> None:
    """Whoever sees a question must not be told that it was not asked, nor the other way round."""
    chance, cases, kept = Random(11), [], []
    for _number in range(PURE):
        questionnaire = a_questionnaire(chance)
        entries = logic_of(questionnaire)
        for _answer in range(ANSWERS):
            raw = typed_into(chance, questionnaire)
            cases.append((entries, raw))
            kept.append((questionnaire, raw))
    scripted.page.goto("/")

    found = scripted.page.evaluate(JUDGE, [static("js/logic.js"), cases])

    refused = 0
    for (questionnaire, raw), verdict in zip(kept, found, strict=True):
        verdicts = verdict["verdicts"]
        keys = {item.key for item in questionnaire.questions}
        asked = {key for key in keys if verdicts.get(key, {"asked": True})["asked"]}
        sent = without(questionnaire, raw, verdicts)
        stored, wanted = judged(questionnaire, sent)
        needed = {
            key
            for key, told in verdicts.items()
            if told["needed"] and not sent.get(key) and not sent.get(f"{key}__declined")
        }
        assert wanted == needed, (questionnaire.definition(), raw)
        assert stored == (set() if wanted else asked), (questionnaire.definition(), raw)
        refused += bool(wanted)
    assert 0 < refused < len(kept)  # control: demands occur, and are not all there is


def test_pages_show_and_send_what_the_server_takes(scripted: Visitor) -> None:
    """The same of real pages: with their fields, options that go away, and declining."""
    chance, hidden = Random(12), 0
    scripted.page.goto("/")
    for _number in range(DRAWN):
        questionnaire = a_questionnaire(chance)
        raw = typed_into(chance, questionnaire)
        html = page_of(questionnaire)

        seen = scripted.page.evaluate(FILL, [static("js/logic.js"), html, raw])

        stored, wanted = judged(questionnaire, seen["sent"])
        drawn = {item.key for item in questionnaire.questions if item.checks}
        assert wanted <= set(seen["needed"]), (questionnaire.definition(), raw, seen)
        if not wanted:
            assert stored & drawn == set(seen["asked"]) & drawn, (questionnaire.definition(), seen)
        hidden += len(drawn - set(seen["asked"]))
    assert hidden > DRAWN / 2  # control: much is not asked


def page_of(questionnaire: Questionnaire) -> str:
    form = AnswerForm(questionnaire)
    logic = f' data-logic="{escape(form.logic)}"' if form.logic else ""
    return f'<form id="answers"{logic}>{render_crispy_form(form)}</form>'
