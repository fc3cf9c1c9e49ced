// What a browser adds to a form that works without it.

import { holds } from "./expressions.js";

const form = document.querySelector("form:has(input[name=ticket])");

// Whoever comes back after sending may get the page anew, with another ticket. The ticket of
// the attempt stays with the entry in the history, so that sending again counts once.
function keepTicket(ticket) {
  if (history.state?.ticket) {
    ticket.value = history.state.ticket;
  }
  form.addEventListener("submit", () => {
    history.replaceState({ ...history.state, ticket: ticket.value }, "");
  });
}

// In the order of the page, as an item that is not asked has no answer for those after it.
function showWhatIsAsked(kinds) {
  for (const block of form.querySelectorAll("[data-show-if]")) {
    block.hidden = !holds(JSON.parse(block.dataset.showIf), answers(kinds));
  }
}

function answers(kinds) {
  return Object.fromEntries(Object.entries(kinds).map(([key, kind]) => [key, answer(key, kind)]));
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

function answer(key, kind) {
  const parts = form.querySelector(`[data-parts="${key}"]`);
  if (parts) return partsAnswered(parts);
  const fields = [...form.querySelectorAll(`[name="${key}"]`)];
  if (!fields.length || fields[0].closest("[data-show-if][hidden]")) return null;
  const other = form.elements[`${key}__other`]?.value.trim();
  return readings[kind](fields, other);
}

// Of an answer that has several fields, such as a ranking: the codes of those filled in.
function partsAnswered(parts) {
  if (parts.closest("[data-show-if][hidden]")) return null;
  const filled = [...parts.querySelectorAll("[data-code]")].filter(
    (part) => chosen([...part.querySelectorAll("input, select")]).length,
  );
  return several(filled.map((part) => part.dataset.code));
}

// The values of buttons that are pressed, of ticks that are set, of a list, of a text.
function chosen(fields) {
  const on = fields.filter((field) => !/radio|checkbox/.test(field.type) || field.checked);
  return on.map((field) => field.value).filter(Boolean);
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
  const plain = text.trim().replace(",", ".").replace("−", "-");
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(plain) ? Number(plain) : null;
}

// Also what was put into the page later, such as a page of it that came back to be mended.
async function enrich() {
  const lists = [...form.querySelectorAll("select:not([data-ranking] select, [data-long])")];
  if (form.querySelector("[data-ranking]:not(.sortable)")) {
    (await import("./ranking.js")).enhance(form);
  }
  if (lists.some((list) => list.length > 15)) (await import("./typeahead.js")).enhance(form);
}

if (form) {
  keepTicket(form.elements.ticket);
  if (form.dataset.kinds) {
    const kinds = JSON.parse(form.dataset.kinds);
    form.addEventListener("input", () => showWhatIsAsked(kinds));
    showWhatIsAsked(kinds);
  }
  form.addEventListener("change", enrich);
  enrich();
}
