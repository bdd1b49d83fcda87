// The menu of a row: on right click and on "." it offers in words what the keys do. A link, a field and a marked text
// keep the browser's own menu.

import { isOff, ofRow, press } from "./keys.js";
import { currentRow, putOff, tick } from "./rows.js";

const OWN_MENU = "a[href], input, textarea, select, label, [contenteditable]";
let menu = null;
let back = null;

function linkOf(row) {
  return row.querySelector("[data-row-link]") ?? row.querySelector("a[href]");
}

const ACTS = {
  open: (link) => link.click(),
  log: () => press("c"),
  task: () => press("t"),
  later: () => putOff(),
  select: () => tick(false),
};

function offered(row) {
  const about = Boolean(ofRow(row));
  return { open: true, log: about, task: about, later: Boolean(row.querySelector("[data-later]")), select: Boolean(row.querySelector("input[type=checkbox]")) };
}

function close(toRow) {
  menu?.remove();
  menu = null;
  if (toRow) back?.focus();
}

function items() {
  return [...menu.querySelectorAll("[data-row-act]:not([hidden])")];
}

function open(row, x, y) {
  const link = linkOf(row);
  const words = document.querySelector("template[data-row-menu]");
  if (!link || !words) return false;
  close(false);
  back = link;
  link.focus(); // the row becomes the current one: acts are about it
  menu = words.content.firstElementChild.cloneNode(true);
  const can = offered(row);
  for (const item of menu.querySelectorAll("[data-row-act]")) item.hidden = !can[item.dataset.rowAct];
  document.getElementById("content").append(menu); // in a landmark, as all that is read aloud
  menu.style.left = `${Math.max(0, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(0, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  items()[0].focus();
  return true;
}

document.addEventListener("contextmenu", (event) => {
  const row = event.target.closest("[data-rows] [data-row]");
  if (!row || event.pointerType === "touch" || event.target.closest(OWN_MENU) || !getSelection().isCollapsed) return;
  if (open(row, event.clientX, event.clientY)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (menu?.contains(document.activeElement)) {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.code];
    if (to !== undefined) all.at(to % all.length).focus();
    else if (event.code === "Escape" || event.code === "Tab") close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (event.code !== "Period" || event.shiftKey || isOff(event)) return;
  const row = currentRow();
  const place = row && linkOf(row)?.getBoundingClientRect();
  if (place && open(row, place.left, place.bottom)) event.preventDefault();
}, true);

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-row-act]");
  if (!item) {
    if (menu && !menu.contains(event.target)) close(false);
    return;
  }
  const link = back;
  close(true);
  ACTS[item.dataset.rowAct](link);
});

window.addEventListener("scroll", () => close(false), { passive: true });
