"""In each main state of the page: no barrier that axe knows, no error in the console, no foreign host."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.states import open_sample, paint, walk
from tests.test_app import open_browser
from wortlaut.rag.config import Settings

pytestmark = pytest.mark.usefixtures("unread")


def find_axe() -> Path:
    """axe-core as a package for tests carries it; what else that package needs is not installed."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe_playwright_python is not installed")
    return Path(found.origin).with_name("axe.min.js")


def find_barriers(browser, theme="light"):
    """What axe finds wrong with what is shown, each with the places where; in the dark only colours."""
    rules = {"runOnly": ["color-contrast"]} if theme == "dark" else {}
    options = json.dumps(rules | {"resultTypes": ["violations"]})
    script = (
        f"axe.run(document, {options}).then(found => JSON.stringify("
        "found.violations.map(one => [one.id, one.help, one.nodes.map(node => "
        "[node.html.slice(0, 200), node.failureSummary])])))"
    )
    done = browser.call(
        "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
    )
    return json.loads(done["result"]["value"])


# Words that stand outside the box they belong to, where nothing scrolls or cuts them; and words of
# the header that stand on one another.
SPILLS = """(() => {
  const seen = (part) => part.checkVisibility({ visibilityProperty: true }) &&
    getComputedStyle(part).clipPath === "none";
  const place = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return range.getBoundingClientRect();
  };
  const read = (box) => {
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (text.data.trim() && seen(text.parentElement) && !text.parentElement.closest(".unseen, .name, svg"))
        found.push(text);
    }
    return found;
  };
  const isKept = (text, box) => {
    for (let part = text.parentElement; part !== box; part = part.parentElement)
      if (getComputedStyle(part).overflowY !== "visible") return true;
    return getComputedStyle(box).overflowY !== "visible";
  };
  const told = [];
  for (const box of document.querySelectorAll(".top, #picking[data-open], #side, #left, dialog[open]")) {
    if (!seen(box)) continue;
    const outer = box.getBoundingClientRect();
    for (const text of read(box)) {
      const inner = place(text);
      const isOut = inner.bottom > outer.bottom + 2 || inner.right > outer.right + 2;
      if (isOut && !isKept(text, box)) told.push(`outside ${box.id || box.className}: ${text.data}`);
    }
  }
  const parts = [...document.querySelectorAll(".top h1, .top .held, .top button")].filter(seen);
  for (const [number, one] of parts.entries()) for (const other of parts.slice(number + 1)) {
    const [a, b] = [one, other].map(part => part.matches("button") ? part.getBoundingClientRect() : place(part));
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 1 && down > 1) told.push(`${one.innerText} on ${other.innerText || other.title}`);
  }
  const panels = [...document.querySelectorAll("#side > *")].filter(seen);
  if (panels.length !== 1) told.push(`side by side: ${panels.map(panel => panel.id)}`);
  if (document.documentElement.scrollWidth > innerWidth + 1) told.push("wider than the window");
  return JSON.stringify(told.slice(0, 9));
})()"""


# Two barriers, to see that they are found.
PLANTED = (
    "<img src=data:,><p style='position: fixed; inset: 0 0 auto; z-index: 99; color: #777; "
    "background: #666'>Hard to read</p>"
)


def test_in_a_browser_no_state_of_the_page_has_a_barrier_an_error_or_a_foreign_request(
    seeded, models, tmp_path
):
    axe = find_axe().read_text(encoding="utf-8")
    found, seen, spilt = {}, [], {}
    settings = Settings(data=seeded, models=models, reader="none")
    with (
        open_sample(settings, tmp_path) as address,
        open_browser(tmp_path / "chromium", address) as browser,
    ):
        for state in walk(browser, address):
            seen.append(state)
            if (told := json.loads(browser.run(SPILLS))) != []:
                spilt[state] = told
            if not browser.run("!!window.axe"):
                browser.run(axe + "; 0")
            for theme in ("light", "dark"):
                paint(browser, theme)
                if barriers := find_barriers(browser, theme):
                    found[f"{state}, {theme}"] = barriers
        assert len(seen) >= 18
        assert spilt == {}, json.dumps(spilt, indent=1, ensure_ascii=False)
        assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)
        # The browser does notice what goes wrong.
        assert browser.errors == []
        hosts = {urlsplit(url).hostname for url in browser.requests if url.startswith("http")}
        assert hosts == {"127.0.0.1"}
        browser.run("console.error('planted'); setTimeout(() => { throw Error('thrown') }, 0)")
        browser.wait(lambda: browser.run("1") and len(browser.errors) == 2)
        browser.run(f"document.body.insertAdjacentHTML('beforeend', `{PLANTED}`)")
        assert "image-alt" in [barrier[0] for barrier in find_barriers(browser)]
        assert "color-contrast" in [barrier[0] for barrier in find_barriers(browser, "dark")]
