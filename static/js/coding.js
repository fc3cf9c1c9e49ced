// Keys of the coding screen. A key presses what carries it in `data-press`: a tick or a button,
// so it does what that does, no more. Whatever is marked in the answer becomes the passage.

const OFF = "keys-off"; // as on the review desk: single keys collide with the commands of some
const form = document.querySelector("[data-coding]");
const toggle = form.querySelector("[data-keys-toggle]");
const passage = form.querySelector("[data-passage]");
const answer = form.querySelector("[data-answer]");
let off = localStorage.getItem(OFF) === "1";

for (const hint of form.querySelectorAll("[data-keys-hint]")) hint.hidden = false;
toggle.checked = !off;
toggle.addEventListener("change", () => {
  off = !toggle.checked;
  localStorage.setItem(OFF, off ? "1" : "0");
});

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
  if (off || isTyping(event.target)) return;
  // Enter on a button or a link is that one's own.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressed = form.querySelector(`[data-press="${CSS.escape(key)}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});

document.addEventListener("selectionchange", () => {
  const marked = document.getSelection();
  if (marked.isCollapsed || !answer.contains(marked.anchorNode) || !answer.contains(marked.focusNode)) return;
  passage.value = marked.toString();
});
