// Keeps what is typed on the server, so that a closed laptop loses nothing. What is about
// the person goes along only with consent, or once they chose to save (the page says so).

const PAUSE = 3000; // milliseconds after the last key

/** From the first key on; that one has been typed already. */
export function keepSaving(form) {
  const note = form.querySelector("[data-saved]");
  const personal = new Set((form.dataset.personal ?? "").split(" "));
  const consents = (form.dataset.consents ?? "").split(" ").filter(Boolean);
  let timer = 0;
  let sent = "";
  let underWay = false;

  const mayKeepAll = () =>
    form.elements._all ||
    consents.some((name) => form.querySelector(`[name="${name}"]:checked`));

  function fields() {
    const all = new URLSearchParams(new FormData(form));
    if (!mayKeepAll()) {
      for (const name of personal) all.delete(name);
      all.set("_without_personal", "1");
    }
    return all;
  }

  async function save() {
    clearTimeout(timer);
    timer = 0;
    const body = fields();
    body.delete("ticket");
    const text = body.toString();
    if (text === sent) return;
    if (underWay) return soon();
    underWay = true;
    try {
      const under = form.elements.ticket.value;
      body.set("ticket", under);
      // With the address's own parts, such as where the respondent came from.
      const answer = await fetch(form.dataset.save + location.search, { method: "POST", body, keepalive: text.length < 60000 });
      if (!answer.ok) throw new Error(answer.status);
      const { saved, ticket, resume } = await answer.json();
      if (!saved) throw new Error("not kept");
      if (form.elements.ticket.value === under) form.elements.ticket.value = ticket;
      sent = text;
      form.dispatchEvent(new CustomEvent("saved", { detail: { resume } }));
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
      note.textContent = note.dataset.words.replace("{time}", time);
    } catch {
      note.textContent = note.dataset.failed;
    } finally {
      underWay = false;
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  soon();
  form.addEventListener("input", soon);
  form.addEventListener("turned", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
  // Leaving the page hides it; what has been sent needs no saving.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = 0;
  });
}
