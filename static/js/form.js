// What a browser adds to a form that works without it.

const ticket = document.querySelector("form input[name=ticket]");

if (ticket) {
  // Whoever comes back after sending may get the page anew, with another ticket. The ticket
  // of the attempt stays with the entry in the history, so that sending again counts once.
  if (history.state?.ticket) {
    ticket.value = history.state.ticket;
  }
  ticket.form.addEventListener("submit", () => {
    history.replaceState({ ...history.state, ticket: ticket.value }, "");
  });
}
