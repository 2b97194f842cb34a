// The archive's panel: what is dropped is sent file by file, the list follows what is typed, and
// one light question now and then keeps the header's counts true.
const archivePart = (selector) => document.querySelector(`#archive ${selector}`);
const shownPanel = () => document.querySelector("#side")?.dataset.panel ?? "source";
const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const archiveShared = (window.wortlaut ??= { stamp: "", batch: "", told: "", queue: [], sending: 0 });

function archiveFilters(more) {
  const form = archivePart("form.filters");
  const values = form ? Object.fromEntries(new FormData(form)) : {};
  return { ...values, ...more };
}

async function askState(extra = "") {
  const tongue = document.documentElement.lang;
  const batch = archiveShared.batch ? `&batch=${archiveShared.batch}` : "";
  try {
    const answer = await fetch(`page/state?tongue=${tongue}${batch}${extra}`, {
      signal: AbortSignal.timeout(10000), cache: "no-store" });
    // The session has ended: the page itself leads to where one signs in.
    if (answer.status === 401) location.reload();
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function showState(state) {
  const held = document.querySelector(".top .held");
  if (state.held && held && held.textContent !== state.held) held.textContent = state.held;
  const model = document.querySelector("#settings .model-state");
  if (model && archiveShared.model !== state.model) model.innerHTML = archiveShared.model = state.model;
  const batch = archivePart(".batch");
  if (batch && archiveShared.told !== state.batch) {
    batch.innerHTML = archiveShared.told = state.batch;
    // Who hears the page is told the end, and not each step towards it.
    const said = batch.querySelector(".state")?.textContent ?? "";
    archivePart(".announce").textContent = state.busy ? "" : said;
  }
  const isNew = state.stamp && archiveShared.stamp && state.stamp !== archiveShared.stamp;
  if (state.stamp) archiveShared.stamp = state.stamp;
  const asks = archivePart(".confirm:not([hidden])") || document.activeElement?.closest(".shelf");
  if (isNew && shownPanel() === "archive" && !asks) archiveShared.browse?.({ first: archiveShared.first ?? 0 });
  if (state.ready && document.querySelector("#current .welcome:is([data-waiting], .empty)")) archiveShared.refill?.();
}

async function followState() {
  const isSeen = document.visibilityState === "visible";
  const state = isSeen ? await askState() : null;
  if (state) showState(state);
  // Also after a change of language, or where it was opened before all of the page was there.
  const lacksList = shownPanel() === "archive" && !archivePart(".holdings");
  if (lacksList) archiveShared.open?.();
  const isWaiting = lacksList || document.querySelector("#current .welcome:is([data-waiting], .empty)");
  const isSoon = archiveShared.sending || state?.busy || isWaiting || shownPanel() === "settings";
  setTimeout(followState, isSoon ? 1000 : 5000);
}

// What is sent

async function* listEntries(entry) {
  if (entry.isFile) {
    const file = await new Promise((done) => entry.file(done, () => done(null)));
    if (file) yield { file, name: entry.fullPath.replace(/^\/+/, "") };
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!some.length) return;
    for (const one of some) yield* listEntries(one);
  }
}

async function takeDropped(items, files) {
  // Entries are to be had before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return takeFiles([...files].map((file) => ({ file, name: file.name })));
  for (const entry of entries) {
    for await (const found of listEntries(entry)) takeFiles([found]);
  }
}

function takeFiles(found) {
  const seen = found.filter(({ name }) => !/(^|\/)\./.test(name));
  if (!seen.length) return;
  if (!archiveShared.sending && !archiveShared.queue.length) {
    // What is still being read stays in the same report.
    if (!archivePart(".batch progress")) archiveShared.batch = "";
    archiveShared.total = archiveShared.done = 0;
    archivePart(".unsent")?.replaceChildren();
  }
  archiveShared.batch ||= [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  archiveShared.queue.push(...seen);
  archiveShared.total += seen.length;
  while (archiveShared.sending < 2 && archiveShared.queue.length) sendNext();
}

async function sendNext() {
  const next = archiveShared.queue.shift();
  if (!next) return;
  archiveShared.sending += 1;
  showSending(next.name);
  const { largest, tooLarge, notSent } = archivePart(".door")?.dataset ?? {};
  if (next.file.size > Number(largest)) {
    tellUnsent(next.name, tooLarge);
  } else {
    try {
      const answer = await fetch("archive/upload", { method: "POST", body: next.file, headers: {
        "Content-Type": "application/octet-stream", "X-Wortlaut-Batch": archiveShared.batch,
        "X-Wortlaut-Name": encodeURIComponent(next.name.toWellFormed?.() ?? next.name) } });
      // All other refusals stand in the batch's report.
      if (answer.status === 403) tellUnsent(next.name, await answer.text());
    } catch {
      tellUnsent(next.name, notSent);
    }
  }
  archiveShared.sending -= 1;
  archiveShared.done += 1;
  if (archiveShared.queue.length) return sendNext();
  showSending("");
  const state = await askState();
  if (state) showState(state);
}

function showSending(name) {
  const line = archivePart(".sending");
  if (!line) return;
  line.hidden = !name;
  if (name) {
    const { done, total } = archiveShared;
    line.textContent = fillIn(archivePart(".door").dataset.sending, { done: done + 1, total, name });
  }
}

function tellUnsent(name, reason) {
  const line = document.createElement("li");
  const bold = document.createElement("b");
  bold.textContent = name;
  line.append(bold, ` ${reason}`);
  archivePart(".unsent")?.append(line);
}

if (element.closest("#archive-head")) {
  const browse = (more) => trigger("browse", archiveFilters(more));
  archiveShared.browse = browse;
  // The head is made when it is first wanted, and then left alone: somebody may be typing there.
  archiveShared.open = () => (archivePart(".panel-head")
    ? browse({ first: archiveShared.first ?? 0 }) : trigger("open", {}));
  watch("value", () => { archiveShared.told = ""; });
  let pause;
  element.addEventListener("input", (event) => {
    if (!event.target.closest(".filters")) return;
    clearTimeout(pause);
    pause = setTimeout(() => browse({ first: 0 }), event.target.type === "search" ? 300 : 0);
  });
  element.addEventListener("reset", () => {
    clearTimeout(pause);
    pause = setTimeout(() => browse({ first: 0 }), 300);
  });
  element.addEventListener("submit", (event) => event.preventDefault());
  element.addEventListener("click", (event) => {
    const press = event.target.closest("button[data-press]")?.dataset.press;
    if (press === "files" || press === "folder") element.querySelector(`input.${press}`).click();
  });
  element.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file]")) return;
    takeFiles([...event.target.files].map((file) => (
      { file, name: file.webkitRelativePath || file.name })));
    event.target.value = "";
  });
  // Anywhere on the panel; a file that misses it must not take the page's place.
  const over = (event, isOver) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return false;
    event.preventDefault();
    archivePart(".door")?.classList.toggle("over", isOver && !!event.target.closest?.("#archive"));
    return true;
  };
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    if (!over(event, false) || !event.target.closest?.("#archive") || !archivePart(".door")) return;
    takeDropped(event.dataTransfer.items, event.dataTransfer.files);
  });
  // Not in the header's turn: there may be no side yet.
  new MutationObserver(() => {
    const open = markPanel();
    const isNew = archiveShared.panel !== open;
    archiveShared.panel = open;
    if (isNew && open === "archive") archiveShared.open();
    if (isNew && open === "settings") {
      askState("&ask=model").then((state) => state && showState(state));
    }
  }).observe(element.closest("#side"), { attributes: true, attributeFilter: ["data-panel"] });
  setTimeout(followState, 300);
}

