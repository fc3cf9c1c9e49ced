// What a browser adds to a form that works without it. Parts that few forms need are
// fetched only by those: conditions, long lists, rankings.

const form = document.getElementById("answers");

// Whoever reloads the page or comes back to it may get another ticket. The attempt's own stays
// with the entry in the history, so that what is saved and sent counts once. The way to what
// was saved stays there too until it is sent, for a reload: no other tab has it.
function keepTicket(ticket) {
  const kept = history.state?.ticket;
  if (kept && revisionOf(kept) === revisionOf(ticket.value)) ticket.value = kept;
  const note = (way) => history.replaceState({ ...history.state, ticket: ticket.value, resume: way }, "");
  form.addEventListener("submit", () => note());
  form.addEventListener("saved", ({ detail }) => note(detail.resume));
}

// A ticket begins with the numbers of survey and revision: see responses/tickets.py.
function revisionOf(ticket) {
  try {
    return atob(ticket.replaceAll("-", "+").replaceAll("_", "/")).slice(0, 8);
  } catch {
    return "";
  }
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

// One page of the questionnaire at a time: progress, back without loss, checks page by page.
// Each page is an entry in the history, so that the browser's own buttons and reload behave.
function takeSteps(form) {
  const sections = [...form.querySelectorAll(".page")];
  if (sections.length < 2) return;
  const [back, next, send] = ["[data-back]", "[data-next]", "[data-send]"].map((name) =>
    form.querySelector(name),
  );
  const progress = form.querySelector("[data-progress]");
  let current = null;
  let furthest = 0;

  const asked = () => [...form.querySelectorAll(".page:not(.not-asked)")];
  const place = () => asked().findIndex((section) => section.id === current);

  function show(id, { focus = true } = {}) {
    const pages = asked();
    current = pages.some((section) => section.id === id) ? id : pages[0].id;
    for (const section of form.querySelectorAll(".page")) section.hidden = section.id !== current;
    tell();
    if (focus) goTo(form.querySelector(`#${current}`));
  }

  function tell() {
    const [number, all] = [place() + 1, asked().length];
    // Answers may add pages; the bar never takes back what it has shown.
    furthest = Math.max(furthest, number / all);
    progress.querySelector("progress").value = furthest;
    const words = progress.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace("{n}", number).replace("{all}", all);
    back.hidden = number === 1;
    next.hidden = number === all;
    send.hidden = number !== all;
    document.body.classList.toggle("begun", number > 1);
  }

  function goTo(element) {
    const target = element.querySelector("h2, .item") ?? element;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    (number(current) > 1 ? progress : document.body).scrollIntoView();
  }

  function turn(step) {
    const section = asked()[place() + step];
    if (!section) return;
    history.pushState({ ...history.state }, "", `#${section.id}`);
    form.querySelector("#problems")?.remove();
    document.getElementById("problems")?.remove();
    show(section.id);
    form.dispatchEvent(new CustomEvent("turned"));
  }

  async function goOn() {
    next.disabled = true;
    const mended = await check(form, current);
    next.disabled = false;
    if (!mended) return tell();
    forgetErrors(form.querySelector(`#${current}`));
    turn(1);
  }

  next.addEventListener("click", goOn);
  back.addEventListener("click", () => turn(-1));
  addEventListener("popstate", () => {
    if (!location.hash || location.hash.startsWith("#page-")) show(location.hash.slice(1));
  });
  form.addEventListener("input", () => current && tell());
  form.addEventListener("formdata", ({ formData }) => formData.set("_page", number(current)));
  // Enter in a field means what the button at hand means.
  form.addEventListener(
    "submit",
    (event) => {
      if (event.submitter?.name || place() === asked().length - 1) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      goOn();
    },
    { capture: true },
  );
  document.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.closest("a[href^='#']")?.hash.slice(1));
    const section = field?.closest(".page");
    if (!section) return;
    event.preventDefault();
    if (section.hidden) show(section.id, { focus: false });
    field.focus();
  });

  progress.hidden = false;
  const wrong = form.querySelector(".is-invalid")?.closest(".page");
  const start = location.hash.startsWith("#page-") ? location.hash.slice(1) : form.dataset.start;
  show(wrong?.id ?? start, { focus: false });
}

function forgetErrors(section) {
  for (const message of section.querySelectorAll(".invalid-feedback")) message.remove();
  for (const field of section.querySelectorAll(".is-invalid")) {
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
  }
}

const number = (id) => Number(id.replace("page-", ""));

/** Whether the server has nothing against one page; else what to mend is put into it. */
async function check(form, id) {
  const fields = new URLSearchParams(new FormData(form));
  let answer;
  try {
    answer = await fetch(form.dataset.check, { method: "POST", body: fields });
  } catch {
    return true; // no connection: everything is checked once more when it is sent
  }
  if (answer.status !== 422) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const problems = page.getElementById("problems");
  document.getElementById("problems")?.remove();
  form.before(problems);
  form.querySelector(`#${id}`).replaceWith(page.getElementById(id));
  form.dispatchEvent(new Event("change"));
  problems.focus();
  return false;
}

// The page asks for this focus itself, but where the address names a place in it, browsers
// go there instead, as the last thing they do.
function toProblems(problems) {
  if (!problems || !location.hash) return;
  const go = () => requestAnimationFrame(() => problems.focus());
  if (document.readyState === "complete") go();
  else addEventListener("load", go, { once: true });
}

const resume = form && history.state?.resume;
if (resume && resume !== location.pathname) {
  location.replace(resume);
} else if (form) {
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
