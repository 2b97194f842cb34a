// Runs once for each HTML part of the page (Gradio's js_on_load): element, trigger and watch are
// given. Buttons carry numbers only; what they mean is decided by the server's session.
const sent = ["cite", "related", "nearest", "drop", "example", "new", "choose", "undo", "older"];
// With each event goes what the page shows: a server started anew knows the page by that alone.
trigger = ((send) => (name, data = {}) => {
  noteEvent(name);
  const asks = asking.includes(name);
  send(asks ? "ask" : name, { ...data, ...describeShown(), ...(asks && { way: name }) });
})(trigger);
// Some parts are made when their content may have come already.
watch = ((heed) => (name, tell) => {
  heed(name, tell);
  if (props.value) queueMicrotask(tell);
})(watch);
// Where the page is: "/", or the path that a proxy serves it under; and where that is left out.
const home = new URL(document.baseURI).pathname;
const belowHome = () => `/${location.pathname.slice(home.length)}${location.hash}`;
const narrow = () => window.matchMedia("(max-width: 60rem)").matches;
const panel = () => document.querySelector("#source");
// Shows one part of the side; buttons with data-press="panel" and data-panel do, and any source.
const showPanel = (name) => {
  const side = document.querySelector("#side");
  if (side) side.dataset.panel = name;
};
function pressPanel(button) {
  const name = button.dataset.panel;
  // A button of the header closes again what it has opened.
  const isOpen = button.closest("#header") && document.querySelector("#side")?.dataset.panel === name;
  if (!document.querySelector(`#side > #${name}`)) return;
  showPanel(isOpen ? "source" : name);
  const target = isOpen || name === "source" ? "#talk" : "#side";
  if (narrow()) document.querySelector(target).scrollIntoView({ block: "start" });
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https the clipboard is closed to scripts, but not to a selection.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = label; }, 1500);
}

function goBack() {
  const { turn, marker } = panel().querySelector(".source").dataset;
  const cited = document.querySelector(
    `#talk button.cite[data-turn="${turn}"][data-marker="${marker}"]`);
  (cited || document.querySelector("#talk")).scrollIntoView({ block: "center" });
  cited?.focus({ preventScroll: true });
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-press]");
  if (!button || button.disabled) return;
  const { press, turn, marker, part, number, mode } = button.dataset;
  if (press === "copy") copy(button);
  if (press === "back") goBack();
  if (press === "panel") pressPanel(button);
  if (!sent.includes(press)) return;
  // The first source opens by itself; only a click may scroll a narrow page down to it.
  if (["cite", "related", "nearest"].includes(press) && panel()) panel().dataset.follow = "yes";
  if (press === "drop" || press === "example") document.querySelector("#question textarea")?.focus();
  trigger(press, { turn, marker, part, number, mode });
});

function showCited() {
  if (element.querySelector(".source:not(.none)")) showPanel("source");
  const cited = element.querySelector("mark.cited");
  const text = element.querySelector(".text");
  const follow = panel().dataset.follow === "yes";
  delete panel().dataset.follow;
  const { turn, marker } = element.querySelector(".source")?.dataset ?? {};
  for (const button of document.querySelectorAll("#talk button.cite")) {
    const open = button.dataset.turn === turn && button.dataset.marker === marker;
    button.classList.toggle("open", open);
  }
  if (!cited || !text) return;
  const above = cited.getBoundingClientRect().top - text.getBoundingClientRect().top;
  text.scrollTop += above - text.clientHeight / 3;
  if (narrow() && follow) {
    element.querySelector(".source").scrollIntoView({ block: "start" });
    text.focus({ preventScroll: true });
  }
}

let shownTurn = null;
function showTurn() {
  const turn = element.querySelector(".turn");
  if (!turn) { shownTurn = null; return; }
  if (turn.dataset.turn === shownTurn) return;
  shownTurn = turn.dataset.turn;
  turn.scrollIntoView({ block: "start" });
}

if (element.closest("#source")) watch("value", () => requestAnimationFrame(showCited));
if (element.closest("#current")) watch("value", () => requestAnimationFrame(showTurn));
