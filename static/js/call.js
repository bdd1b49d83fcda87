// The call form: 1-6 choose the outcome while its group has the focus, and the outcome proposes the next step.
// Docked beside the agenda it follows the row that J, K or a click makes current, unless something was entered.
// Without this file the form still works: the server applies the same defaults.

const typing = (target) =>
  target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])") !== null;

function outcomesOf(form) {
  return [...form.querySelectorAll("[data-outcomes] input")];
}

function showParts(form) {
  const chosen = form.querySelector("input[name=next_step]:checked")?.value ?? "";
  for (const part of form.querySelectorAll("[data-shown-for]")) {
    part.hidden = part.dataset.shownFor !== chosen;
  }
  for (const part of form.querySelectorAll("[data-hidden-for]")) {
    part.hidden = part.dataset.hiddenFor === chosen;
  }
}

function propose(form, outcome) {
  if (!form.dataset.stepTouched) {
    for (const step of form.querySelectorAll("input[name=next_step]")) {
      step.checked = step.value === outcome.dataset.step;
    }
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

// A quiet timer runs from "Call": the minutes are filled in when the form is used next.
function onDial(event) {
  if (event.target.closest("[data-dial]")) sessionStorage.setItem("dialled", String(Date.now()));
}

function fillMinutes(form) {
  const since = Number(sessionStorage.getItem("dialled"));
  const minutes = form.elements.minutes;
  if (since && minutes && !minutes.value) {
    minutes.value = String(Math.max(1, Math.round((Date.now() - since) / 60000)));
  }
}

let waiting = 0;
let goesOn = false;

function toOutcomes(form) {
  const all = form ? outcomesOf(form) : [];
  (all.find((one) => one.checked) ?? all[0])?.focus({ preventScroll: true });
}

function isEntered(form) {
  return form.elements.note.value !== "" || outcomesOf(form).some((one) => one.checked);
}

function docked() {
  return document.querySelector(".m-docked form[data-call]");
}

function canFollow(row) {
  return Boolean(row?.querySelector("[data-log]")) && !row.matches("[aria-current]") && docked() && !isEntered(docked());
}

// The form of a row, in place of the one that stands docked.
async function follow(row) {
  const address = row.querySelector("[data-log]").href;
  for (const other of document.querySelectorAll("[data-row][aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  await window.htmx.ajax("GET", address, { target: ".m-docked", select: ".m-docked", swap: "outerHTML" });
  history.replaceState(history.state, "", address);
}

document.addEventListener("row:current", (event) => {
  clearTimeout(waiting);
  const row = event.target;
  if (canFollow(row)) waiting = setTimeout(() => canFollow(row) && follow(row), 250);
});

function start(root) {
  for (const form of root.querySelectorAll("form[data-call]")) showParts(form);
}

document.addEventListener("change", onChange);
document.addEventListener("keydown", onKey);
document.addEventListener("click", onDial);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-to-outcomes]")) return;
  clearTimeout(waiting);
  const row = document.querySelector("[data-row].is-current");
  if (canFollow(row)) follow(row).then(() => toOutcomes(docked()));
  else toOutcomes(docked());
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-call]");
  if (!form) return;
  fillMinutes(form);
  sessionStorage.removeItem("dialled");
  goesOn = form === docked();
}, true);
document.addEventListener("htmx:afterSettle", (event) => {
  start(document);
  // saved: the next row's outcome is the next thing to say
  if (goesOn && event.detail.target.id === "content") toOutcomes(docked());
  goesOn = false;
});
start(document);
