// What is typed into a call form is kept on the server a moment later, and on this device while it cannot be
// reached. A call that was saved leaves no draft.

import { send, shelf, words } from "./kept.js";

const WAIT = 700;
const FINAL = ["refused", "gone"];
const here = shelf("drafts");
const timers = new WeakMap();

function tell(form, name) {
  const told = form.querySelector("[data-kept]");
  if (!told) return;
  told.textContent = told.dataset[name];
  told.hidden = false;
}

function keepHere(form, body) {
  const about = form.dataset.about;
  here.write([...here.read().filter((one) => one.about !== about), { about, address: form.dataset.draft, body }]);
}

function forgetHere(about) {
  here.write(here.read().filter((one) => one.about !== about));
}

async function keep(form, more) {
  timers.delete(form);
  const body = words(form);
  const how = await send(form.dataset.draft, body, more);
  if (how === "sent") forgetHere(form.dataset.about);
  else if (!FINAL.includes(how)) keepHere(form, body);
  if (form.isConnected) tell(form, { sent: "kept", refused: "keptNot", gone: "keptNot" }[how] ?? "keptHere");
}

function touched(event) {
  const form = event.target.form;
  if (!form?.matches("[data-call][data-draft]")) return;
  delete form.dataset.restored;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(keep, WAIT, form));
}

// leaving the page does not wait for the timer
function leave() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (!timers.has(form)) continue;
    clearTimeout(timers.get(form));
    keep(form, { keepalive: true });
  }
}

export function fill(form, body) {
  for (const [name, value] of new URLSearchParams(body)) {
    const field = form.elements[name];
    if (!field || ["next", "seen"].includes(name)) continue;
    if (field instanceof RadioNodeList && field[0]?.type === "checkbox") continue;
    field.value = value;
  }
  form.dispatchEvent(new Event("call:filled", { bubbles: true }));
  tell(form, "keptHere");
}

async function restore() {
  for (const one of here.read()) {
    const form = document.querySelector(`form[data-call][data-about="${CSS.escape(one.about)}"]`);
    if (form && !timers.has(form)) fill(form, one.body);
    const how = await send(one.address, one.body);
    if (how === "sent" || FINAL.includes(how)) forgetHere(one.about);
  }
}

// asked for while signing out of a device that others use too
document.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-forget-drafts]")) here.write([]);
}, true);
document.addEventListener("input", touched);
document.addEventListener("change", touched);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  // signed out meanwhile: the page goes away, the text does not
  if (form && event.detail.xhr?.getResponseHeader("HX-Redirect")?.startsWith("/sign-in/")) keepHere(form, words(form));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-draft]")) return;
  clearTimeout(timers.get(form));
  timers.delete(form);
  forgetHere(form.dataset.about);
}, true);
document.addEventListener("htmx:beforeSwap", leave);
window.addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => document.hidden && leave());
window.addEventListener("online", restore);
restore();
