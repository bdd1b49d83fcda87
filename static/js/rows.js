// J and K walk the rows of [data-rows], X ticks the row, Shift X ticks all rows up to it. The row that
// holds the focus is current; Enter follows its link because the link has the focus.

let lastTicked = null;

function rows() {
  return [...document.querySelectorAll("[data-rows] [data-row]")].filter((row) => row.checkVisibility());
}

function current(all) {
  return all.findIndex((row) => row.contains(document.activeElement));
}

function mark(row) {
  for (const other of document.querySelectorAll("[data-row].is-current")) other.classList.remove("is-current");
  row.classList.add("is-current");
  row.dispatchEvent(new CustomEvent("row:current", { bubbles: true }));
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = current(all);
  const marked = all.findIndex((row) => row.matches(".is-current, [aria-current]"));
  const from = at >= 0 ? at : marked;
  const next = all[Math.max(0, Math.min(all.length - 1, from < 0 ? 0 : from + by))];
  (next.querySelector("[data-row-link]") ?? next.querySelector("a, button"))?.focus();
  return true;
}

function tick(toHere) {
  const all = rows();
  const at = current(all);
  const boxOf = (row) => row.querySelector("input[type=checkbox]");
  const box = all[at] && boxOf(all[at]);
  if (!box) return false;
  const from = toHere && lastTicked !== null ? all.indexOf(lastTicked) : -1;
  if (from >= 0) {
    for (const row of all.slice(Math.min(from, at), Math.max(from, at) + 1)) {
      if (boxOf(row).checked !== boxOf(lastTicked).checked) boxOf(row).click();
    }
  } else box.click();
  lastTicked = all[at];
  return true;
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-rows] [data-row]");
  if (row && !row.classList.contains("is-current")) mark(row);
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.body.dataset.shortcuts !== "on" || document.querySelector("dialog:modal")) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  let done = false;
  if (event.code === "KeyJ" && !event.shiftKey) done = step(1);
  if (event.code === "KeyK" && !event.shiftKey) done = step(-1);
  if (event.code === "KeyX") done = tick(event.shiftKey);
  if (done) event.preventDefault();
});

// How many rows of [data-ticks] are ticked, told in its [data-ticked].
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-ticks]");
  const told = form?.querySelector("[data-ticked]");
  if (!told) return;
  const count = form.querySelectorAll("[data-row] input[type=checkbox]:checked").length;
  told.querySelector("[data-ticked-count]").textContent = count;
  told.hidden = !count;
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-all]");
  const table = all?.closest("[data-rows]");
  if (!table) return;
  for (const box of table.querySelectorAll("[data-row] input[type=checkbox]")) {
    if (box.checked !== all.checked) box.click();
  }
});
