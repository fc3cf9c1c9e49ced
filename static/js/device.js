// Loaded only by a survey that asks for one response a device: a random number, made up
// here and remembered by this browser for this survey alone once something is sent.

const field = document.querySelector("input[data-device]");

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // forbidden by the browser: then nothing is known, and nothing is wrong
  }
}

function remember(name, number) {
  try {
    localStorage.setItem(name, number);
  } catch {
    // As above.
  }
}

function madeUp() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

if (field) {
  const name = `soundings device ${field.dataset.device}`;
  field.value = remembered(name) ?? madeUp();
  field.form.addEventListener("submit", () => remember(name, field.value));
}
