// Asks, offers and demands as the server will, while one types. The server decides in the
// end (feedback/questionnaire/answers.py); a test over random questionnaires compares.

import { evaluate, holds } from "./expressions.js";

/**
 * One pass over the entries that feedback/questionnaire/logic.py makes, in the page's order.
 * `read(name, kind, withheld)` gives the answer of a name, without the options withheld.
 */
export function judge(entries, read) {
  const values = {};
  const verdicts = {};
  for (const { item, show, need, offer, codes, reads, formula } of entries) {
    const withheld = Object.keys(offer ?? {}).filter((code) => !holds(offer[code], values));
    const nothingOffered = codes?.length && codes.every((code) => withheld.includes(code));
    const asked = (!show || holds(show, values)) && !nothingOffered;
    if (asked && formula) values[item] = evaluate(formula, values);
    else if (asked) {
      for (const [name, kind] of Object.entries(reads ?? {})) {
        values[name] = read(name, kind, withheld);
      }
    }
    verdicts[item] = { asked, withheld, needed: Boolean(asked && need && holds(need, values)) };
  }
  return { values, verdicts };
}

/** Keep a form's blocks, options and recalled answers as its answers have it. */
export function follow(form) {
  const entries = JSON.parse(form.dataset.logic);

  function update() {
    // Looked up each time, as a page that was checked may have been put in anew.
    const blocks = new Map([...form.querySelectorAll("[data-item]")].map((b) => [b.dataset.item, b]));
    // Options are withheld as the pass goes, as what is withheld is read as not chosen.
    const offering = (name, kind, withheld) => {
      offerAllBut(blocks.get(itemOf(name)), withheld);
      return answer(form, name, kind);
    };
    const { verdicts } = judge(entries, offering);
    for (const [item, { asked, withheld, needed }] of Object.entries(verdicts)) {
      const block = blocks.get(item);
      if (!block) continue; // a computed item has none
      block.hidden = !asked;
      block.classList.toggle("needed", needed);
      offerAllBut(block, withheld);
    }
    for (const section of form.querySelectorAll(".page")) {
      const items = [...section.querySelectorAll("[data-item]")];
      section.classList.toggle("not-asked", items.every((block) => block.hidden));
    }
    for (const mark of form.querySelectorAll("[data-recall]")) {
      mark.dataset.unknown ??= mark.textContent;
      mark.textContent = words(form, mark.dataset.recall) || mark.dataset.unknown;
    }
  }
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
}

const itemOf = (name) => name.split("__")[0];

function offerAllBut(block, withheld) {
  const own = block?.querySelector("[data-code]") ? "[data-code]" : "option[value], input[value]";
  for (const option of block?.querySelectorAll(own) ?? []) {
    const code = option.dataset.code ?? option.value;
    if (!code || /^(hidden|text|search)$/.test(option.type ?? "")) continue;
    const away = withheld.includes(code);
    const line = option.closest(".form-check, [data-code]") ?? option;
    if (line.hidden === away) continue;
    line.hidden = away;
    for (const part of [option, ...line.querySelectorAll("input, select")]) part.disabled = away;
  }
}

const readings = {
  text: (fields) => (fields[0].value.trim() ? fields[0].value : null),
  day: (fields) => fields[0].value || null,
  time: (fields) => fields[0].value || null,
  number: (fields) => number(chosen(fields)[0] ?? ""),
  code: (fields, other) => chosen(fields)[0] ?? (other ? "other" : null),
  codes: (fields, other) => several([...new Set([...chosen(fields), ...(other ? ["other"] : [])])]),
  truth: (fields) => truth(fields),
};

function answer(form, name, kind) {
  if (form.querySelector(`[name="${itemOf(name)}__declined"]:checked`)) return null;
  const fields = [...form.querySelectorAll(`[name="${name}"]`)];
  if (!fields.length) return kind === "codes" ? parts(form, name) : null;
  return readings[kind](fields, form.elements[`${name}__other`]?.value?.trim());
}

// A ranking has a field for each option, a grid one for each row: those filled in, in order.
function parts(form, name) {
  const block = form.querySelector(`[data-item="${name}"]`);
  const fields = [...(block?.querySelectorAll(`[name^="${name}__"]`) ?? [])];
  const filled = fields.filter((field) => chosen([field]).length);
  const ranked = filled.filter((field) => field.tagName === "SELECT");
  if (ranked.length) filled.sort((a, b) => a.value - b.value);
  return several([...new Set(filled.map((field) => field.name.slice(name.length + 2)))]);
}

// The values of buttons that are pressed, of ticks that are set, of a list, of a text.
function chosen(fields) {
  const on = fields.filter((field) => !/radio|checkbox/.test(field.type) || field.checked);
  const offered = on.filter((field) => !field.disabled && !field.selectedOptions?.[0]?.disabled);
  return offered.map((field) => field.value).filter(Boolean);
}

function several(codes) {
  return codes.length ? codes : null;
}

function truth(fields) {
  if (fields[0].type === "checkbox") return fields[0].checked;
  return { yes: true, no: false }[chosen(fields)[0]] ?? null;
}

// As feedback/question_types/number.py reads it, but for digits of other scripts.
function number(text) {
  const plain = text.trim().replace(/[,٫]/, ".").replace("−", "-");
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(plain) ? Number(plain) : null;
}

// An answer as its reader put it: options by their words.
function words(form, name) {
  const fields = [...form.querySelectorAll(`[name="${name}"]`)];
  if (!fields.length || fields[0].closest("[data-item][hidden]")) return "";
  const on = fields.filter((field) => chosen([field]).length);
  const shown = (field) =>
    field.selectedOptions?.[0]?.text ?? (/radio|checkbox/.test(field.type) ? labelOf(field) : field.value);
  return on.map(shown).join(", ").trim();
}

function labelOf(field) {
  const label = field.labels?.[0];
  return [...(label?.childNodes ?? [])]
    .filter((node) => !node.classList?.contains("condition"))
    .map((node) => node.textContent)
    .join("")
    .trim();
}
