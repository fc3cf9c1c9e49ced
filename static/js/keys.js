// Keys of the review desk. A key presses or focuses what carries it: `data-key` for what is
// pressed, `data-focus` for what is written in. So a key does what its button does, no more.

const OFF = "keys-off"; // single keys collide with the commands of some who speak to their computer
const sheet = document.querySelector("[data-keys-sheet]");
const hint = document.querySelector("[data-keys-hint]");
const toggle = document.querySelector("[data-keys-toggle]");
let off = localStorage.getItem(OFF) === "1";

if (toggle) {
  toggle.checked = !off;
  toggle.addEventListener("change", () => {
    off = !toggle.checked;
    localStorage.setItem(OFF, off ? "1" : "0");
  });
}

if (hint) {
  hint.hidden = false;
  hint.querySelector("[data-keys-open]").addEventListener("click", () => sheet.showModal());
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function step(by) {
  const lines = [...document.querySelectorAll("[data-line]")];
  if (!lines.length) return false;
  const focused = document.activeElement.closest?.("tr, li")?.querySelector("[data-line]");
  const at = lines.indexOf(focused ?? null);
  const next = at < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + by, 0), lines.length - 1);
  lines[next].focus();
  lines[next].scrollIntoView({ block: "nearest" });
  return true;
}

// On a response j and k are links to its neighbours; in a list they move along its lines.
function moved(key) {
  const link = document.querySelector(`[data-key="${key}"]`);
  if (link) link.click();
  return Boolean(link) || step(key === "j" ? 1 : -1);
}

function pressed(key) {
  if (key === "?") {
    sheet.showModal();
    return true;
  }
  if (key === "j" || key === "k") return moved(key);
  if (key === "o") {
    const line = document.activeElement.closest?.("tr, li")?.querySelector("[data-line]");
    line?.click();
    return Boolean(line);
  }
  const name = CSS.escape(key);
  const button = document.querySelector(`[data-key="${name}"]`);
  if (button) {
    button.click();
    return true;
  }
  const field = document.querySelector(`[data-focus="${name}"]`);
  if (!field) return false;
  field.closest("details")?.setAttribute("open", "");
  field.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
  if (off || isTyping(event.target) || sheet?.open) return;
  if (pressed(event.key)) event.preventDefault();
});

// Where one is in the list beside a response; the page itself stays where it is.
const here = document.querySelector(".beside [aria-current]");
const box = here?.closest(".beside");
if (box) box.scrollTop = here.offsetTop - box.clientHeight / 2;
