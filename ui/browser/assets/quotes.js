// Quotes and feedback. What a button below a quote copies stands in the turn's .quote-texts.
const quotePress = ["certify", "discard", "restore", "move"];
const findText = ({ turn, marker }) => document.querySelector(
  `#talk .quote-texts[data-turn="${turn}"] [data-marker="${marker}"]`);
const atHome = (link) => new URL(link.slice(1), document.baseURI).href;

function copyQuote(button, onlyLink) {
  const text = findText(button.parentElement.dataset);
  if (!text) return;
  const { link } = text.dataset;
  button.dataset.copy = onlyLink ? atHome(link) : text.dataset.text.replaceAll(link, atHome(link));
  copy(button);
}

function findOpinion(turn) {
  const row = document.querySelector(`#talk .opinion[data-turn="${turn}"]`);
  const pressed = document.querySelector(
    `#talk .thumb[data-turn="${turn}"][aria-pressed="true"]`);
  return { row, verdict: pressed?.dataset.verdict ?? "" };
}

function pressThumb(button) {
  const { turn } = button.dataset;
  const was = button.getAttribute("aria-pressed") === "true";
  for (const each of button.parentElement.querySelectorAll(".thumb")) {
    each.setAttribute("aria-pressed", String(each === button && !was));
  }
  const { row, verdict } = findOpinion(turn);
  row.hidden = !verdict;
  trigger("opine", { turn, verdict, comment: row.querySelector("textarea").value });
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-press]");
  if (!button || button.disabled) return;
  const { press, turn, marker, quote, by } = button.dataset;
  if (press === "quote-copy") copyQuote(button, false);
  if (press === "quote-link") copyQuote(button, true);
  if (press === "print") window.print();
  if (press === "thumb") pressThumb(button);
  if (press === "collect") trigger(press, { turn, marker });
  if (press === "comment") {
    const { row, verdict } = findOpinion(turn);
    trigger("opine", { turn, verdict, comment: row.querySelector("textarea").value });
  }
  if (press === "panel" && button.dataset.panel === "quotes" && narrow()) {
    document.querySelector("#quotes").scrollIntoView({ block: "start" });
  }
  if (press === "panel" && button.dataset.panel === "source" && narrow()) {
    document.querySelector("#talk").scrollIntoView({ block: "end" });
  }
  // Another part has a button of the same name: two answers would be on their way to it.
  if (quotePress.includes(press) && !element.closest("#shelf")) {
    // The part is drawn anew; whoever moves a quote by keyboard stays on its button.
    if (press === "move") document.querySelector("#quotes").dataset.at = `${quote} ${by}`;
    trigger(press, { turn, quote, by });
  }
});

element.addEventListener("change", (event) => {
  const { quote } = event.target.dataset;
  if (quote && event.target.closest("#quotes")) {
    trigger("annotate", { quote, note: event.target.value });
  }
});

// What is drawn anew shows again what is collected, and what was thought of it.
function showKept() {
  const links = new Set([...document.querySelectorAll("#quotes .kept-quote")]
    .map((row) => row.dataset.link));
  for (const count of document.querySelectorAll(".basket-count")) count.textContent = links.size || "";
  for (const button of document.querySelectorAll("[data-press=collect]")) {
    const on = links.has(findText(button.dataset)?.dataset.link);
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  }
  for (const item of document.querySelectorAll("#talk .quote-texts span")) {
    if (item.textContent.startsWith("/")) item.textContent = atHome(item.textContent);
  }
}

function showOpinions() {
  const given = document.querySelector("#opinion div[hidden]");
  for (const opinion of given?.querySelectorAll("i") ?? []) {
    const { turn, verdict, comment } = opinion.dataset;
    const { row } = findOpinion(turn);
    if (!row) continue;
    for (const thumb of document.querySelectorAll(`#talk .thumb[data-turn="${turn}"]`)) {
      thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === verdict));
    }
    row.hidden = false;
    const box = row.querySelector("textarea");
    if (box !== document.activeElement) box.value = comment;
  }
}

function tellSaved() {
  const turn = document.querySelector("#opinion div[hidden]")?.dataset.saved;
  const told = turn && findOpinion(turn).row?.querySelector(".kept");
  if (told) told.textContent = told.dataset.saved;
}

function focusMoved() {
  const part = document.querySelector("#quotes");
  const [quote, by] = (part.dataset.at ?? "").split(" ");
  delete part.dataset.at;
  if (!quote) return;
  const row = part.querySelector(`.kept-quote[data-quote="${quote}"]`);
  const button = row?.querySelector(`[data-by="${by}"]:not(:disabled)`);
  (button ?? row?.querySelector(".step:not(:disabled)"))?.focus();
}

if (element.closest("#quotes")) {
  watch("value", () => requestAnimationFrame(() => { showKept(); focusMoved(); }));
  // Whoever selects inside a quote gets its words on one line.
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    const within = (node) => (node?.nodeType === 3 ? node.parentElement : node)
      ?.closest?.("mark.cited, #talk blockquote, #quotes blockquote");
    const start = within(selection.anchorNode);
    if (selection.isCollapsed || !start || start !== within(selection.focusNode)) return;
    event.clipboardData.setData("text/plain", selection.toString().replace(/\s+/g, " ").trim());
    event.preventDefault();
  });
}
if (element.closest("#opinion")) {
  watch("value", () => requestAnimationFrame(() => { showOpinions(); tellSaved(); }));
}
if (element.closest("#handed")) {
  watch("value", () => requestAnimationFrame(() => element.querySelector("a")?.click()));
}
if (element.closest("#header, #source")) watch("value", () => requestAnimationFrame(showKept));
if (element.closest("#current, #earlier")) {
  watch("value", () => requestAnimationFrame(() => { showKept(); showOpinions(); }));
}
