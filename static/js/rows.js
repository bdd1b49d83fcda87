// J and K walk the rows of [data-rows], X ticks the row, Shift X ticks all rows up to it, S puts it off. The row that
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

export function tick(toHere) {
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

// the row that holds the focus, or held it last
export function currentRow() {
  const all = rows();
  return all[current(all)] ?? all.find((one) => one.matches(".is-current, [aria-current]"));
}

// opens what the Later of the current row offers, the focus on its first day
export function putOff() {
  const row = currentRow();
  const later = row?.querySelector("[data-later]");
  if (!later) return false;
  later.click();
  later.parentElement.querySelector(".dropdown-menu.show .dropdown-item")?.focus();
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
  if (event.code === "KeyS" && !event.shiftKey) done = putOff();
  if (done) event.preventDefault();
});

// Whole units of so many cents, written as the server writes the sample of 1,234,567.
function written(cents, sample) {
  const told = sample.match(/^(.*?)1(\D*)234\D*567(.*)$/s);
  if (!told) return "";
  const units = String(Math.round(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+$)/g, told[2]);
  return (cents < 0 ? "\u2212" : "") + told[1] + units + told[3];
}

// How many rows of [data-ticks] are ticked and how much money hangs on them, told in its [data-ticked];
// with [data-tick-every] it is the whole list, as the server counted it.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-ticks]");
  const told = form?.querySelector("[data-ticked]");
  if (!told) return;
  const every = form.querySelector("[data-tick-every]");
  const boxes = [...form.querySelectorAll("[data-row] input[type=checkbox]")];
  if (event.target === every) {
    for (const box of boxes) box.checked = every.checked;
  } else if (every?.checked && !boxes.every((box) => box.checked)) every.checked = false;
  const ticked = boxes.filter((box) => box.checked);
  const money = told.querySelector("[data-ticked-money]");
  const cents = ticked.map((box) => Number(box.dataset.cents ?? NaN)).reduce((sum, one) => sum + one, 0);
  const own = Number.isNaN(cents) ? "" : written(cents, money.dataset.sample);
  const shown = every?.checked ? every.dataset.money : own;
  told.querySelector("[data-ticked-count]").textContent = every?.checked ? every.dataset.count : ticked.length;
  money.textContent = shown ? ` · ${shown}` : "";
  told.hidden = !ticked.length;
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-all]");
  const table = all?.closest("[data-rows]");
  if (!table) return;
  for (const box of table.querySelectorAll("[data-row] input[type=checkbox]")) {
    if (box.checked !== all.checked) box.click();
  }
});
