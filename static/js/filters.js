// On a phone the filters of a list stand in a sheet: what is chosen there is counted at once and applied by its button
// alone. Closed without it, the filters are as they were. On a desk they stand in the row and work at once.

let before = null;
let asked = 0;

function openSheet() {
  return document.querySelector("[data-filters]:popover-open");
}

function fields(sheet) {
  return [...sheet.querySelectorAll("select, input")];
}

function told(button, text) {
  button.querySelector("[data-filters-told]").textContent = text;
}

// What the list would say of itself, from the part of the page that would be swapped in.
async function count(sheet) {
  const form = sheet.closest("form");
  const mine = ++asked;
  const words = new URLSearchParams(new FormData(form));
  const answer = await fetch(`${form.getAttribute("action")}?${words}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const list = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = list.querySelector(".m-card-foot [role=status]")?.textContent.split("·")[0].trim().replace(/\s+/g, " ");
  const button = sheet.querySelector("[data-filters-apply]");
  told(button, found ? `${button.dataset.show}: ${found}` : button.dataset.none);
}

function mark(sheet) {
  const set = fields(sheet).filter((field) => field.value).length;
  const badge = sheet.closest("form").querySelector("[data-filters-set]");
  badge.textContent = set || "";
  badge.hidden = !set;
}

for (const type of ["change", "input"]) {
  document.addEventListener(type, (event) => {
    const sheet = openSheet();
    if (!sheet?.contains(event.target)) return;
    event.stopPropagation(); // not applied yet
    if (type === "change") count(sheet);
  }, true);
}

document.addEventListener("beforetoggle", (event) => {
  const sheet = event.target;
  if (!sheet.matches?.("[data-filters]")) return;
  if (event.newState === "open") {
    before = fields(sheet).map((field) => field.value);
    count(sheet);
  } else if (before) {
    fields(sheet).forEach((field, place) => { field.value = before[place]; });
    before = null;
  }
}, true);

document.addEventListener("submit", (event) => {
  const sheet = event.target.querySelector("[data-filters]");
  if (!sheet?.matches(":popover-open")) return;
  before = null;
  mark(sheet);
  // the form is read first
  setTimeout(() => sheet.hidePopover());
}, true);
