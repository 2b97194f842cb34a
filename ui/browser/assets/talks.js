// Conversations: turns kept on the page, the list, addresses, and what is being typed. What the
// parts share stands in the page itself: #turns[data-conversation] is what is shown.
const turns = () => document.querySelector("#turns");
const box = () => document.querySelector("#question textarea");
const asking = ["ask", "example", "drop", "again", "regain", "set", "take"];

function describeShown() {
  const shown = turns()?.dataset.conversation ?? "";
  return { shown, count: document.querySelectorAll("#turns .turn").length };
}

// Questions that are on their way count as busy, so that the next one waits its turn.
function noteEvent(name) {
  const { dataset } = turns();
  if (asking.includes(name)) {
    dataset.busy = Number(dataset.busy ?? 0) + 1;
    dataset.going = "ask";
  }
  if (name === "new" && location.pathname !== home) history.pushState(null, "", home);
  if (name === "new" || name === "open") {
    dataset.going = "open";
    delete dataset.pending;
    document.querySelector("#waiting ul")?.replaceChildren();
    showWaiting();
    if (narrow()) setShelf(false);
    if (name === "new") box()?.focus();
  }
}

// What was typed and not answered yet, kept per conversation until it is.
const draftKey = (conversation) => `wortlaut-draft-${conversation}`;
function saveDraft() {
  const { conversation, pending } = turns().dataset;
  if (conversation === undefined) return;
  const waiting = [...document.querySelectorAll("#waiting li")].map((item) => item.dataset.question);
  const text = [pending, ...waiting, box()?.value].filter((part) => part?.trim()).join("\n");
  try {
    if (text) localStorage.setItem(draftKey(conversation), text);
    else localStorage.removeItem(draftKey(conversation));
  } catch { /* The browser keeps nothing: then it lasts as long as the page. */ }
}

function readDraft(conversation) {
  try { return localStorage.getItem(draftKey(conversation)) ?? ""; } catch { return ""; }
}

function fillBox(text) {
  const area = box();
  if (!area || area.value === text) return;
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function showConversation(conversation, before) {
  const { dataset } = turns();
  dataset.conversation = conversation;
  if (before === conversation) return;
  if (dataset.going === "ask") {
    try { localStorage.removeItem(draftKey(before ?? "")); } catch { /* as above */ }
    saveDraft();
  } else {
    const typed = before === undefined ? box()?.value : "";
    const kept = readDraft(conversation);
    fillBox([kept, kept === typed ? "" : typed].filter((part) => part?.trim()).join("\n"));
    requestAnimationFrame(() => {
      document.querySelector("#current .turn")?.scrollIntoView({ block: "start", behavior: "instant" });
    });
  }
  const path = conversation ? `${home}c/${conversation}` : home;
  const isQuote = !conversation && location.pathname.startsWith(`${home}a/`);
  if (location.pathname !== path && !isQuote) history.replaceState(null, "", path);
  markCurrent();
}

// Turns above the current one come once; they are put where no later answer touches them.
function takeOver() {
  const news = element.querySelector(".passed");
  const { dataset } = turns();
  if (!news || news.dataset.step === dataset.step) return;
  dataset.step = news.dataset.step;
  const kept = document.querySelector("#earlier [data-kept]");
  for (const part of [...kept.children]) {
    const number = Number(part.dataset.turn ?? Infinity);
    if (number >= Number(news.dataset.from)) part.remove();
  }
  kept.append(...[...news.children].map((part) => part.cloneNode(true)));
  delete dataset.pending;
  showConversation(news.dataset.conversation, dataset.conversation);
  saveDraft();
  props.value = "";
}

// Waiting questions
function showWaiting() {
  const waiting = document.querySelector("#waiting .waiting");
  if (waiting) waiting.hidden = !waiting.querySelector("li");
}

function addWaiting(question) {
  const waiting = document.querySelector("#waiting .waiting");
  const item = document.createElement("li");
  const text = document.createElement("span");
  const back = document.createElement("button");
  item.dataset.question = text.textContent = question;
  Object.assign(back, { type: "button", className: "quiet", textContent: waiting.dataset.back });
  back.addEventListener("click", () => {
    item.remove();
    showWaiting();
    fillBox([question, box().value].filter((part) => part.trim()).join("\n"));
    box().focus();
  });
  item.append(text, back);
  waiting.querySelector("ul").append(item);
  showWaiting();
}

function askNow(question) {
  document.querySelector("#waiting .failed-line").textContent = "";
  turns().dataset.pending = question;
  saveDraft();
  trigger("ask", { question });
}

function askTyped() {
  const question = box().value.trim();
  if (!question) return;
  if (Number(turns().dataset.busy ?? 0) > 0) addWaiting(question);
  else askNow(question);
  fillBox("");
}

function askNext() {
  const { dataset } = turns();
  dataset.busy = Math.max(0, Number(dataset.busy ?? 0) - 1);
  if (dataset.pending) {
    // No server took the question.
    const { pending } = dataset;
    delete dataset.pending;
    const { failed } = document.querySelector("#waiting .waiting").dataset;
    document.querySelector("#waiting .failed-line").textContent = failed;
    fillBox([pending, box().value].filter((part) => part.trim()).join("\n"));
    return;
  }
  const next = document.querySelector("#waiting li");
  if (Number(dataset.busy) > 0 || !next) return;
  next.remove();
  showWaiting();
  askNow(next.dataset.question);
}

// A question of the conversation, changed and asked again
function editQuestion(button) {
  const asked = button.closest(".asked");
  const heading = asked.querySelector(".question");
  const { turn, label, save, cancel } = button.dataset;
  const form = document.createElement("form");
  const area = document.createElement("textarea");
  const buttons = [save, cancel].map((text, number) => Object.assign(
    document.createElement("button"),
    { type: number ? "button" : "submit", className: "quiet", textContent: text }));
  form.className = "editing";
  area.value = heading.textContent;
  area.setAttribute("aria-label", label);
  const close = () => { form.remove(); asked.classList.remove("edited"); button.focus(); };
  buttons[1].addEventListener("click", close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!area.value.trim()) return;
    close();
    box()?.focus();
    trigger("again", { turn, question: area.value.trim() });
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && event.target === area && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.append(area, ...buttons);
  asked.classList.add("edited");
  asked.after(form);
  area.focus();
}

// The list
function markCurrent() {
  const path = `${home}c/${turns()?.dataset.conversation ?? ""}`;
  let title = "";
  for (const link of document.querySelectorAll("#shelf .talks a")) {
    if (link.pathname === path) {
      link.setAttribute("aria-current", "page");
      title = link.textContent;
    } else link.removeAttribute("aria-current");
  }
  document.title = title ? `${title} · Wortlaut` : "Wortlaut";
}

function setShelf(open) {
  document.querySelector("#desk").dataset.shelf = open ? "open" : "closed";
  const toggle = document.querySelector(".shelf-toggle");
  const { show, hide } = document.querySelector("#shelf .shelf")?.dataset ?? {};
  toggle?.setAttribute("aria-expanded", String(open));
  if (toggle && show) {
    toggle.title = open ? hide : show;
    toggle.setAttribute("aria-label", open ? hide : show);
  }
}

function toggleShelf(open = document.querySelector("#desk").dataset.shelf !== "open") {
  setShelf(open);
  if (!narrow()) {
    try { localStorage.setItem("wortlaut-shelf", open ? "open" : "closed"); } catch { /* as above */ }
  }
  if (narrow() && open) document.querySelector("#shelf button")?.focus();
  if (!open) document.querySelector(".shelf-toggle")?.focus();
}

function renameTalk(item) {
  const link = item.querySelector("a");
  const input = document.createElement("input");
  input.value = link.textContent;
  input.setAttribute("aria-label", element.querySelector(".shelf").dataset.title);
  const close = () => {
    // An input that is taken away loses the focus, which would close it once more.
    input.removeEventListener("blur", close);
    if (input.isConnected) input.replaceWith(link);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    const title = input.value.trim();
    close();
    link.focus();
    if (event.key === "Enter" && title && title !== link.textContent) {
      trigger("rename", { id: item.dataset.id, title });
    }
  });
  input.addEventListener("blur", close);
  link.replaceWith(input);
  input.select();
}

