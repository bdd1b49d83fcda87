// Response clocks run on: once a minute each clock takes its text from the server, so that no row moves and nothing
// typed is touched. Read aloud only when one passes the goal. On Today only its leads are asked for, and new ones
// come on top; while a form has the focus or something is typed they wait behind a button.

const EVERY = 60_000;
let waiting = null;

function stack() {
  return document.querySelector("[data-fresh]");
}

function leadsOf(root) {
  return [...root.querySelectorAll("[data-lead]")];
}

function addressOf(agenda) {
  if (!agenda) return location.href;
  const known = leadsOf(agenda).map((row) => row.dataset.lead);
  return `${agenda.dataset.fresh}?known=${known.join(",")}`;
}

function tick(anew) {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const now = anew.querySelector(`[data-clock="${clock.dataset.clock}"]`);
    if (!now || now.innerHTML === clock.innerHTML) continue;
    if (now.className !== clock.className) clock.setAttribute("role", "status");
    clock.className = now.className;
    clock.innerHTML = now.innerHTML;
  }
}

// Somebody is in a form, has a menu open or began to write: nothing may move.
function isBusy() {
  if (document.activeElement?.closest("form, dialog") || document.querySelector("dialog[open], .dropdown-menu.show")) return true;
  return [...document.querySelectorAll("form[data-call]")].some(
    (form) => form.elements.note?.value || form.querySelector("input[name=outcome]:checked"),
  );
}

function bar() {
  return document.querySelector("[data-fresh-bar]");
}

// The rows on top of the list of leads; a list that was empty comes whole.
function comeIn(agenda, anew) {
  const known = new Set(leadsOf(agenda).map((row) => row.dataset.lead));
  const rows = leadsOf(anew).filter((row) => !known.has(row.dataset.lead));
  const list = agenda.querySelector("[data-leads] ul");
  const section = anew.querySelector("[data-leads]");
  for (const row of rows) row.classList.add("is-new");
  if (list) {
    list.prepend(...rows);
    agenda.querySelector("[data-leads] .m-count").textContent = section.querySelector(".m-count").textContent;
  } else bar().after(section);
  window.htmx?.process(agenda.querySelector("[data-leads]"));
  waiting = null;
  return rows[0];
}

function offer(told) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: told });
  button.dataset.freshShow = "";
  bar().replaceChildren(button);
}

function arrive(agenda, anew) {
  const told = anew.querySelector("[data-fresh-told]")?.textContent.trim();
  if (!told) return;
  if (isBusy()) {
    waiting = anew;
    if (bar().textContent !== told) offer(told);
    return;
  }
  comeIn(agenda, anew);
  const words = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: told });
  bar().replaceChildren(words);
}

async function refresh() {
  const agenda = stack();
  if (document.hidden || !(agenda || document.querySelector("[data-clock]"))) return;
  // nobody sees this page: a message of an act waits for the one that is seen
  const answer = await fetch(addressOf(agenda), { headers: { "X-Background": "yes" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const anew = new DOMParser().parseFromString(await answer.text(), "text/html");
  tick(anew);
  if (agenda?.isConnected) arrive(agenda, anew);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-fresh-show]") || !waiting) return;
  const first = comeIn(stack(), waiting);
  bar().replaceChildren();
  first?.querySelector("a")?.focus();
});

setInterval(refresh, EVERY);
