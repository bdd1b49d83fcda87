// The deal board: a card is moved by dragging it, or by M and the key of a stage. Both press what the menu of
// the card holds, which works without this.

let dragged = null;
let back = "";

function asleep(event) {
  return (
    event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey ||
    document.body.dataset.shortcuts !== "on" ||
    event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")
  );
}

function currentCard() {
  return document.activeElement?.closest("[data-card]") ?? document.querySelector("[data-card].is-current");
}

function choices(card) {
  return [...card.querySelectorAll("[data-move-key]")];
}

function open(card) {
  const menu = card.querySelector("details");
  menu.open = true;
  menu.scrollIntoView({ block: "nearest" });
  choices(card).find((choice) => !choice.ariaCurrent)?.focus();
}

function close(card) {
  card.querySelector("details").open = false;
  card.querySelector("[data-row-link]").focus();
}

function choose(card, choice) {
  back = card.id;
  choice.click();
}

function named(event) {
  const [, letter, digit] = event.code.match(/^(?:Key([A-Z])|(?:Digit|Numpad)([1-9]))$/) ?? [];
  return letter?.toLowerCase() ?? digit ?? "";
}

function pressInMenu(event, card) {
  const all = choices(card);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  if (event.code === "Escape") close(card);
  else if (step) all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
  else {
    const choice = !asleep(event) && all.find((one) => one.dataset.moveKey === named(event));
    if (!choice) return false;
    choose(card, choice);
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog:modal")) return;
  const card = document.querySelector("[data-card]:has(details[open])");
  let done = false;
  if (card) done = pressInMenu(event, card);
  else if (event.code === "KeyM" && !asleep(event) && currentCard()) {
    open(currentCard());
    done = true;
  }
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const menu = document.querySelector("[data-card] details[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  const choice = event.target.closest("[data-card] [data-move-key]");
  if (choice) back = choice.closest("[data-card]").id;
});

function target(event) {
  const drop = event.target.closest?.("[data-drop]");
  return drop && dragged && drop.dataset.drop !== dragged.dataset.stage ? drop : null;
}

function unmark() {
  document.querySelectorAll("[data-drop].is-over").forEach((drop) => drop.classList.remove("is-over"));
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-card]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector("[data-row-link]").textContent);
  dragged.closest("[data-board]").classList.add("is-dragging");
});

document.addEventListener("dragover", (event) => {
  const drop = target(event);
  if (!drop?.classList.contains("is-over")) unmark();
  if (!drop) return;
  event.preventDefault();
  drop.classList.add("is-over");
});

document.addEventListener("drop", (event) => {
  const drop = target(event);
  if (!drop) return;
  event.preventDefault();
  const choice = choices(dragged).find((one) => (one.dataset.moveTo ?? one.value) === drop.dataset.drop);
  if (choice) choose(dragged, choice);
});

document.addEventListener("dragend", () => {
  unmark();
  document.querySelector("[data-board].is-dragging")?.classList.remove("is-dragging");
  dragged = null;
});

// the board was drawn anew: whoever moved a card stays on it, wherever it stands now
document.addEventListener("htmx:afterSettle", (event) => {
  if (!back || !event.target.querySelector?.("[data-board]")) return;
  document.getElementById(back)?.querySelector("[data-row-link]").focus();
  back = "";
});
