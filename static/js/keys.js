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

function act(element) {
  if (element.matches(TYPED_INTO)) {
    element.focus();
    element.select?.();
  } else if (element.matches("input")) {
    element.focus();
    if (!element.checked) element.click();
  } else element.click();
}

function usable(element) {
  return element.checkVisibility() || element.closest(".dropdown-menu, .m-rail");
}

function press(name) {
  const wanted = begun ? `${begun} ${name}` : name;
  const found = targets(wanted).filter(usable);
  forget();
  const exact = found.find((element) => element.dataset.keys === wanted);
  if (exact) act(exact);
  else if (found.length) {
    begun = wanted;
    timer = setTimeout(forget, WAIT);
    hintTimer = setTimeout(showHint, HINT_AFTER, found);
  }
  return found.length > 0;
}

function search() {
  const field = document.querySelector("[data-search] input");
  field?.focus();
  field?.select();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    search();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts !== "on") return;
  if (event.target.matches(TYPED_INTO)) return;
  const name = nameOf(event);
  if (name && press(name)) event.preventDefault();
  else if (begun) forget();
});