if (element.closest("#archive-list")) {
  watch("value", () => { archiveShared.first = element.querySelector(".holdings")?.dataset.first ?? 0; });
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-press]");
    if (!button || button.disabled) return;
    const { press, id, first } = button.dataset;
    const confirm = button.closest("li")?.querySelector(".confirm");
    if (press === "page") trigger("browse", archiveFilters({ first }));
    if (press === "openheld") trigger("openheld", { id });
    if (press === "remove") trigger("remove", archiveFilters({ id, first: archiveShared.first }));
    if (press === "ask-remove") {
      confirm.hidden = !confirm.hidden;
      if (!confirm.hidden) confirm.querySelector("[data-press=keep]").focus();
    }
    if (press === "keep") {
      confirm.hidden = true;
      confirm.closest("li").querySelector(".ask").focus();
    }
  });
}

if (element.closest("#current")) archiveShared.refill = () => trigger("refill", {});

// Whoever opens a panel: its button says so.
function markPanel() {
  const open = shownPanel();
  for (const button of document.querySelectorAll("#header [data-panel]")) {
    const isOpen = String(button.dataset.panel === open);
    if (button.getAttribute("aria-pressed") !== isOpen) button.setAttribute("aria-pressed", isOpen);
  }
  return open;
}

if (element.closest("#header")) {
  new MutationObserver(markPanel).observe(element, { childList: true, subtree: true });
}
