// What a browser adds to a form that works without it. Parts that few forms need are
// fetched only by those: conditions, long lists, rankings.

import { takeSteps } from "./steps.js";

const form = document.getElementById("answers");

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

// "None of these" goes with no other option, and declining with no answer.
function keepApart({ target }) {
  const block = target.closest("[data-item]");
  if (!block || !target.checked) return;
  const pressed = [...block.querySelectorAll("input:checked")].filter((other) => other !== target);
  const declines = "declines" in target.dataset;
  const exclusive = (block.dataset.exclusive ?? "").split(" ").filter(Boolean);
  const alone = exclusive.includes(target.value);
  for (const other of pressed) {
    const against = declines || "declines" in other.dataset;
    const lone = other.name === target.name && (alone || exclusive.includes(other.value));
    if (against || lone) other.checked = false;
  }
}

// Also what was put into the page later, such as a page of it that came back to be mended.
async function enrich() {
  const lists = [...form.querySelectorAll("select:not([data-ranking] select, [data-long])")];
  if (form.querySelector("[data-ranking]:not(.sortable)")) {
    (await import("./ranking.js")).enhance(form);
  }
  if (lists.some((list) => list.length > 15)) (await import("./typeahead.js")).enhance(form);
}

// The page asks for this focus itself, but where the address names a place in it, browsers
// go there instead, as the last thing they do.
function toProblems(problems) {
  if (!problems || !location.hash) return;
  const go = () => requestAnimationFrame(() => problems.focus());
  if (document.readyState === "complete") go();
  else addEventListener("load", go, { once: true });
}

if (form) {
  keepTicket(form.elements.ticket);
  form.addEventListener("change", keepApart);
  if (form.dataset.logic) {
    const { follow } = await import("./logic.js");
    follow(form);
  }
  form.addEventListener("change", enrich);
  enrich();
  takeSteps(form);
  toProblems(document.getElementById("problems"));
  if (form.dataset.save) {
    const begin = async () => (await import("./saving.js")).keepSaving(form);
    form.addEventListener("input", begin, { once: true });
  }
}
