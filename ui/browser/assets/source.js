// Who says what in the open article, the card of a number, the keys, and what is read out.
(() => {
// One at a time: a number's quote as a card beside it, for a mouse or the keyboard.
function findCard() {
  let card = document.querySelector("#card");
  if (!card) {
    card = document.createElement("div");
    card.id = "card";
    card.hidden = true;
    card.setAttribute("role", "tooltip");
    card.addEventListener("pointerleave", () => hideCard());
    document.body.append(card);
  }
  return card;
}

function hideCard() {
  const card = document.querySelector("#card");
  if (!card || card.hidden) return false;
  card.hidden = true;
  document.querySelector("[aria-describedby=card]")?.removeAttribute("aria-describedby");
  return true;
}

function showCard(button) {
  hideCard();
  // A point of the timeline stands for the row of its number.
  const { row } = button.dataset;
  const told = row ? element.querySelector(`.stated[data-marker="${row}"]`) : button;
  if (!button.isConnected || !told?.dataset.quote) return;
  const card = findCard();
  const { quote, who, place, lang } = told.dataset;
  const lines = [["words", quote], ["by", who], ["at", place]].map(([name, text]) => {
    const line = document.createElement("p");
    line.className = name;
    line.textContent = text;
    return line;
  });
  if (/^[a-z]{2,3}$/.test(lang)) lines[0].lang = lang;
  card.replaceChildren(...lines);
  card.hidden = false;
  const at = button.getBoundingClientRect();
  const left = Math.min(at.left - 12, window.innerWidth - card.offsetWidth - 12);
  const above = at.top - card.offsetHeight - 4;
  card.style.left = `${Math.max(12, left)}px`;
  card.style.top = `${above > 8 ? above : at.bottom + 4}px`;
  button.setAttribute("aria-describedby", "card");
}

let waiting = 0;
const later = (act, ms) => { clearTimeout(waiting); waiting = setTimeout(act, ms); };
const citedBy = (event) => event.target.closest?.("button.cite[data-quote], .plot [data-row]");
element.addEventListener("pointerover", (event) => {
  const button = event.pointerType === "mouse" && citedBy(event);
  if (button) later(() => showCard(button), 150);
});
element.addEventListener("pointerout", (event) => {
  // Whoever goes on to the card may read and copy there.
  if (citedBy(event)) later(() => document.querySelector("#card:hover") || hideCard(), 250);
});
element.addEventListener("focusin", (event) => {
  const button = citedBy(event);
  if (button?.matches(":focus-visible")) later(() => showCard(button), 0);
});
element.addEventListener("focusout", (event) => { if (citedBy(event)) later(hideCard, 0); });

// The line above an article says whose words are under the pointer, or were stepped to.
let resting = [];
let chosen = null;
function tellWho(who, how, words) {
  const line = element.querySelector(".spoken .who");
  const part = (tag, name, text) => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  };
  const name = who ? [part("b", "", who), " "] : [];
  const said = words ? [part("span", "unseen", `: ${words}`)] : [];
  line.replaceChildren(...name, part("span", "voice", how), ...said);
}

function showChosen() {
  if (chosen) tellWho(chosen.who, chosen.how, chosen.words);
  else element.querySelector(".spoken .who")?.replaceChildren(...resting);
}

function stepSaid(by) {
  const steps = element.querySelector(".spoken .steps");
  const count = Number(steps.dataset.count);
  const at = Math.min(count, Math.max(1, Number(steps.dataset.at) + by));
  const pieces = [...element.querySelectorAll(`.said[data-said="${at}"]`)];
  for (const piece of element.querySelectorAll(".said.on")) piece.classList.remove("on");
  for (const piece of pieces) piece.classList.add("on");
  steps.dataset.at = at;
  steps.querySelector(".count").textContent = `${at} / ${count}`;
  const { who, how } = pieces[0].dataset;
  chosen = { who, how, words: pieces.map((piece) => piece.textContent).join("") };
  showChosen();
  const text = element.querySelector(".text");
  const above = pieces[0].getBoundingClientRect().top - text.getBoundingClientRect().top;
  text.scrollTop += above - text.clientHeight / 3;
}

if (element.closest("#source")) {
  const underPointer = (number) => {
    for (const piece of element.querySelectorAll(".said")) {
      piece.classList.toggle("under", piece.dataset.said === number);
    }
  };
  // Not "pointerover": that comes without a movement, when an article opens under the pointer.
  let under = null;
  element.addEventListener("pointermove", (event) => {
    if (event.target === under || !event.target.closest(".text")) return;
    under = event.target;
    const said = event.target.closest(".said");
    underPointer(said?.dataset.said);
    if (said) tellWho(said.dataset.who, said.dataset.how);
    else tellWho("", element.querySelector(".spoken .who").dataset.nobody);
  });
  element.addEventListener("pointerout", (event) => {
    if (event.relatedTarget?.closest?.("#source .text")) return;
    under = null;
    underPointer(null);
    showChosen();
  });
  watch("value", () => {
    chosen = null;
    requestAnimationFrame(() => {
      resting = [...(element.querySelector(".spoken .who")?.childNodes ?? [])];
    });
  });
}

// An answer that grows is not read out step by step: only that it is searched, then its first line.
function tell(text) {
  let region = document.querySelector("#told");
  if (!region) {
    region = document.createElement("div");
    region.id = "told";
    region.className = "unseen";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  if (text && region.textContent !== text) region.textContent = text;
}

let toldState = null;
function tellTurn() {
  const turn = element.querySelector(".turn");
  const busy = turn?.getAttribute("aria-busy") === "true";
  const state = turn && `${turn.dataset.turn} ${busy}`;
  if (state === toldState) return;
  toldState = state;
  if (!turn) return;
  if (busy) {
    tell(turn.querySelector(".searching")?.textContent);
    return;
  }
  const parts = [...turn.querySelectorAll(".abstained p, .stopped")];
  if (!parts.length) {
    for (const line of turn.querySelectorAll(".answer > *")) {
      if (line.matches(".day")) continue;
      parts.push(line);
      if (!line.matches(".who, .struck")) break;
    }
  }
  const said = parts.map((part) => {
    const copy = part.cloneNode(true);
    for (const number of copy.querySelectorAll("button")) number.remove();
    return copy.textContent.trim();
  });
  tell(said.join(": "));
}
// A growing answer is written anew: which of its numbers is open has to be shown again.
function showOpen() {
  const { turn, marker } = document.querySelector("#source .source")?.dataset ?? {};
  for (const button of element.querySelectorAll("button.cite")) {
    button.classList.toggle("open", button.dataset.turn === turn && button.dataset.marker === marker);
  }
}
if (element.closest("#current")) {
  tell("");
  watch("value", () => requestAnimationFrame(() => { tellTurn(); showOpen(); }));
}

// Keys, unless somebody writes, or has switched them off.
const WRITES = "input:not([type=checkbox], [type=button]), textarea, select, [contenteditable=true]";
const areKeysOff = () => localStorage.getItem("wortlaut-keys") === "off";
const press = (selector) => {
  const button = document.querySelector(selector);
  if (button && !button.disabled) button.click();
};
const pressInSource = (selector) => { showPanel("source"); press(`#source ${selector}`); };
const KEYS = {
  "/": () => document.querySelector("#question textarea")?.focus(),
  "?": () => showKeys(),
  n: () => pressInSource("[data-go=forth]"),
  p: () => pressInSource("[data-go=back]"),
  N: () => pressInSource('[data-press=said][data-step="1"]'),
  P: () => pressInSource('[data-press=said][data-step="-1"]'),
};

function showKeys() {
  const dialog = document.querySelector("dialog.keys");
  if (!dialog || dialog.open) return;
  dialog.querySelector(".keys-on").checked = !areKeysOff();
  dialog.showModal();
}

function closeOne() {
  // What another part of the page opens says with data-esc which button closes it.
  const closers = [...document.querySelectorAll("[data-esc]")].filter((each) => each.offsetParent);
  if (closers.length) closers.at(-1).click();
  else if ((document.querySelector("#side")?.dataset.panel ?? "source") !== "source") showPanel("source");
}

function heedKey(event) {
  if (event.key === "Escape" && hideCard()) return;
  const writes = event.composedPath()[0].closest?.(WRITES);
  if (event.defaultPrevented || event.isComposing || writes) return;
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") closeOne();
  if (areKeysOff() || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
}

if (element.closest("#header")) {
  if (!findCard().dataset.heeds) {
    document.addEventListener("keydown", heedKey);
    document.addEventListener("scroll", hideCard, true);
    findCard().dataset.heeds = "yes";
  }
  element.addEventListener("change", (event) => {
    if (event.target.matches(".keys-on")) {
      localStorage.setItem("wortlaut-keys", event.target.checked ? "on" : "off");
    }
  });
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-press]");
  if (!button || button.disabled) return;
  later(hideCard, 0);
  const { press: pressed, step } = button.dataset;
  if (pressed === "keys") showKeys();
  if (pressed === "shut") button.closest("dialog").close();
  if (pressed === "said") stepSaid(Number(step));
});
})();
