// The sweep by keys alone: a digit chooses the outcome of the row that has the focus, Enter goes to the next
// row and Ctrl Enter saves (forms.js). The day field stands only where a day is chosen.

const form = () => document.querySelector("form[data-sweep]");

function outcomes(row) {
  return [...row.querySelectorAll("[data-outcome-keys] input")];
}

function show(row) {
  const step = row.querySelector("select").value;
  const day = row.querySelector("[data-shown-for]");
  day.hidden = step !== day.dataset.shownFor;
}

function choose(row, digit) {
  const wanted = outcomes(row).find((one) => one.dataset.digit === digit);
  if (!wanted) return false;
  wanted.checked = true;
  wanted.focus();
  wanted.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

// where the outcome asks for a day, its field opens
function propose(row, outcome) {
  const step = row.querySelector("select");
  if (step.value && step.dataset.proposed === undefined) return;
  step.value = outcome.dataset.step === "date" ? "date" : "";
  step.dataset.proposed = "";
  row.querySelector("[data-shown-for] input").value = outcome.dataset.on ?? "";
  show(row);
}

function next(row) {
  const rows = [...form().querySelectorAll("[data-row]")];
  const following = rows[rows.indexOf(row) + 1];
  if (!following) return form().querySelector("[data-save]").focus();
  const all = outcomes(following);
  (all.find((one) => one.checked) ?? all[0]).focus();
}

document.addEventListener("keydown", (event) => {
  const row = event.target.closest("form[data-sweep] [data-row]");
  if (!row || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.code === "Enter" || event.code === "NumpadEnter") {
    if (event.target.matches("a")) return;
    event.preventDefault();
    next(row);
    return;
  }
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit && event.target.closest("[data-outcome-keys]") && choose(row, digit[1])) event.preventDefault();
});

document.addEventListener("change", (event) => {
  const row = event.target.closest("form[data-sweep] [data-row]");
  if (!row) return;
  if (event.target.matches("select")) {
    delete event.target.dataset.proposed;
    show(row);
  }
  if (event.target.closest("[data-outcome-keys]")) propose(row, event.target);
});

for (const row of form()?.querySelectorAll("[data-row]") ?? []) show(row);
