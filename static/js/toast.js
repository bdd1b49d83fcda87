// A message leaves after ten seconds, but never while the pointer or the focus is on it; Z undoes.

const STAYS = 10_000;
const timers = new WeakMap();

function count(toast) {
  clearTimeout(timers.get(toast));
  if (toast.getAttribute("role") === "alert") return;
  timers.set(toast, setTimeout(() => toast.remove(), STAYS));
}

function hold(toast) {
  clearTimeout(timers.get(toast));
}

function watch(toast) {
  if (timers.has(toast)) return;
  timers.set(toast, 0);
  toast.addEventListener("mouseenter", () => hold(toast));
  toast.addEventListener("focusin", () => hold(toast));
  toast.addEventListener("mouseleave", () => toast.contains(document.activeElement) || count(toast));
  toast.addEventListener("focusout", () => toast.matches(":hover") || count(toast));
  count(toast);
}

function watchAll() {
  document.querySelectorAll("[data-toast]").forEach(watch);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-close-toast]")?.closest("[data-toast]").remove();
});

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyZ" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (document.body.dataset.shortcuts !== "on") return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const undo = [...document.querySelectorAll("[data-undo]")].at(-1);
  if (!undo) return;
  event.preventDefault();
  undo.click();
});

document.addEventListener("htmx:afterSettle", watchAll);
document.addEventListener("htmx:oobAfterSwap", watchAll);
watchAll();
