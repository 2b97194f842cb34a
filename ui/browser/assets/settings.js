// The settings: the language is kept in a cookie, which the server reads at the next start, the
// theme in the browser alone (settings.first.html applies it before the page is drawn).
const THEME_KEY = "wortlaut-theme";
const readTheme = () => {
  try { return localStorage.getItem(THEME_KEY) || "auto"; } catch { return "auto"; }
};

// What was typed and not sent is nobody else's either.
async function signOut() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith("wortlaut-draft-"))
      .forEach((key) => localStorage.removeItem(key));
  } catch { /* The browser keeps nothing. */ }
  await fetch("sign-out", { method: "POST", redirect: "manual" });
  location.assign(home);
}

if (element.closest("#header")) {
  const tell = () => {
    const tongue = element.querySelector(".top")?.lang;
    if (tongue && document.documentElement.lang !== tongue) document.documentElement.lang = tongue;
  };
  tell();
  // Not `watch`: that may tell before the header stands there.
  const told = new MutationObserver(tell);
  told.observe(element, { childList: true, subtree: true });
  // Gradio sets the browser's language when it has loaded its own words.
  told.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
}

if (element.closest("#settings")) {
  const markTheme = () => {
    for (const button of element.querySelectorAll("[data-press=theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === readTheme()));
    }
  };
  markTheme();
  // The new panel has the focus where the old one had it.
  watch("value", () => requestAnimationFrame(() => {
    markTheme();
    archiveShared.model = "";
    if (archiveShared.focus) element.querySelector(archiveShared.focus)?.focus();
    archiveShared.focus = "";
  }));
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-press]");
    if (!button) return;
    const { press, tongue, theme } = button.dataset;
    if (press === "tongue") {
      document.cookie = `wortlaut-tongue=${tongue}; path=${home}; max-age=31536000; samesite=strict`;
      archiveShared.focus = `[data-tongue="${tongue}"]`;
      trigger("tongue", { tongue });
    }
    if (press === "theme") {
      try { localStorage.setItem(THEME_KEY, theme); } catch { /* kept until the page is left */ }
      document.dispatchEvent(new CustomEvent("wortlaut-theme", { detail: theme }));
      markTheme();
    }
    if (press === "sign-out") signOut();
    if (press === "ask-model") askState("&ask=model").then((state) => state && showState(state));
  });
}
