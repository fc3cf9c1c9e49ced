// A ranking as a list to sort: by dragging, by buttons, by the numbers themselves. The
// selects stay the one truth: what is sorted is written into them, and read out of them.

export function enhance(form) {
  for (const fieldset of form.querySelectorAll("[data-ranking]:not(.sortable)")) {
    const ranking = new Ranking(fieldset);
    // After those who hide what is no longer offered: it leaves no gap behind.
    for (const type of ["input", "change"]) form.addEventListener(type, () => ranking.leaveOut());
  }
}

class Ranking {
  constructor(fieldset) {
    this.words = fieldset.dataset;
    this.last = Number(fieldset.dataset.ranking);
    this.rest = fieldset.querySelector("ul");
    this.rows = [...this.rest.children];
    this.ranked = document.createElement("ol");
    const heading = document.createElement("p");
    heading.className = "rest";
    heading.textContent = this.words.rest;
    heading.id = `${this.rows[0].querySelector("select").id}-rest`;
    this.rest.setAttribute("aria-labelledby", heading.id);
    this.ranked.dataset.empty = this.words.empty;
    this.live = document.createElement("p");
    this.live.className = "unseen";
    this.live.setAttribute("role", "status");
    this.rest.before(this.ranked, heading);
    this.rest.after(this.live);
    this.rows.forEach((row) => this.equip(row));
    fieldset.classList.add("sortable");
    const placed = this.rows.filter((row) => rank(row) && !row.hidden);
    this.show(placed.sort((a, b) => rank(a) - rank(b)).slice(0, this.last));
  }

  equip(row) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.setAttribute("aria-hidden", "true");
    grip.addEventListener("pointerdown", (event) => this.drag(row, grip, event));
    const buttons = document.createElement("span");
    buttons.className = "moves";
    const moves = {
      up: () => this.move(row, this.place(row) - 1),
      down: () => this.move(row, this.place(row) + 1),
      add: () => this.move(row, this.order.length),
      remove: () => this.move(row, -1),
    };
    for (const [name, move] of Object.entries(moves)) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.move = name;
      button.setAttribute("aria-label", this.say(this.words[name], row));
      button.addEventListener("click", move);
      buttons.append(button);
    }
    row.prepend(grip);
    row.append(buttons);
    row.querySelector("select").addEventListener("change", () => this.move(row, rank(row) - 1));
  }

  place(row) {
    return this.order.indexOf(row);
  }

  say(words, row) {
    const option = nameOf(row);
    const told = { option, rank: this.order ? this.place(row) + 1 : 0, last: this.last };
    return words.replace(/\{(\w+)\}/g, (_all, name) => told[name]);
  }

  // Put a row in a place counted from 0; before the first is out of the ranking.
  move(row, place) {
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    const others = this.order.filter((other) => other !== row);
    if (place >= 0 && others.length >= this.last) {
      this.show(others);
      this.live.textContent = this.words.full;
    } else {
      if (place >= 0) others.splice(place, 0, row);
      this.show(others);
      this.live.textContent = this.say(place < 0 ? this.words.unplaced : this.words.placed, row);
    }
    // Focus goes with the row; a button that has no more to do hands it to its neighbour.
    const usable = focused?.disabled || focused?.hidden ? row.querySelector("button:not([hidden], :disabled)") : focused;
    usable?.focus();
  }

  show(order) {
    this.order = order;
    const rest = this.rows.filter((row) => !order.includes(row));
    put(this.ranked, order);
    put(this.rest, rest);
    for (const row of this.rows) {
      const place = this.place(row);
      const select = row.querySelector("select");
      const value = place < 0 ? "" : String(place + 1);
      const button = (name) => row.querySelector(`[data-move="${name}"]`);
      button("up").hidden = button("down").hidden = button("remove").hidden = place < 0;
      button("add").hidden = place >= 0;
      button("up").disabled = place === 0;
      button("down").disabled = place === order.length - 1;
      if (select.value !== value) {
        select.value = value;
        select.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  leaveOut() {
    const offered = this.order.filter((row) => !row.hidden);
    if (offered.length < this.order.length) this.show(offered);
  }

  drag(row, grip, start) {
    if (start.button !== 0) return;
    start.preventDefault();
    grip.setPointerCapture(start.pointerId);
    row.classList.add("dragged");
    let target = this.place(row);
    const follow = (event) => {
      if (event.clientY < 50) scrollBy(0, -15);
      if (event.clientY > innerHeight - 50) scrollBy(0, 15);
      row.style.transform = `translateY(${event.pageY - start.pageY}px)`;
      target = this.target(row, event.clientY);
    };
    const end = (event) => {
      grip.removeEventListener("pointermove", follow);
      row.classList.remove("dragged");
      row.style.transform = "";
      this.mark(null);
      if (event.type === "pointerup" && target !== this.place(row)) this.move(row, target);
    };
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  }

  // Where a row would land that is let go at this height; it is marked with a line.
  target(row, height) {
    const others = this.order.filter((other) => other !== row);
    if (height > this.ranked.getBoundingClientRect().bottom) {
      this.mark(this.rest, "into");
      return -1;
    }
    const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
    const next = others.findIndex((other) => height < middle(other));
    if (next >= 0) this.mark(others[next], "before");
    else this.mark(others.at(-1) ?? this.ranked, others.length ? "after" : "into");
    return next >= 0 ? next : others.length;
  }

  mark(element, where) {
    this.marked?.removeAttribute("data-drop");
    this.marked = element;
    if (element) element.dataset.drop = where;
  }
}

// Without what the label says, for pages without scripts, of when it is offered.
function nameOf(row) {
  const label = row.querySelector("label").cloneNode(true);
  label.querySelector(".condition")?.remove();
  return label.textContent.trim();
}

function rank(row) {
  return Number(row.querySelector("select").value);
}

// Rows that stand where they should are left alone, as one that is moved loses the focus.
function put(list, rows) {
  rows.forEach((row, i) => {
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null);
  });
}
