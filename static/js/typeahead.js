// Above a long list, a field to type into that shortens it. The list stays the native one,
// with its own options: they are taken out and put back, and what is chosen always stays.

const letters = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", ı: "i", þ: "th" };

export function enhance(form) {
  for (const list of form.querySelectorAll("select:not([data-ranking] select)")) {
    if (list.length > 15 && !list.dataset.long) shorten(list, form.dataset);
  }
}

/** Equip a list. `words` are the sentences to say, with {count} and {option} in them. */
function shorten(list, words) {
  list.dataset.long = true;
  const every = [...list.options].map((option) => ({ option, text: plain(option.text) }));
  const typed = document.createElement("input");
  typed.type = "search";
  typed.id = `${list.id}-shorten`;
  typed.className = "form-control";
  typed.autocomplete = "off";
  typed.spellcheck = false;
  const label = document.createElement("label");
  label.htmlFor = typed.id;
  label.id = `${typed.id}-label`;
  label.className = "form-text";
  label.textContent = words.shorten;
  const question = list.labels[0];
  if (question) {
    question.id ||= `${list.id}-label`;
    typed.setAttribute("aria-labelledby", `${question.id} ${label.id}`);
  }
  const live = document.createElement("p");
  live.className = "form-text";
  live.setAttribute("role", "status");
  const above = document.createElement("div");
  above.className = "shorten";
  above.append(label, typed, live);
  list.before(above);
  let first = null;

  function show() {
    const query = plain(typed.value);
    const chosen = list.selectedOptions[0];
    const found = query ? matches(every, query) : every.map(({ option }) => option);
    const rest = query ? found.filter((option) => option.value && option !== chosen) : found;
    const kept = query ? [blank(every), chosen].filter(Boolean) : [];
    list.replaceChildren(...new Set([...kept, ...rest]));
    if (chosen) chosen.selected = true;
    const real = found.filter((option) => option.value);
    first = query ? (real[0] ?? null) : null;
    live.textContent = query ? said(real.length, first) : "";
  }

  function said(count, option) {
    if (!option) return words.none;
    return words.matches.replace("{count}", count).replace("{option}", option.text);
  }

  function pick(option) {
    option.selected = true;
    for (const type of ["input", "change"]) list.dispatchEvent(new Event(type, { bubbles: true }));
    live.textContent = words.picked.replace("{option}", option.text);
  }

  typed.addEventListener("input", (event) => {
    event.stopPropagation(); // nothing was answered yet
    show();
  });
  typed.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault(); // it would send the whole form
      if (first) pick(first);
    } else if (event.key === "Escape" && typed.value) {
      event.preventDefault();
      typed.value = "";
      show();
    }
  });
}

// Without marks, case and punctuation, with a space before each word.
function plain(text) {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = bare.replace(/[ßæœøłđðıþ]/g, (letter) => letters[letter]).match(/[\p{L}\p{N}]+/gu);
  return words ? ` ${words.join(" ")}` : "";
}

// First those that begin with what was typed, then those with words that do, then the others.
function matches(every, query) {
  const words = query.trim().split(" ");
  const ranks = [[], [], []];
  for (const { option, text } of every) {
    if (option.hidden || option.disabled || !words.every((word) => text.includes(word))) continue;
    const begins = words.every((word) => text.includes(` ${word}`));
    ranks[text.startsWith(query) ? 0 : begins ? 1 : 2].push(option);
  }
  return ranks.flat();
}

function blank(every) {
  return every.find(({ option }) => !option.value)?.option;
}
