// One tick for all lines of a page; it follows when single ones are set or taken away.

const whole = document.querySelector("[data-tick-all]");
const lines = [...document.querySelectorAll('.tick[form="many"]')];

function follow() {
  const ticked = lines.filter((line) => line.checked).length;
  whole.checked = ticked === lines.length;
  whole.indeterminate = ticked > 0 && ticked < lines.length;
}

if (whole && lines.length) {
  whole.closest("[hidden]").hidden = false;
  whole.addEventListener("change", () => {
    for (const line of lines) line.checked = whole.checked;
    document.querySelector("#on-ticked").checked = true;
  });
  for (const line of lines) line.addEventListener("change", follow);
  follow(); // what a browser restores when somebody comes back
}
