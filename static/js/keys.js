// Single keys and short sequences, by physical key, so that they work under any layout. What a key does
// is written on the element it works: data-keys="e", "g t" or "?". Ctrl-keys are not switched off.

const WAIT = 1200;
const HINT_AFTER = 300;
const NAMES = { Slash: "/", BracketLeft: "[", BracketRight: "]", Period: "." };
const TYPED_INTO = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

let begun = "";
let timer = 0;
let hintTimer = 0;
let hint = null;

function nameOf(event) {
  const code = event.code;
  if (code === "Slash" && event.shiftKey) return "?";
  if (event.shiftKey) return "";
  if (/^Key[A-Z]$/.test(code)) return code.slice(3).toLowerCase();
  if (/^(Digit|Numpad)[0-9]$/.test(code)) return code.slice(-1);
  return NAMES[code] ?? "";
}

// the open dialog alone answers keys while it stands
function scope() {
  return document.querySelector("dialog:modal") ?? document;
}

function targets(prefix) {
  return [...scope().querySelectorAll("[data-keys]")].filter(
    (element) => element.dataset.keys === prefix || element.dataset.keys.startsWith(`${prefix} `),
  );
}

function forget() {
  clearTimeout(timer);
  clearTimeout(hintTimer);
  hint?.remove();
  hint = null;
  begun = "";
}

function showHint(elements) {
  hint = document.createElement("div");
  hint.className = "m-keys-hint";
  hint.setAttribute("role", "status");
  for (const element of elements) {
    const choice = document.createElement("span");
    const key = document.createElement("kbd");
    key.textContent = element.dataset.keys.split(" ")[1].toUpperCase();
    const label = element.querySelector(".m-rail-label, span") ?? element;
    choice.append(key, label.textContent.trim());
    hint.append(choice);
  }
  document.body.append(hint);
}

// whom a row, by itself the one that holds the focus, is about, as the addresses of new calls and tasks name it
export function ofRow(row = document.activeElement?.closest("[data-rows] [data-row]")) {
  for (const link of row?.querySelectorAll("a[href]") ?? []) {
    const [, kind, id] = link.pathname.match(/^\/(customer|lead|deal)s\/(\d+)\/$/) ?? [];
    if (kind) return [kind, id];
    const named = ["deal", "lead", "customer"].find((name) => new URL(link.href).searchParams.has(name));
    if (named) return [named, new URL(link.href).searchParams.get(named)];
  }
  return null;
}

// the address of a new call or task, about the row of the list if one holds the focus
function aimed(plain) {
  const address = new URL(plain, location.href);
  const about = ofRow();
  if (about) {
    address.searchParams.set(...about);
    address.searchParams.set("next", location.pathname + location.search);
  }
  return address.href;
}

// the link says the next time, without a row, what it said before
function aim(link) {
  link.dataset.plain ??= link.getAttribute("href");
  link.href = aimed(link.dataset.plain);
}

function act(element) {
  if (element.matches(TYPED_INTO)) {
    element.focus();
    element.select?.();
  } else if (element.matches("input")) {
    element.focus();
    if (!element.checked) element.click();
  } else {
    if (element.matches("a[data-of-row]")) aim(element);
    element.click();
  }
}

function usable(element) {
  return element.checkVisibility() || element.closest(".dropdown-menu, .m-rail");
}

export function press(name) {
  const wanted = begun ? `${begun} ${name}` : name;
  const found = targets(wanted).filter(usable);
  forget();
  const exact = found.find((element) => element.dataset.keys === wanted);
  const task = wanted === "t" && !found.length && ofRow() && targets("n t")[0];
  if (task) location.assign(aimed(task.href));
  if (exact) act(exact);
  else if (found.length) {
    begun = wanted;
    timer = setTimeout(forget, WAIT);
    hintTimer = setTimeout(showHint, HINT_AFTER, found);
  }
  return Boolean(task) || found.length > 0;
}

function search() {
  const field = document.querySelector("[data-search] input");
  field?.focus();
  field?.select();
}

// whether a single key means nothing here: it is typed, part of another key, or keys are switched off
export function isOff(event) {
  const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  return held || document.body.dataset.shortcuts !== "on" || event.target.matches(TYPED_INTO);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    search();
    return;
  }
  if (isOff(event)) return;
  const name = nameOf(event);
  if (name && press(name)) event.preventDefault();
  else if (begun) forget();
});