function openTalk(event) {
  const link = event.target.closest("#shelf a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  event.preventDefault();
  if (location.pathname !== link.pathname) history.pushState(null, "", link.pathname);
  trigger("open", { address: belowHome() });
  return true;
}

element.addEventListener("click", (event) => {
  if (openTalk(event)) return;
  const button = event.target.closest("button[data-press]");
  if (!button) return;
  const item = button.closest("li[data-id]");
  const { press, id } = button.dataset;
  if (press === "edit") editQuestion(button);
  if (press === "shelf") toggleShelf();
  if (!element.closest("#shelf")) return;
  if (press === "rename") renameTalk(item);
  if (press === "remove") trigger("remove", { id: item.dataset.id });
  if (press === "restore") trigger("restore", { id });
});

if (element.closest("#earlier")) element.dataset.kept = "";
if (element.closest("#passed")) watch("value", takeOver);
if (element.closest("#header")) {
  watch("value", () => setShelf(document.querySelector("#desk").dataset.shelf === "open"));
}
if (element.closest("#shelf")) {
  let open = window.matchMedia("(min-width: 78rem)").matches;
  try { open = !narrow() && (localStorage.getItem("wortlaut-shelf") ?? (open ? "open" : "")) === "open"; } catch { /* as above */ }
  setShelf(open);
  window.matchMedia("(max-width: 60rem)").addEventListener("change", () => setShelf(false));
  watch("value", () => {
    markCurrent();
    element.querySelector(".undo button")?.focus();
  });
  window.addEventListener("popstate", () => {
    trigger("open", { address: belowHome() });
  });
}
if (element.closest("#waiting")) {
  document.addEventListener("answered", askNext);
  document.addEventListener("input", (event) => { if (event.target === box()) saveDraft(); });
  // Before Gradio hears of it: it would drop a question that comes while another is answered.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && narrow() && document.querySelector("#desk").dataset.shelf === "open") {
      toggleShelf(false);
    }
    if (event.target !== box() || event.key !== "Enter") return;
    if (event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    event.stopPropagation();
    askTyped();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target === document.querySelector("#left")) toggleShelf(false);
    if (!event.target.closest("#question .submit-button")) return;
    event.preventDefault();
    event.stopPropagation();
    askTyped();
  }, true);
}
