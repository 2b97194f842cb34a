// Chips and their pickers, and "show more". A picker opens beside the chip that was pressed.
const picking = () => document.querySelector("#picking");
const closePicker = (refocus) => {
  const box = picking();
  if (!box || !box.dataset.open) return;
  const from = document.querySelector(
    `#talk [data-press="pick"][data-turn="${box.dataset.turn}"][data-part="${box.dataset.part}"]`);
  delete box.dataset.open;
  if (refocus) from?.focus({ preventScroll: true });
};
const placePicker = () => {
  const box = picking();
  const { left, top, bottom } = JSON.parse(box.dataset.place);
  box.style.left = `${Math.max(12, Math.min(left, window.innerWidth - box.offsetWidth - 12))}px`;
  const below = bottom + 6 + box.offsetHeight < window.innerHeight;
  box.style.top = `${below ? bottom + 6 : Math.max(12, top - box.offsetHeight - 6)}px`;
};

if (element.closest("#earlier, #current")) {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-press]");
    if (!button) return;
    const { press, turn, part } = button.dataset;
    if (press === "pick") {
      const box = picking();
      Object.assign(box.dataset, { turn, part, place: JSON.stringify(button.getBoundingClientRect()) });
      trigger("pick", { turn, part });
    }
    if (press === "regain") {
      document.querySelector("#question textarea")?.focus();
      trigger("regain", { turn, part });
    }
    if (press === "more") {
      button.disabled = true;
      trigger("more", { turn });
    }
  });
}

// Quotes in another language get a translation, where a language model is set, once all else is there.
if (element.closest("#current")) {
  watch("value", () => requestAnimationFrame(() => {
    const turn = element.querySelector(".turn[data-gloss]");
    if (turn) {
      delete turn.dataset.gloss;
      trigger("gloss", { turn: turn.dataset.turn });
    }
  }));
}

if (element.closest("#picker")) {
  watch("value", () => requestAnimationFrame(() => {
    const box = picking();
    const shown = element.querySelector(".picker");
    if (!shown) return;
    box.dataset.open = "yes";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", shown.querySelector("h2").textContent);
    placePicker();
    requestAnimationFrame(placePicker);
    const first = element.querySelector("input") || document.querySelector("#choices button");
    first?.focus({ preventScroll: true });
  }));
  let waiting = 0;
  element.addEventListener("input", (event) => {
    if (!event.target.matches("[data-find]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => trigger("find", { text: event.target.value }), 150);
  });
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const { since, until, topic } = event.target.elements;
    const value = topic ? topic.value : [since.value, until.value];
    const empty = topic ? !value.trim() : !value[0] && !value[1];
    if (empty || (!topic && value[0] && value[1] && value[0] > value[1])) {
      (topic || since).focus();
      return;
    }
    const { serial } = element.querySelector(".picker").dataset;
    closePicker(false);
    document.querySelector("#question textarea")?.focus();
    trigger("set", { serial, value });
  });
  element.addEventListener("click", (event) => {
    if (event.target.closest("[data-press=close]")) closePicker(true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePicker(true);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#picking")) closePicker(false);
  });
}

if (element.closest("#choices")) {
  watch("value", () => requestAnimationFrame(() => {
    const shown = document.querySelector("#picker .picker");
    // Without a field of its own the list takes the keys.
    if (picking().dataset.open && shown && !shown.querySelector("input")) {
      element.querySelector("button")?.focus({ preventScroll: true });
    }
    if (picking().dataset.open) placePicker();
  }));
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-press=take]");
    if (!button) return;
    const { serial, number } = button.dataset;
    if (document.querySelector("#picker .picker").dataset.picker === "add") {
      trigger("menu", { serial, number });
      return;
    }
    closePicker(false);
    document.querySelector("#question textarea")?.focus();
    trigger("take", { serial, number });
  });
  element.addEventListener("keydown", (event) => {
    const buttons = [...element.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))].focus();
  });
}
