// The timeline: a form that asks, points that stand for rows, and how it is opened.
(() => {
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-press=timeline]");
  if (!button) return;
  showPanel("timeline");
  trigger("timeline", { turn: button.dataset.turn });
  if (narrow()) document.querySelector("#side")?.scrollIntoView({ block: "start" });
});
if (!element.closest("#timeline")) return;

// What is shown anew keeps the place where somebody was.
let focused = null;
function plot() {
  const form = element.querySelector("form");
  focused = document.activeElement?.name;
  trigger("plot", Object.fromEntries(new FormData(form)));
}
element.addEventListener("submit", (event) => { event.preventDefault(); plot(); });
element.addEventListener("change", (event) => { if (event.target.closest(".filters")) plot(); });
watch("value", () => requestAnimationFrame(() => {
  const field = focused && element.querySelector(`[name=${focused}]`);
  focused = null;
  field?.focus({ preventScroll: true });
}));

const findRow = (event) => {
  const number = event.target.closest?.("[data-row]")?.dataset.row;
  return number && element.querySelector(`.stated[data-marker="${number}"]`);
};
element.addEventListener("click", (event) => findRow(event)?.click());
for (const [name, is] of [["pointerover", true], ["pointerout", false]]) {
  element.addEventListener(name, (event) => findRow(event)?.classList.toggle("near", is));
}
})();
