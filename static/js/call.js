// The call form: 1-6 choose the outcome while its group has the focus, and the outcome proposes the next step.
// Docked beside the agenda it follows the row that J, K or a click makes current, unless something was entered.
// Without this file the form still works: the server applies the same defaults.

const typing = (target) =>
  target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])") !== null;

function outcomesOf(form) {
  return [...form.querySelectorAll("[data-outcomes] input")];
}

// Which try it is and when the next one follows, while that is what will be saved.
function tell(form, outcome, step) {
  const told = form.querySelector("[data-told][role=status]");
  const own = step === (outcome?.dataset.step ?? "") && (!outcome?.dataset.on || form.elements.next_on.value === outcome.dataset.on);
  told.textContent = own ? (outcome?.dataset.told ?? "") : "";
  told.hidden = !told.textContent;
}

function showParts(form) {
  const chosen = form.querySelector("input[name=next_step]:checked")?.value ?? "";
  for (const part of form.querySelectorAll("[data-shown-for]")) {
    part.hidden = part.dataset.shownFor !== chosen;
  }
  for (const part of form.querySelectorAll("[data-hidden-for]")) {
    part.hidden = part.dataset.hiddenFor.split(" ").includes(chosen);
  }
  const outcome = outcomesOf(form).find((one) => one.checked);
  for (const part of form.querySelectorAll("[data-for-outcome]")) {
    part.hidden = part.dataset.forOutcome !== outcome?.value;
  }
  const asked = form.querySelector("[data-when-reached]");
  if (asked) asked.hidden = Boolean(outcome) && outcome.dataset.reached === undefined;
  tell(form, outcome, chosen);
}

function propose(form, outcome) {
  if (!form.dataset.stepTouched) {
    for (const step of form.querySelectorAll("input[name=next_step]")) {
      step.checked = step.value === outcome.dataset.step;
    }
    if (outcome.dataset.on) form.elements.next_on.value = outcome.dataset.on;
  }
  const title = form.elements.next_title;
  if (!title.value || title.value === form.dataset.proposedTitle) {
    title.value = outcome.dataset.title;
    form.dataset.proposedTitle = outcome.dataset.title;
  }
  showParts(form);
}

function onChange(event) {
  const form = event.target.closest("form[data-call]");
  if (!form) return;
  if (event.target.name === "outcome") propose(form, event.target);
  if (event.target.name === "next_on") showParts(form);
  if (event.target.name === "next_step") {
    form.dataset.stepTouched = "yes";
    showParts(form);
    if (event.target.value === "date") form.elements.next_on.focus();
  }
}

function onKey(event) {
  const form = document.querySelector("form[data-call]");
  if (!form || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest("[data-outcomes]")) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const outcome = digit && outcomesOf(form)[Number(digit[1]) - 1];
  if (!outcome || typing(event.target)) return;
  event.preventDefault();
  outcome.checked = true;
  outcome.focus();
  outcome.dispatchEvent(new Event("change", { bubbles: true }));
}

let waiting = 0;
let goesOn = false;

function toOutcomes(form) {
  const all = form ? outcomesOf(form) : [];
  (all.find((one) => one.checked) ?? all[0])?.focus({ preventScroll: true });
}

function isEntered(form) {
  // a draft that was brought back and not touched is safe where it is
  if (form.dataset.restored !== undefined) return false;
  return form.elements.note.value !== "" || outcomesOf(form).some((one) => one.checked);
}

function docked() {
  return document.querySelector(".m-docked form[data-call]");
}

function canFollow(row) {
  return Boolean(row?.querySelector("[data-log]")) && !row.matches("[aria-current]") && docked() && !isEntered(docked());
}

// the form of a row while it is on its way, and the keys meant for it since C asked for it
let coming = null;
let ahead = null;

// The form of a row, in place of the one that stands docked: that is another customer's, and takes nothing meanwhile.
// Answers whether it came; without network (partial.js tells) the one that stood stays, and so does its row.
async function exchange(row, from) {
  const standing = document.querySelector(".m-docked");
  const address = row.querySelector("[data-log]").href;
  standing.inert = true;
  const target = { target: ".m-docked", select: ".m-docked", swap: "outerHTML" };
  await window.htmx.ajax("GET", address, target).catch(() => null);
  standing.inert = false;
  if (standing.isConnected) choose(from);
  else history.replaceState(history.state, "", address);
  return !standing.isConnected;
}

function choose(row) {
  for (const other of document.querySelectorAll("[data-row][aria-current]")) other.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
}

// One after the other, because htmx answers a second request at once and makes it later; who was passed by is left out.
function follow(row) {
  const from = document.querySelector("[data-row][aria-current]");
  choose(row);
  const own = Promise.resolve(coming).then(() => row.matches("[aria-current]") && exchange(row, from));
  coming = own;
  own.finally(() => {
    if (coming === own) coming = null;
  });
}

// The outcomes of the form that is on its way, and what was pressed for it: it was meant for no other.
async function toComing() {
  if (ahead) return;
  ahead = [];
  let came = true;
  while (coming) came = await coming;
  const keys = came ? ahead : [];
  ahead = null;
  if (came) toOutcomes(docked());
  for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
}

function hold(event) {
  const saves = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (!ahead || !(saves || /^(?:Digit|Numpad)[1-9]$/.test(event.code))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ahead.push(event);
}

document.addEventListener("row:current", (event) => {
  clearTimeout(waiting);
  const row = event.target;
  if (canFollow(row)) waiting = setTimeout(() => canFollow(row) && follow(row), 250);
});

// The outcome was chosen in the menu of a row: what is still to be said has the focus.
function goOnFrom(form, outcome) {
  delete form.dataset.preset;
  propose(form, outcome);
  const step = form.querySelector("input[name=next_step]:checked") ?? form.querySelector("input[name=next_step]");
  const dated = step?.checked && step.value === "date";
  (outcome.dataset.needsNote === undefined ? (dated ? form.elements.next_on : step) : form.elements.note)?.focus();
}

function start(root) {
  for (const form of root.querySelectorAll("form[data-call]")) {
    const outcome = outcomesOf(form).find((one) => one.checked);
    if (form.dataset.preset !== undefined && outcome) goOnFrom(form, outcome);
    else showParts(form);
  }
}

document.addEventListener("change", onChange);
document.addEventListener("call:filled", (event) => showParts(event.target));
document.addEventListener("keydown", hold, true);
document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-to-outcomes]")) return;
  clearTimeout(waiting);
  const row = document.querySelector("[data-row].is-current");
  if (canFollow(row)) follow(row);
  toComing();
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-call], form[data-quick]");
  if (!form) return;
  goesOn = form === docked() || form.dataset.quick !== undefined;
}, true);
// the menu of a row grew by what was loaded into it: it is placed anew; without network the form is left
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.matches(".m-quick-list")) window.dispatchEvent(new Event("resize"));
});
document.addEventListener("htmx:sendError", (event) => {
  const list = event.detail.target?.matches?.(".m-quick-list") && event.detail.target;
  if (list) list.hidden = true;
});
document.addEventListener("htmx:afterSettle", (event) => {
  start(document);
  // saved: the next row's outcome is the next thing to say, and the address is that of what stands here now
  if (goesOn && event.detail.target.id === "content") {
    history.replaceState(history.state, "", event.detail.xhr.responseURL);
    toOutcomes(docked());
  }
  goesOn = false;
});
start(document);
