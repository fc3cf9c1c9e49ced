// What is typed into a note and not yet added stays with this tab, whatever else is pressed.

for (const field of document.querySelectorAll("[data-draft]")) {
  const name = `draft:${location.pathname}:${field.name}`;
  field.value ||= sessionStorage.getItem(name) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
  field.form.addEventListener("submit", () => sessionStorage.removeItem(name));
}
